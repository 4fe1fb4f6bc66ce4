//===- Tiling.cpp - Computing a part of an op's result --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tile of an op is the op on slices of its operands. All loops are parallel:
// what is summed over (features, keys) stays whole, for the tile of a softmax
// or of a mean is not a softmax or a mean.
//
//===----------------------------------------------------------------------===//

#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"

using namespace mlir;
using namespace sopt;

using Sizes = SmallVector<OpFoldResult>;
using SizesRef = ArrayRef<OpFoldResult>;

static SmallVector<utils::IteratorType> parallelLoops(int64_t count) {
  return SmallVector<utils::IteratorType>(count, utils::IteratorType::parallel);
}

static SmallVector<Range> fromZero(OpBuilder &b, SizesRef sizes) {
  return llvm::map_to_vector(sizes, [&](OpFoldResult size) {
    return Range{b.getIndexAttr(0), size, b.getIndexAttr(1)};
  });
}

static OpFoldResult times(OpBuilder &b, Location loc, OpFoldResult value,
                          int64_t factor) {
  return affine::makeComposedFoldedAffineApply(
      b, loc, b.getAffineDimExpr(0) * factor, {value});
}

static OpFoldResult smaller(OpBuilder &b, Location loc, OpFoldResult x,
                            OpFoldResult y) {
  AffineExpr dims[] = {b.getAffineDimExpr(0), b.getAffineDimExpr(1)};
  return affine::makeComposedFoldedAffineMin(
      b, loc, AffineMap::get(2, 0, dims, b.getContext()), {x, y});
}

namespace {
/// Collects what an op on slices is made of.
class TileBuilder {
public:
  TileBuilder(OpBuilder &b, Operation *op) : b(b), op(op) {}

  void slice(Value operand, SizesRef offsets, SizesRef sizes) {
    SmallVector<OpFoldResult> strides(offsets.size(), b.getIndexAttr(1));
    auto slice = tensor::ExtractSliceOp::create(b, op->getLoc(), operand,
                                                offsets, sizes, strides);
    slices.push_back(slice);
    operands.push_back(slice);
  }
  void keep(Value operand) { operands.push_back(operand); }

  /// The op on what was collected, with a result of `sizes`.
  TilingResult finish(SizesRef sizes) {
    SmallVector<int64_t> shape;
    for (OpFoldResult size : sizes)
      shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
    Type type = cast<RankedTensorType>(op->getResult(0).getType()).clone(shape);
    Operation *tile = clone(b, op, type, operands);
    return {{tile}, {tile->getResult(0)}, slices};
  }

private:
  OpBuilder &b;
  Operation *op;
  SmallVector<Value> operands;
  SmallVector<Operation *> slices;
};
} // namespace

//===----------------------------------------------------------------------===//
// LinearOp: all dimensions of the result
//===----------------------------------------------------------------------===//

SmallVector<utils::IteratorType> LinearOp::getLoopIteratorTypes() {
  return parallelLoops(getType().getRank());
}

SmallVector<Range> LinearOp::getIterationDomain(OpBuilder &b) {
  Sizes sizes = tensor::getMixedSizes(b, getLoc(), getX());
  sizes.back() = tensor::getMixedSize(b, getLoc(), getWeight(), 1);
  return fromZero(b, sizes);
}

FailureOr<TilingResult> LinearOp::getTiledImplementation(OpBuilder &b,
                                                         SizesRef offsets,
                                                         SizesRef sizes) {
  OpFoldResult zero = b.getIndexAttr(0);
  OpFoldResult features = tensor::getMixedSize(b, getLoc(), getWeight(), 0);
  Sizes xOffsets(offsets), xSizes(sizes);
  xOffsets.back() = zero;
  xSizes.back() = features;
  TileBuilder tile(b, *this);
  tile.slice(getX(), xOffsets, xSizes);
  tile.slice(getWeight(), {zero, offsets.back()}, {features, sizes.back()});
  if (getBias())
    tile.slice(getBias(), offsets.back(), sizes.back());
  return tile.finish(sizes);
}

LogicalResult LinearOp::getResultTilePosition(OpBuilder &, unsigned,
                                              SizesRef offsets, SizesRef sizes,
                                              Sizes &resultOffsets,
                                              Sizes &resultSizes) {
  resultOffsets.assign(offsets.begin(), offsets.end());
  resultSizes.assign(sizes.begin(), sizes.end());
  return success();
}

FailureOr<TilingResult> LinearOp::generateResultTileValue(OpBuilder &b,
                                                          unsigned,
                                                          SizesRef offsets,
                                                          SizesRef sizes) {
  return getTiledImplementation(b, offsets, sizes);
}

//===----------------------------------------------------------------------===//
// LayerNormOp: rows
//===----------------------------------------------------------------------===//

SmallVector<utils::IteratorType> LayerNormOp::getLoopIteratorTypes() {
  return parallelLoops(getType().getRank() - 1);
}

SmallVector<Range> LayerNormOp::getIterationDomain(OpBuilder &b) {
  Sizes sizes = tensor::getMixedSizes(b, getLoc(), getX());
  sizes.pop_back();
  return fromZero(b, sizes);
}

FailureOr<TilingResult> LayerNormOp::getTiledImplementation(OpBuilder &b,
                                                            SizesRef offsets,
                                                            SizesRef sizes) {
  Sizes xOffsets, xSizes;
  if (failed(getResultTilePosition(b, 0, offsets, sizes, xOffsets, xSizes)))
    return failure();
  TileBuilder tile(b, *this);
  tile.slice(getX(), xOffsets, xSizes);
  if (getResidual())
    tile.slice(getResidual(), xOffsets, xSizes);
  tile.keep(getScale());
  if (getBias())
    tile.keep(getBias());
  return tile.finish(xSizes);
}

LogicalResult LayerNormOp::getResultTilePosition(OpBuilder &b, unsigned,
                                                 SizesRef offsets,
                                                 SizesRef sizes,
                                                 Sizes &resultOffsets,
                                                 Sizes &resultSizes) {
  resultOffsets.assign(offsets.begin(), offsets.end());
  resultSizes.assign(sizes.begin(), sizes.end());
  resultOffsets.push_back(b.getIndexAttr(0));
  resultSizes.push_back(
      tensor::getMixedSize(b, getLoc(), getX(), getType().getRank() - 1));
  return success();
}

/// Whether a tile takes the whole of a dimension whose size is known.
static bool isWhole(OpFoldResult offset, OpFoldResult size, int64_t whole) {
  return isConstantIntValue(offset, 0) && isConstantIntValue(size, whole);
}

FailureOr<TilingResult> LayerNormOp::generateResultTileValue(OpBuilder &b,
                                                             unsigned,
                                                             SizesRef offsets,
                                                             SizesRef sizes) {
  if (!isWhole(offsets.back(), sizes.back(), getType().getShape().back()))
    return failure();
  return getTiledImplementation(b, offsets.drop_back(), sizes.drop_back());
}

//===----------------------------------------------------------------------===//
// PolyOp: all dimensions, but one of channels only as a whole
//===----------------------------------------------------------------------===//

SmallVector<utils::IteratorType> PolyOp::getLoopIteratorTypes() {
  return parallelLoops(getType().getRank());
}

SmallVector<Range> PolyOp::getIterationDomain(OpBuilder &b) {
  return fromZero(b, tensor::getMixedSizes(b, getLoc(), getX()));
}

FailureOr<TilingResult>
PolyOp::getTiledImplementation(OpBuilder &b, SizesRef offsets, SizesRef sizes) {
  if (std::optional<int64_t> channel = getChannel())
    if (!isWhole(offsets[*channel], sizes[*channel],
                 getX().getType().getDimSize(*channel)))
      return failure();
  TileBuilder tile(b, *this);
  tile.slice(getX(), offsets, sizes);
  return tile.finish(sizes);
}

LogicalResult PolyOp::getResultTilePosition(OpBuilder &, unsigned,
                                            SizesRef offsets, SizesRef sizes,
                                            Sizes &resultOffsets,
                                            Sizes &resultSizes) {
  resultOffsets.assign(offsets.begin(), offsets.end());
  resultSizes.assign(sizes.begin(), sizes.end());
  return success();
}

FailureOr<TilingResult> PolyOp::generateResultTileValue(OpBuilder &b, unsigned,
                                                        SizesRef offsets,
                                                        SizesRef sizes) {
  return getTiledImplementation(b, offsets, sizes);
}

//===----------------------------------------------------------------------===//
// AttentionOp: batch, heads of k and v, and queries where no mask asks for a
// query's position, which a tile would not know
//===----------------------------------------------------------------------===//

SmallVector<utils::IteratorType> AttentionOp::getLoopIteratorTypes() {
  return parallelLoops(hasPositions() ? 2 : 3);
}

SmallVector<Range> AttentionOp::getIterationDomain(OpBuilder &b) {
  Sizes sizes = {tensor::getMixedSize(b, getLoc(), getQ(), 0),
                 b.getIndexAttr(getKvHeads())};
  if (!hasPositions())
    sizes.push_back(tensor::getMixedSize(b, getLoc(), getQ(), getTokenDim()));
  return fromZero(b, sizes);
}

namespace {
/// Where a tile of attention begins and how large it is.
struct AttentionTile {
  OpBuilder &b;
  AttentionOp op;
  std::pair<OpFoldResult, OpFoldResult> batch, kvHeads, queries;

  AttentionTile(OpBuilder &b, AttentionOp op, SizesRef offsets, SizesRef sizes)
      : b(b), op(op), batch(offsets[0], sizes[0]),
        kvHeads(offsets[1], sizes[1]) {
    if (op.hasPositions())
      queries = whole(op.getQ(), op.getTokenDim());
    else
      queries = {offsets[2], sizes[2]};
  }

  std::pair<OpFoldResult, OpFoldResult> whole(Value value, int64_t dim) {
    return {b.getIndexAttr(0),
            tensor::getMixedSize(b, op.getLoc(), value, dim)};
  }
  std::pair<OpFoldResult, OpFoldResult> heads(int64_t perKvHead) {
    return {times(b, op.getLoc(), kvHeads.first, perKvHead),
            times(b, op.getLoc(), kvHeads.second, perKvHead)};
  }

  /// Offsets and sizes in a tensor of `like`'s form and width, with `group`
  /// heads to a head of k.
  std::pair<Sizes, Sizes> place(std::pair<OpFoldResult, OpFoldResult> tokens,
                                int64_t group, Value like) {
    SmallVector<std::pair<OpFoldResult, OpFoldResult>> dims;
    int64_t last = cast<RankedTensorType>(like.getType()).getShape().back();
    if (op.isPacked())
      dims = {batch, tokens, heads(last / int64_t(op.getKvHeads()))};
    else
      dims = {batch, heads(group), tokens, whole(like, 3)};
    std::pair<Sizes, Sizes> result;
    for (auto [offset, size] : dims) {
      result.first.push_back(offset);
      result.second.push_back(size);
    }
    return result;
  }

  /// A dynamic size of bias may be found to be 1, and is then not cut.
  std::pair<Sizes, Sizes> placeBias() {
    RankedTensorType type = op.getBias().getType();
    std::pair<OpFoldResult, OpFoldResult> scores[] = {
        batch, heads(op.getHeads() / op.getKvHeads()), queries,
        whole(op.getK(), op.getTokenDim())};
    std::pair<Sizes, Sizes> result;
    for (int64_t dim : llvm::seq(type.getRank())) {
      auto [offset, size] = scores[4 - type.getRank() + dim];
      if (type.getDimSize(dim) == 1) {
        offset = b.getIndexAttr(0);
        size = b.getIndexAttr(1);
      } else if (type.isDynamicDim(dim)) {
        OpFoldResult limit =
            tensor::getMixedSize(b, op.getLoc(), op.getBias(), dim);
        OpFoldResult last = affine::makeComposedFoldedAffineApply(
            b, op.getLoc(), b.getAffineDimExpr(0) - 1, {limit});
        offset = smaller(b, op.getLoc(), offset, last);
        size = smaller(b, op.getLoc(), size, limit);
      }
      result.first.push_back(offset);
      result.second.push_back(size);
    }
    return result;
  }
};
} // namespace

FailureOr<TilingResult> AttentionOp::getTiledImplementation(OpBuilder &b,
                                                            SizesRef offsets,
                                                            SizesRef sizes) {
  // How many heads a tile has is an attribute of it.
  std::optional<int64_t> kvHeads = getConstantIntValue(sizes[1]);
  bool hasWidths =
      !isPacked() || (!ShapedType::isDynamic(getQ().getType().getDimSize(2)) &&
                      !ShapedType::isDynamic(getK().getType().getDimSize(2)) &&
                      !ShapedType::isDynamic(getV().getType().getDimSize(2)));
  // Rounding to few bits looks at the maximum of all of q and k.
  if (!kvHeads || !hasWidths || getTopKBits())
    return failure();

  int64_t group = getHeads() / getKvHeads();
  AttentionTile place(b, *this, offsets, sizes);
  auto keys = place.whole(getK(), getTokenDim());
  TileBuilder tile(b, *this);
  auto slice = [&](Value operand, const std::pair<Sizes, Sizes> &where) {
    tile.slice(operand, where.first, where.second);
  };
  slice(getQ(), place.place(place.queries, group, getQ()));
  slice(getK(), place.place(keys, 1, getK()));
  slice(getV(), place.place(keys, 1, getV()));
  if (getBias())
    slice(getBias(), place.placeBias());
  for (Value mask : {Value(getPadding()), Value(getGroup())}) {
    if (!mask)
      continue;
    // A group for all batches is the only mask without a batch.
    bool perBatch = mask == getPadding() ||
                    cast<RankedTensorType>(mask.getType()).getRank() == 2;
    if (!perBatch) {
      tile.keep(mask);
      continue;
    }
    Sizes maskOffsets = {place.batch.first}, maskSizes = {place.batch.second};
    if (cast<RankedTensorType>(mask.getType()).getRank() == 2) {
      maskOffsets.push_back(keys.first);
      maskSizes.push_back(keys.second);
    }
    tile.slice(mask, maskOffsets, maskSizes);
  }

  Sizes resultOffsets, resultSizes;
  if (failed(getResultTilePosition(b, 0, offsets, sizes, resultOffsets,
                                   resultSizes)))
    return failure();
  TilingResult result = tile.finish(resultSizes);
  auto tiled = cast<AttentionOp>(result.tiledOps.front());
  tiled.setHeads(*kvHeads * group);
  tiled.setKvHeads(*kvHeads);
  return result;
}

LogicalResult AttentionOp::getResultTilePosition(OpBuilder &b, unsigned,
                                                 SizesRef offsets,
                                                 SizesRef sizes,
                                                 Sizes &resultOffsets,
                                                 Sizes &resultSizes) {
  if (isPacked() && ShapedType::isDynamic(getType().getDimSize(2)))
    return failure();
  AttentionTile place(b, *this, offsets, sizes);
  // The result by head is as wide as v; its own size must not be asked for,
  // for that would keep the op alive that the tile replaces.
  std::tie(resultOffsets, resultSizes) =
      place.place(place.queries, getHeads() / getKvHeads(),
                  isPacked() ? Value(getResult()) : Value(getV()));
  return success();
}
