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

/// Transposes lanes × lanes elements of x, from `token` and `feature` on, to
/// vector `vector` of a tile.
static void emitSquare(VectorBuilder &b, Value x, Value tiles, Value tile,
                       Value vector, Value feature) {
  auto tilesType = cast<MemRefType>(tiles.getType());
  int64_t features = cast<MemRefType>(x.getType()).getDimSize(1);
  Value inTile = b.mul(vector, b.index(b.getLanes()));
  Value token = b.add(b.mul(tile, b.index(tilesType.getDimSize(2))), inTile);
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

static Value countSquares(VectorBuilder &b, Value x) {
  int64_t features = cast<MemRefType>(x.getType()).getDimSize(1);
  return b.index(llvm::divideCeilSigned(features, b.getLanes()));
}

void TokenTiles::buildVector(VectorBuilder &b, Value x, Value tiles, Value tile,
                             Value vector) {
  b.forAll(countSquares(b, x), [&](Value square) {
    emitSquare(b, x, tiles, tile, vector, b.mul(square, b.index(b.getLanes())));
  });
}

void TokenTiles::build(VectorBuilder &b, Value x, Value tiles, int64_t width) {
  int64_t lanes = b.getLanes();
  Value tokens = memref::DimOp::create(b, x, 0);
  Value numTiles = memref::DimOp::create(b, tiles, 0);
  Value squares = countSquares(b, x);
  auto buildSquares = [&](Value tile, Value square) {
    Value begin = b.mul(tile, b.index(width));
    Value left = b.minimum(b.sub(tokens, begin), b.index(width));
    Value feature = b.mul(square, b.index(lanes));
    b.forAll(b.ceilDiv(left, lanes), [&](Value vector) {
      emitSquare(b, x, tiles, tile, vector, feature);
    });
  };
  if (width == kTokens)
    return b.parallel({numTiles, squares},
                      [&](ValueRange at) { buildSquares(at[0], at[1]); });
  // Done before other threads have begun.
  b.forAll(numTiles, [&](Value tile) {
    b.forAll(squares, [&](Value square) { buildSquares(tile, square); });
  });
}

std::string TokenTiles::Few::getSuffix() const {
  std::string suffix;
  if (rowsBelow > 1)
    suffix += llvm::formatv("_from_{0}", rowsBelow);
  if (isWhole)
    suffix += "_whole";
  return suffix;
}

TokenTiles::Few TokenTiles::Few::of(LinearOp layer) {
  // From here on there are no narrow tiles, so that layers agree.
  constexpr int64_t kNarrow = kTokens / 4;
  int64_t below = layer.getSchedule()->getDenseBelow();
  return {below, layer.getPrecision() && below <= kNarrow};
}

void TokenTiles::branch(VectorBuilder &b, Value tokens, Few few,
                        function_ref<void()> asRows,
                        function_ref<void(int64_t)> asTiles) {
  int64_t below = few.rowsBelow;
  SmallVector<int64_t> widths = {1};
  for (int64_t width = 4; width <= b.getLanes(); width *= 2)
    widths.push_back(width);
  llvm::erase_if(widths,
                 [&](int64_t width) { return few.isWhole || width < below; });
  auto build = [&](auto &&build, ArrayRef<int64_t> widths) -> void {
    if (widths.empty())
      return asTiles(kTokens);
    int64_t width = widths.front();
    b.when(
        b.less(tokens, b.index(width + 1)),
        [&] { b.withLanes(width, [&] { asTiles(width); }); },
        [&] { build(build, widths.drop_front()); });
  };
  if (below <= 1)
    return build(build, widths);
  b.when(b.less(tokens, b.index(below)), asRows, [&] { build(build, widths); });
}

Value TokenTiles::view(VectorBuilder &b, Value tiles, int64_t width) {
  int64_t features = cast<MemRefType>(tiles.getType()).getDimSize(1);
  if (width == kTokens)
    return tiles;
  Value numTiles = memref::DimOp::create(b, tiles, 0);
  auto size = [&](int64_t size) { return b.getIndexAttr(size); };
  return memref::ReinterpretCastOp::create(
      b,
      MemRefType::get({ShapedType::kDynamic, features, width}, b.getF32Type()),
      tiles, size(0),
      ArrayRef<OpFoldResult>{numTiles, size(features), size(width)},
      ArrayRef<OpFoldResult>{size(features * width), size(width), size(1)});
}

Value TokenTiles::viewRows(ImplicitLocOpBuilder &b, Value tiles, Value tokens,
                           int64_t features) {
  auto size = [&](int64_t size) { return b.getIndexAttr(size); };
  Type element = cast<MemRefType>(tiles.getType()).getElementType();
  return memref::ReinterpretCastOp::create(
      b, MemRefType::get({ShapedType::kDynamic, features}, element), tiles,
      size(0), ArrayRef<OpFoldResult>{tokens, size(features)},
      ArrayRef<OpFoldResult>{size(features), size(1)});
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

/// The layer that reads tiles by `use`, null if there is none.
static LinearOp getTileReader(OpOperand &use) {
  auto layer = dyn_cast<LinearOp>(use.getOwner());
  if (!layer || use.get() != layer.getX() || !layer.getSchedule() ||
      !layer.getSchedule()->readsTokenTiles() ||
      layer->getBlock() != use.get().getParentBlock())
    return nullptr;
  return layer;
}

std::optional<TokenTiles::Few> TokenTiles::getWanted(Value tensor) {
  std::optional<Few> few;
  for (OpOperand &use : tensor.getUses()) {
    LinearOp layer = getTileReader(use);
    if (!layer)
      continue;
    Few wanted = Few::of(layer);
    if (few && !(*few == wanted))
      return std::nullopt;
    few = wanted;
  }
  return few;
}

bool TokenTiles::isReadAlone(Value tensor) {
  return llvm::all_of(tensor.getUses(),
                      [](OpOperand &use) { return bool(getTileReader(use)); });
}

void TokenTiles::set(ImplicitLocOpBuilder &b, Value tensor, Few few,
                     Value tiles, Rows rows) {
  known[{tensor, b.getInsertionBlock(), few.rowsBelow, few.isWhole}] = {tiles,
                                                                        rows};
}

TokenTiles::Input TokenTiles::get(ImplicitLocOpBuilder &b, Value tensor,
                                  int64_t features, Few few) {
  Known &found =
      known[{tensor, b.getInsertionBlock(), few.rowsBelow, few.isWhole}];
  if (found.tiles && found.rows == Rows::InTiles)
    return {found.tiles, Value()};
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = features;
  Value refined = castTensor(b, tensor, type.clone(shape));
  Value rows = sopt::viewRows(b, readOnlyBuffer(b, refined));
  if (found.tiles)
    return {found.tiles, rows};
  Value tiles = allocateFor(b, memref::DimOp::create(b, rows, 0), features);
  found = {tiles, Rows::Apart};
  std::string name =
      llvm::formatv("tokens_to_tiles_{0}{1}", features, few.getSuffix());
  kernels.call(
      b, name, kernels.getIsa(), {rows, tiles},
      [&](VectorBuilder &b, ValueRange arguments) {
        Value x = arguments[0], tiles = arguments[1];
        Value tokens = memref::DimOp::create(b, x, 0);
        branch(
            b, tokens, few, [] {},
            [&](int64_t width) { build(b, x, view(b, tiles, width), width); });
      });
  return {tiles, rows};
}
