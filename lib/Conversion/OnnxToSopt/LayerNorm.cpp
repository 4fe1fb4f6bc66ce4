//===- LayerNorm.cpp - Normalisations to sopt.layer_norm ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"

using namespace mlir;
using namespace sopt;

namespace {
/// Whether the last dimension alone is normalised, and `parameters` have its
/// size.
LogicalResult checkOperands(Operation *op, Value x, int64_t axis,
                            ValueRange parameters, ShapeAnalysis &shapes,
                            PatternRewriter &rewriter) {
  auto type = dyn_cast<RankedTensorType>(x.getType());
  if (!type || type.getRank() == 0 || !isa<FloatType>(type.getElementType()))
    return rewriter.notifyMatchFailure(op, "no tensor of floats");
  if (axis != -1 && axis != type.getRank() - 1)
    return rewriter.notifyMatchFailure(op, "more than the last dimension");
  for (Value parameter : parameters) {
    auto vector = dyn_cast<RankedTensorType>(parameter.getType());
    if (!vector || vector.getRank() != 1 ||
        vector.getElementType() != type.getElementType() ||
        !shapes.areProvablyEqual(parameter, 0, x, -1))
      return rewriter.notifyMatchFailure(op, "a parameter of another shape");
  }
  return success();
}

/// If `x` is a sum of two tensors of its own shape and nobody else needs it,
/// splits it; so the sum is made while it is read.
Value splitResidual(Value &x, ShapeAnalysis &shapes) {
  auto add = x.getDefiningOp<onnx::AddOp>();
  if (!add || !x.hasOneUse() || add.getA().getType() != x.getType() ||
      add.getB().getType() != x.getType() ||
      !shapes.haveProvablyEqualShapes(add.getA(), add.getB()))
    return Value();
  x = add.getA();
  return add.getB();
}

Location getLocation(Operation *op, Value residual, Value x,
                     PatternRewriter &rewriter) {
  if (!residual)
    return op->getLoc();
  return rewriter.getFusedLoc({op->getLoc(), x.getLoc()});
}

/// The type of `y`, which may know a size that the type of `x` does not, as
/// where the model's author declared it.
Type getResultType(Value y, Value x) {
  return isa<RankedTensorType>(y.getType()) ? y.getType() : x.getType();
}

// LayerNormalization(x + r) → sopt.layer_norm x residual r
struct ConvertLayerNorm : OpRewritePattern<onnx::LayerNormalizationOp> {
  ConvertLayerNorm(MLIRContext *context, ShapeAnalysis &shapes)
      : OpRewritePattern(context), shapes(shapes) {}

  LogicalResult matchAndRewrite(onnx::LayerNormalizationOp op,
                                PatternRewriter &rewriter) const override {
    for (Value extra : {op.getMean(), op.getInvStdDev()})
      if (extra && !extra.use_empty())
        return rewriter.notifyMatchFailure(op, "its statistics are used");
    SmallVector<Value> parameters = {op.getScale()};
    if (op.getB())
      parameters.push_back(op.getB());
    Value x = op.getX();
    if (failed(
            checkOperands(op, x, op.getAxis(), parameters, shapes, rewriter)))
      return failure();
    Value residual = splitResidual(x, shapes);
    Location loc = getLocation(op, residual, op.getX(), rewriter);
    Value result = LayerNormOp::create(
        rewriter, loc, getResultType(op.getY(), op.getX()), x, residual,
        op.getScale(), op.getB(), op.getEpsilonAttr(), UnitAttr());
    rewriter.replaceAllUsesWith(op.getY(), result);
    rewriter.eraseOp(op);
    return success();
  }

  ShapeAnalysis &shapes;
};

// RMSNormalization(x + r) → sopt.layer_norm x residual r {rms}
struct ConvertRMSNorm : OpRewritePattern<onnx::RMSNormalizationOp> {
  ConvertRMSNorm(MLIRContext *context, ShapeAnalysis &shapes)
      : OpRewritePattern(context), shapes(shapes) {}

  LogicalResult matchAndRewrite(onnx::RMSNormalizationOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getX();
    if (failed(checkOperands(op, x, op.getAxis(), op.getScale(), shapes,
                             rewriter)))
      return failure();
    Value residual = splitResidual(x, shapes);
    Location loc = getLocation(op, residual, op.getX(), rewriter);
    rewriter.replaceOp(
        op,
        LayerNormOp::create(rewriter, loc, getResultType(op.getY(), op.getX()),
                            x, residual, op.getScale(), Value(),
                            op.getEpsilonAttr(), rewriter.getUnitAttr()));
    return success();
  }

  ShapeAnalysis &shapes;
};
} // namespace

void sopt::populateLayerNormConversion(RewritePatternSet &patterns,
                                       ShapeAnalysis &shapes) {
  patterns.add<ConvertLayerNorm, ConvertRMSNorm>(patterns.getContext(), shapes);
}
