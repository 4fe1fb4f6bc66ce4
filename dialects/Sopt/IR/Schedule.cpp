//===- Schedule.cpp - The text and the rules of #sopt.schedule ------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Sopt/IR/Schedule.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace sopt;

ParseResult sopt::parseScheduleSizes(AsmParser &parser,
                                     SmallVectorImpl<int64_t> &tile,
                                     int64_t &denseBelow) {
  if (parser.parseOptionalComma())
    return success();
  if (succeeded(parser.parseOptionalKeyword("tile"))) {
    if (parser.parseEqual() ||
        parser.parseDimensionList(tile, /*allowDynamic=*/false,
                                  /*withTrailingX=*/false))
      return failure();
    if (parser.parseOptionalComma())
      return success();
  }
  return failure(parser.parseKeyword("dense_below") || parser.parseEqual() ||
                 parser.parseInteger(denseBelow));
}

void sopt::printScheduleSizes(AsmPrinter &printer, ArrayRef<int64_t> tile,
                              int64_t denseBelow) {
  if (!tile.empty()) {
    printer << ", tile = ";
    llvm::interleave(tile, printer, "x");
  }
  if (denseBelow)
    printer << ", dense_below = " << denseBelow;
}

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   LayoutAttr layout, ArrayRef<int64_t> tile,
                                   int64_t denseBelow) {
  // More than any register file holds.
  constexpr int64_t kMaxTile = 64;
  LayoutKind kind = layout.getKind();
  int64_t rows = layout.getBlockShape().first;
  bool isNM = kind == LayoutKind::NM;
  bool readsTokenTiles = kind == LayoutKind::Csr || kind == LayoutKind::Block;
  if (kind == LayoutKind::Coo)
    return emitError() << "no kernel reads weights in layout "
                       << stringifyLayoutKind(kind);
  if (layout.getBlockShape().second != 1 || 16 % rows != 0)
    return emitError() << "blocks must be 1, 2, 4, 8 or 16 rows of 1 column";
  if (isNM && (layout.getSizes()[1] != 4 || layout.getSizes()[0] > 2))
    return emitError() << "kernels read 1:4 and 2:4, not "
                       << layout.getSizes()[0] << ":" << layout.getSizes()[1];
  if (isNM && layout.getIndexWidth() != 8)
    return emitError() << "kernels read indices of i8 in groups, not i"
                       << layout.getIndexWidth();
  if (readsTokenTiles && layout.getIndexWidth() != 16 &&
      layout.getIndexWidth() != 32)
    return emitError() << "kernels read indices of i16 or i32, not i"
                       << layout.getIndexWidth();
  if (denseBelow < 0 || (denseBelow && !readsTokenTiles))
    return emitError() << "dense_below is a number of tokens, for csr and "
                          "block";
  if (tile.empty())
    return success();
  if (tile.size() != 2 || tile[0] < 1 || tile[1] < 1 || tile[0] > kMaxTile ||
      tile[1] > kMaxTile)
    return emitError() << "a tile is rows x vectors, each from 1 to "
                       << kMaxTile;
  if (readsTokenTiles && tile[0] != rows)
    return emitError() << "a tile of " << tile[0] << " features for blocks of "
                       << rows;
  return success();
}
