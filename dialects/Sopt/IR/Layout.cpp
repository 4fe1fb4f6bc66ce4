//===- Layout.cpp - The text and the rules of #sopt.layout ----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace sopt;

using EmitError = function_ref<InFlightDiagnostic()>;

/// What pointers are where the text names no type for them.
static constexpr unsigned defaultPointerWidth = 32;

/// sizes ::= (`block` integer `x` integer)? (`nm` integer `:` integer)?
static ParseResult parseSizes(AsmParser &parser, LayoutKind kind,
                              SmallVectorImpl<int64_t> &sizes) {
  if (kind == LayoutKind::Block)
    return parser.parseDimensionList(sizes, /*allowDynamic=*/false,
                                     /*withTrailingX=*/false);
  if (kind != LayoutKind::NM)
    return success();
  sizes.resize(2);
  return failure(parser.parseInteger(sizes[0]) || parser.parseColon() ||
                 parser.parseInteger(sizes[1]));
}

/// An integer type, for its width.
static ParseResult parseWidth(AsmParser &parser, unsigned &width) {
  IntegerType type;
  if (parser.parseType(type))
    return failure();
  width = type.getWidth();
  return success();
}

// layout ::= `<` kind sizes? (`,` index-type (`,` pointer-type)?)? `>`
Attribute LayoutAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef word;
  if (parser.parseLess() || parser.parseKeyword(&word))
    return {};
  std::optional<LayoutKind> kind = symbolizeLayoutKind(word);
  if (!kind) {
    parser.emitError(loc) << "expected dense, csr, coo, block or nm, not "
                          << word;
    return {};
  }
  SmallVector<int64_t> sizes;
  unsigned indexWidth = 0, pointerWidth = 0;
  if (parseSizes(parser, *kind, sizes))
    return {};
  if (succeeded(parser.parseOptionalComma())) {
    if (parseWidth(parser, indexWidth))
      return {};
    if (*kind == LayoutKind::Csr || *kind == LayoutKind::Block)
      pointerWidth = defaultPointerWidth;
    if (succeeded(parser.parseOptionalComma()) &&
        parseWidth(parser, pointerWidth))
      return {};
  }
  if (parser.parseGreater())
    return {};
  auto emitError = [&] { return parser.emitError(loc); };
  return getChecked(EmitError(emitError), parser.getContext(), *kind,
                    ArrayRef<int64_t>(sizes), indexWidth, pointerWidth);
}

void LayoutAttr::print(AsmPrinter &printer) const {
  printer << "<" << stringifyLayoutKind(getKind());
  if (!getSizes().empty())
    printer << " " << getSizes()[0]
            << (getKind() == LayoutKind::Block ? "x" : ":") << getSizes()[1];
  if (hasIndices())
    printer << ", i" << getIndexWidth();
  if (hasPointers() && getPointerWidth() != defaultPointerWidth)
    printer << ", i" << getPointerWidth();
  printer << ">";
}

static bool isStorageWidth(unsigned width) {
  return width == 8 || width == 16 || width == 32 || width == 64;
}

LogicalResult LayoutAttr::verify(EmitError emitError, LayoutKind kind,
                                 ArrayRef<int64_t> sizes, unsigned indexWidth,
                                 unsigned pointerWidth) {
  bool isBlock = kind == LayoutKind::Block, isNM = kind == LayoutKind::NM;
  if (sizes.size() != (isBlock || isNM ? 2 : 0))
    return emitError() << stringifyLayoutKind(kind) << " takes "
                       << (isBlock || isNM ? 2 : 0) << " sizes, not "
                       << sizes.size();
  if (llvm::any_of(sizes, [](int64_t size) { return size < 1; }))
    return emitError() << "sizes must be 1 or more";
  // Upstream's structured level has 8 bits for each.
  if (isNM && sizes[1] > 255)
    return emitError() << "groups of " << sizes[1] << " are above 255";
  if (isNM && sizes[0] > sizes[1])
    return emitError() << "cannot keep " << sizes[0] << " of " << sizes[1];
  if (kind == LayoutKind::Dense)
    return indexWidth == 0 && pointerWidth == 0
               ? success()
               : emitError() << "dense has no indices";
  if (!isStorageWidth(indexWidth))
    return emitError() << "indices must be i8, i16, i32 or i64";
  bool hasPointers = kind == LayoutKind::Csr || isBlock;
  if (!hasPointers && pointerWidth != 0)
    return emitError() << stringifyLayoutKind(kind) << " has no pointers";
  if (hasPointers && !isStorageWidth(pointerWidth))
    return emitError() << "pointers must be i8, i16, i32 or i64";
  return success();
}
