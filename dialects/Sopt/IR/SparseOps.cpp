//===- SparseOps.cpp - Layers with sparse weights -------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Sopt/IR/Packing.h"
#include "dialects/Sopt/IR/Shapes.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace sopt;

//===----------------------------------------------------------------------===//
// LinearOp
//===----------------------------------------------------------------------===//

/// Fails if `op` cannot be computed in its precision.
static LogicalResult verifyPrecision(LinearOp op) {
  PrecisionAttr precision = op.getPrecisionAttr();
  if (!precision)
    return success();
  if (Type type = op.getX().getType().getElementType(); !type.isF32())
    return op.emitOpError("rounds f32 to ")
           << stringifyNumber(precision.getNumber()) << ", not " << type;
  if (ScheduleAttr schedule = op.getScheduleAttr();
      schedule && schedule.isSparse() &&
      (!schedule.readsTokenTiles() || precision.getNumber() != Number::Int8))
    return op.emitOpError("cannot skip the zeros of ")
           << schedule.getLayout() << " in "
           << stringifyNumber(precision.getNumber())
           << ": kernels in fewer bits do so for csr and block in int8";
  int64_t features = op.getWeight().getType().getDimSize(0);
  if (precision.getNumber() == Number::Int8 &&
      (ShapedType::isDynamic(features) ||
       features > LinearOp::kMaxInt8Features))
    return op.emitOpError("needs at most ")
           << LinearOp::kMaxInt8Features
           << " features of x for sums of int8 products to fit 32 bits";
  if (DenseIntElementsAttr smooth = precision.getSmooth();
      smooth && smooth.getNumElements() != features)
    return op.emitOpError("smooths ")
           << smooth.getNumElements() << " features of x, not " << features;
  return success();
}

LogicalResult LinearOp::verify() {
  RankedTensorType x = getX().getType(), weight = getWeight().getType();
  if (x.getRank() == 0)
    return emitOpError("needs x of rank 1 or more");
  if (failed(verifyRank(*this, getWeight(), "weight", 2)) ||
      failed(verifyOneFloatType(*this)) ||
      failed(verifySize(*this, {weight.getDimSize(0), "rows of weight"},
                        {x.getShape().back(), "features of x"})))
    return failure();
  if (getBias() &&
      (failed(verifyRank(*this, getBias(), "bias", 1)) ||
       failed(verifySize(
           *this, {getBias().getType().getDimSize(0), "elements of bias"},
           {weight.getDimSize(1), "columns of weight"}))))
    return failure();
  if (ScheduleAttr schedule = getScheduleAttr();
      schedule && schedule.readsTokenTiles()) {
    unsigned width = schedule.getLayout().getIndexWidth();
    if (weight.getDimSize(0) > int64_t(1) << width)
      return emitOpError("has a schedule with indices of i")
             << width << ", too narrow for " << weight.getDimSize(0)
             << " features of x";
  }
  if (failed(verifyPrecision(*this)))
    return failure();
  SmallVector<int64_t> shape(x.getShape());
  shape.back() = weight.getDimSize(1);
  return verifyResultShape(*this, shape);
}

LogicalResult LinearOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto x = dyn_cast<RankedTensorType>(adaptor.getX().getType());
  auto weight = dyn_cast<RankedTensorType>(adaptor.getWeight().getType());
  if (!x || !weight || x.getRank() == 0 || weight.getRank() != 2)
    return failure();
  SmallVector<int64_t> shape(x.getShape());
  shape.back() = weight.getDimSize(1);
  types.push_back(x.clone(shape));
  return success();
}

bool LinearOp::isCompatibleReturnTypes(TypeRange inferred, TypeRange actual) {
  return succeeded(verifyCompatibleShapes(inferred, actual));
}

LogicalResult LinearOp::reifyResultShapes(OpBuilder &builder,
                                          ReifiedRankedShapedTypeDims &shapes) {
  int64_t last = getX().getType().getRank() - 1;
  shapes.push_back(reifySizes(builder, getResult(), [&](int64_t dim) {
    return dim == last ? std::pair<Value, int64_t>(getWeight(), 1)
                       : std::pair<Value, int64_t>(getX(), dim);
  }));
  return success();
}

namespace {
// linear(x, w, bias 0) → linear(x, w)
struct DropZeroBias : OpRewritePattern<LinearOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(LinearOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getBias() || !matchPattern(op.getBias(), m_AnyZeroFloat()))
      return rewriter.notifyMatchFailure(op, "bias is not the constant 0");
    rewriter.modifyOpInPlace(op, [&] { op.getBiasMutable().clear(); });
    return success();
  }
};
} // namespace

void LinearOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *context) {
  patterns.add<DropZeroBias>(context);
}

//===----------------------------------------------------------------------===//
// LayerNormOp
//===----------------------------------------------------------------------===//

LogicalResult LayerNormOp::verify() {
  RankedTensorType x = getX().getType();
  if (x.getRank() == 0)
    return emitOpError("needs x of rank 1 or more");
  if (failed(verifyOneFloatType(*this)))
    return failure();
  if (getResidual() &&
      failed(verifyCompatibleShape(x, getResidual().getType())))
    return emitOpError("adds residual ")
           << getResidual().getType() << " to x " << x;
  NamedSize features = {x.getShape().back(), "features of x"};
  if (failed(verifyRank(*this, getScale(), "scale", 1)) ||
      failed(verifySize(
          *this, {getScale().getType().getDimSize(0), "elements of scale"},
          features)))
    return failure();
  if (getBias() &&
      (failed(verifyRank(*this, getBias(), "bias", 1)) ||
       failed(verifySize(
           *this, {getBias().getType().getDimSize(0), "elements of bias"},
           features))))
    return failure();
  if (!(getEpsilon().convertToFloat() >= 0))
    return emitOpError("needs an epsilon that is not negative");
  return verifyResultShape(*this, x.getShape());
}

LogicalResult LayerNormOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location>,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getX().getType());
  return success();
}

bool LayerNormOp::isCompatibleReturnTypes(TypeRange inferred,
                                          TypeRange actual) {
  return succeeded(verifyCompatibleShapes(inferred, actual));
}

LogicalResult
LayerNormOp::reifyResultShapes(OpBuilder &builder,
                               ReifiedRankedShapedTypeDims &shapes) {
  shapes.push_back(reifySizes(builder, getResult(), [&](int64_t dim) {
    return std::pair<Value, int64_t>(getX(), dim);
  }));
  return success();
}

namespace {
// layer_norm(x, residual 0, scale, bias 0) → layer_norm(x, scale)
struct DropZeroTerms : OpRewritePattern<LayerNormOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(LayerNormOp op,
                                PatternRewriter &rewriter) const override {
    auto isZero = [](Value value) {
      return value && matchPattern(value, m_AnyZeroFloat());
    };
    bool residual = isZero(op.getResidual()), bias = isZero(op.getBias());
    if (!residual && !bias)
      return rewriter.notifyMatchFailure(op, "no term is the constant 0");
    rewriter.modifyOpInPlace(op, [&] {
      if (residual)
        op.getResidualMutable().clear();
      if (bias)
        op.getBiasMutable().clear();
    });
    return success();
  }
};
} // namespace

void LayerNormOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<DropZeroTerms>(context);
}

//===----------------------------------------------------------------------===//
// SparseConstantOp
//===----------------------------------------------------------------------===//

LogicalResult SparseConstantOp::verify() {
  PackedMatrix packed = getPacked();
  auto emitError = [&] { return emitOpError(); };
  if (failed(verifyShapes(packed, emitError)))
    return failure();
  // Weights in resources are checked once, when they are read: a pass over
  // them after every pass of a pipeline would cost more than the pipeline.
  auto isInline = [](ElementsAttr array) {
    return !array || isa<DenseElementsAttr>(array);
  };
  if (!isInline(packed.indices) || !isInline(packed.pointers))
    return success();
  return verifyIndices(packed, emitError);
}

PackedMatrix SparseConstantOp::getPacked() {
  return {getLayout(), getType(), getValues(), getIndicesAttr(),
          getPointersAttr()};
}
