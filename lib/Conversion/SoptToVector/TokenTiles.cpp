//===- TokenTiles.cpp - Activations with tokens innermost -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TokenTiles.h"
#include "PackSparse.h"
#include "Transpose.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

/// Transposes lanes × lanes elements of x, from `token` and `feature` on.
static void emitSquare(VectorBuilder &b, Value x, Value tiles, Value tile,
                       Value vector, Value feature) {
  int64_t features = cast<MemRefType>(x.getType()).getDimSize(1);
  Value inTile = b.mul(vector, b.index(b.getLanes()));
  Value token = b.add(b.mul(tile, b.index(TokenTiles::kTokens)), inTile);
  Value last = b.sub(memref::DimOp::create(b, x, 0), b.index(1));
  Value mask;
  if (features % b.getLanes())
    mask = b.firstLanes(b.sub(b.index(features), feature));
  SmallVector<Value> rows;
  for (int64_t r = 0; r < b.getLanes(); ++r) {
    // Past the last token, that one again.
    Value row = b.minimum(b.add(token, b.index(r)), last);
    rows.push_back(b.load(x, {row, feature}, mask));
  }
  for (auto [f, column] : llvm::enumerate(transposeSquare(b, rows)))
    b.store(column, tiles, {tile, b.add(feature, b.index(f)), inTile});
}

static void buildTokensToTiles(VectorBuilder &b, Value x, Value tiles) {
  int64_t lanes = b.getLanes();
  Value tokens = memref::DimOp::create(b, x, 0);
  Value numTiles = memref::DimOp::create(b, tiles, 0);
  int64_t features = cast<MemRefType>(x.getType()).getDimSize(1);
  int64_t squares = llvm::divideCeilSigned(features, lanes);
  b.parallel({numTiles, b.index(squares)}, [&](ValueRange at) {
    Value begin = b.mul(at[0], b.index(TokenTiles::kTokens));
    Value left = b.minimum(b.sub(tokens, begin), b.index(TokenTiles::kTokens));
    Value feature = b.mul(at[1], b.index(lanes));
    b.forAll(b.ceilDiv(left, lanes), [&](Value vector) {
      emitSquare(b, x, tiles, at[0], vector, feature);
    });
  });
}

Value TokenTiles::allocateFor(ImplicitLocOpBuilder &b, Value tokens,
                              int64_t features) {
  auto index = [&](int64_t i) { return arith::ConstantIndexOp::create(b, i); };
  Value numTiles = arith::DivUIOp::create(
      b, arith::AddIOp::create(b, tokens, index(kTokens - 1)), index(kTokens));
  return allocate(
      b, {OpFoldResult(numTiles),
          b.getIndexAttr(llvm::alignTo(features, SparseForm::kMaxGroupOutputs)),
          b.getIndexAttr(kTokens)});
}

void TokenTiles::set(ImplicitLocOpBuilder &b, Value tensor, Value tiles) {
  known[{tensor, b.getInsertionBlock()}] = tiles;
}

Value TokenTiles::get(ImplicitLocOpBuilder &b, Value tensor, int64_t features) {
  if (Value tiles = known.lookup({tensor, b.getInsertionBlock()}))
    return tiles;
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = features;
  Value refined = castTensor(b, tensor, type.clone(shape));
  Value rows = viewRows(b, readOnlyBuffer(b, refined));
  Value tiles = allocateFor(b, memref::DimOp::create(b, rows, 0), features);
  set(b, tensor, tiles);
  kernels.call(b, llvm::formatv("tokens_to_tiles_{0}", features).str(),
               kernels.getIsa(), {rows, tiles},
               [](VectorBuilder &b, ValueRange arguments) {
                 buildTokensToTiles(b, arguments[0], arguments[1]);
               });
  return tiles;
}
