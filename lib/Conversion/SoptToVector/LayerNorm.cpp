//===- LayerNorm.cpp - A kernel for sopt.layer_norm -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "TokenTiles.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace sopt;

namespace {

/// The body of one kernel: rows of y from rows of x. Three passes over a row,
/// which stays in the first-level cache: mean, variance about it, result. Where
/// layers with sparse weights read y, the rows of a vector of tokens are
/// transposed to tiles as soon as they are there.
class LayerNormKernel {
public:
  /// `few`: what readers of tiles want of few tokens; nothing for no tiles.
  LayerNormKernel(LayerNormOp op, int64_t size,
                  std::optional<TokenTiles::Few> few)
      : size(size), few(few), rms(op.getRms()),
        hasResidual(bool(op.getResidual())), hasBias(bool(op.getBias())) {}

  std::string getName() const;
  /// Arguments: x, residual if any, scale, bias if any, epsilon, y, tiles if
  /// any.
  void build(VectorBuilder &b, ValueRange arguments);

private:
  using VectorAt = function_ref<Value(Value column, Value mask)>;

  void buildRowsAndTiles(VectorBuilder &b, Value numRows);
  /// The rows of one vector of tokens, and their part of a tile.
  void buildVector(VectorBuilder &b, Value tile, Value vector, Value numRows);
  void buildRow(VectorBuilder &b, Value row);
  /// x + residual; with a residual, also kept in y for the passes to come.
  Value buildInput(VectorBuilder &b, Value row, Value column, Value mask);
  /// The mean of `vectorAt` over the row; masked lanes of it must be zero.
  Value buildMean(VectorBuilder &b, VectorAt vectorAt);
  /// Calls `body` with the start of each vector of a row, and for the last one,
  /// if it is not full, a mask.
  void forVectors(VectorBuilder &b,
                  function_ref<void(Value column, Value mask)> body);

  int64_t size;
  std::optional<TokenTiles::Few> few;
  bool rms, hasResidual, hasBias;
  Value x, residual, scale, bias, epsilon, y, tiles;
};

} // namespace

std::string LayerNormKernel::getName() const {
  std::string name = (rms ? "rms_norm_" : "layer_norm_") + std::to_string(size);
  if (hasResidual)
    name += "_residual";
  if (!hasBias)
    name += "_nobias";
  if (few)
    name += "_and_tiles" + few->getSuffix();
  return name;
}

void LayerNormKernel::build(VectorBuilder &b, ValueRange arguments) {
  auto next = arguments.begin();
  x = *next++;
  residual = hasResidual ? *next++ : Value();
  scale = *next++;
  bias = hasBias ? *next++ : Value();
  epsilon = *next++;
  y = *next++;
  tiles = few ? *next++ : Value();
  Value numRows = memref::DimOp::create(b, x, 0);
  auto buildRows = [&] {
    b.parallel(numRows, [&](ValueRange at) { buildRow(b, at[0]); });
  };
  if (!few)
    return buildRows();
  // Tiles of few tokens are narrow.
  int64_t wideFrom =
      std::max(few->rowsBelow, few->isWhole ? 1 : b.getLanes() + 1);
  auto buildFew = [&] {
    buildRows();
    TokenTiles::branch(
        b, numRows, *few, [] {},
        [&](int64_t width) {
          if (width < TokenTiles::kTokens)
            TokenTiles::build(b, y, TokenTiles::view(b, tiles, width), width);
        });
  };
  b.when(b.less(numRows, b.index(wideFrom)), buildFew,
         [&] { buildRowsAndTiles(b, numRows); });
}

void LayerNormKernel::buildRowsAndTiles(VectorBuilder &b, Value numRows) {
  Value numTiles = memref::DimOp::create(b, tiles, 0);
  Value vectors = b.index(TokenTiles::kTokens / b.getLanes());
  b.parallel({numTiles, vectors},
             [&](ValueRange at) { buildVector(b, at[0], at[1], numRows); });
}

void LayerNormKernel::buildVector(VectorBuilder &b, Value tile, Value vector,
                                  Value numRows) {
  Value lanes = b.index(b.getLanes());
  Value first =
      b.add(b.mul(tile, b.index(TokenTiles::kTokens)), b.mul(vector, lanes));
  b.when(b.less(first, numRows), [&] {
    b.forAll(b.minimum(b.sub(numRows, first), lanes),
             [&](Value row) { buildRow(b, b.add(first, row)); });
    TokenTiles::buildVector(b, y, tiles, tile, vector);
  });
}

void LayerNormKernel::buildRow(VectorBuilder &b, Value row) {
  // What the later passes read.
  Value input = hasResidual ? y : x;
  auto again = [&](Value column, Value mask) {
    return b.load(input, {row, column}, mask);
  };

  Value mean, spread;
  if (rms) {
    spread = buildMean(b, [&](Value column, Value mask) {
      Value z = buildInput(b, row, column, mask);
      return b.mul(z, z);
    });
  } else {
    mean = b.broadcast(buildMean(b, [&](Value column, Value mask) {
      return buildInput(b, row, column, mask);
    }));
    spread = buildMean(b, [&](Value column, Value mask) {
      Value centred = b.sub(again(column, mask), mean);
      Value square = b.mul(centred, centred);
      return mask ? b.select(mask, square, b.splat(0.0f)) : square;
    });
  }
  Value root = math::SqrtOp::create(b, b.add(spread, epsilon));
  Value factor = b.broadcast(b.div(b.scalar(1.0f), root));

  forVectors(b, [&](Value column, Value mask) {
    Value z = again(column, mask);
    Value normal = b.mul(rms ? z : b.sub(z, mean), factor);
    Value weight = b.load(scale, column, mask);
    Value result = hasBias ? b.fma(normal, weight, b.load(bias, column, mask))
                           : b.mul(normal, weight);
    b.store(result, y, {row, column}, mask);
  });
}

Value LayerNormKernel::buildInput(VectorBuilder &b, Value row, Value column,
                                  Value mask) {
  Value z = b.load(x, {row, column}, mask);
  if (!hasResidual)
    return z;
  z = b.add(z, b.load(residual, {row, column}, mask));
  b.store(z, y, {row, column}, mask);
  return z;
}

Value LayerNormKernel::buildMean(VectorBuilder &b, VectorAt vectorAt) {
  int64_t lanes = b.getLanes();
  // As many sums as it takes to hide the latency of an addition.
  constexpr int64_t kSums = 4;
  int64_t block = kSums * lanes, blocked = size / block * block;
  SmallVector<Value> sums(kSums, b.splat(0.0f));
  if (blocked)
    sums =
        b.loop(b.index(0), b.index(blocked), block, sums,
               [&](Value column, ValueRange sums) {
                 SmallVector<Value> next;
                 for (auto [i, sum] : llvm::enumerate(sums))
                   next.push_back(b.add(
                       sum, vectorAt(b.add(column, b.index(i * lanes)), {})));
                 return next;
               });
  for (int64_t column = blocked; column < size; column += lanes) {
    int64_t left = size - column;
    Value mask = left < lanes ? b.firstLanes(b.index(left)) : Value();
    Value &sum = sums[(column - blocked) / lanes];
    sum = b.add(sum, vectorAt(b.index(column), mask));
  }
  Value total = b.add(b.add(sums[0], sums[1]), b.add(sums[2], sums[3]));
  return b.mul(b.sum(total), b.scalar(1.0f / size));
}

void LayerNormKernel::forVectors(VectorBuilder &b,
                                 function_ref<void(Value, Value)> body) {
  int64_t lanes = b.getLanes(), full = size / lanes * lanes;
  b.loop(b.index(0), b.index(full), lanes, {}, [&](Value column, ValueRange) {
    body(column, {});
    return SmallVector<Value>();
  });
  if (full < size)
    body(b.index(full), b.firstLanes(b.index(size - full)));
}

namespace {

// sopt.layer_norm(x, residual) → layer_norm_N_residual(rows of both), with
// tiles of the result for layers with sparse weights
class LayerNormToKernel : public OpRewritePattern<LayerNormOp> {
public:
  LayerNormToKernel(MLIRContext *context, KernelLibrary &kernels,
                    TokenTiles &tiles)
      : OpRewritePattern(context), kernels(kernels), tiles(tiles) {}

  LogicalResult matchAndRewrite(LayerNormOp op,
                                PatternRewriter &rewriter) const override;

private:
  KernelLibrary &kernels;
  TokenTiles &tiles;
};

} // namespace

LogicalResult
LayerNormToKernel::matchAndRewrite(LayerNormOp op,
                                   PatternRewriter &rewriter) const {
  if (!llvm::all_of(op->getOperandTypes(), isF32Tensor))
    return rewriter.notifyMatchFailure(op, "not f32");
  auto xType = cast<RankedTensorType>(op.getX().getType());
  if (xType.getRank() == 0 || xType.isDynamicDim(xType.getRank() - 1) ||
      xType.getShape().back() == 0)
    return rewriter.notifyMatchFailure(op, "last dimension unknown or empty");

  ImplicitLocOpBuilder b(op.getLoc(), rewriter);
  int64_t size = xType.getShape().back();
  auto vectorType = RankedTensorType::get(size, b.getF32Type());
  std::optional<TokenTiles::Few> few = TokenTiles::getWanted(op.getResult());
  LayerNormKernel kernel(op, size, few);
  SmallVector<Value> arguments = {viewRows(b, readOnlyBuffer(b, op.getX()))};
  if (Value residual = op.getResidual())
    arguments.push_back(viewRows(
        b, readOnlyBuffer(b, castTensor(b, residual, op.getX().getType()))));
  arguments.push_back(
      readOnlyBuffer(b, castTensor(b, op.getScale(), vectorType)));
  if (Value bias = op.getBias())
    arguments.push_back(readOnlyBuffer(b, castTensor(b, bias, vectorType)));
  arguments.push_back(arith::ConstantOp::create(b, op.getEpsilonAttr()));
  Value y = allocate(b, tensor::getMixedSizes(b, b.getLoc(), op.getX()));
  arguments.push_back(viewRows(b, y));
  if (few)
    arguments.push_back(tiles.allocateFor(
        b, memref::DimOp::create(b, arguments.back(), 0), size));

  kernels.call(b, kernel.getName(), kernels.getIsa(), arguments,
               [&](VectorBuilder &b, ValueRange arguments) {
                 kernel.build(b, arguments);
               });
  Value result = castTensor(b, writtenTensor(b, y), op.getType());
  if (few)
    tiles.set(b, result, *few, arguments.back(), TokenTiles::Rows::Apart);
  rewriter.replaceOp(op, result);
  return success();
}

void sopt::populateLayerNormToKernel(RewritePatternSet &patterns,
                                     KernelLibrary &kernels,
                                     TokenTiles &tiles) {
  patterns.add<LayerNormToKernel>(patterns.getContext(), kernels, tiles);
}
