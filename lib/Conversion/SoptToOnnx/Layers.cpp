//===- Layers.cpp - Linear layers and normalisation in onnx ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeBuilder.h"
#include "Patterns.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Packing.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sopt;

static Value createActivation(NodeBuilder &b, Activation activation, Value x) {
  switch (activation) {
  case Activation::None:
    return x;
  case Activation::Relu:
    return b.elementwise("Relu", x);
  case Activation::Gelu:
    return b.elementwise("Gelu", x);
  case Activation::GeluTanh:
    return b.create(
        "Gelu", x.getType(), x,
        b.attribute("approximate", b.getRewriter().getStringAttr("tanh")));
  case Activation::Silu:
    // ONNX's own Swish is too new for most runtimes.
    return b.elementwise("Mul", {x, b.elementwise("Sigmoid", x)});
  case Activation::Tanh:
    return b.elementwise("Tanh", x);
  case Activation::Sigmoid:
    return b.elementwise("Sigmoid", x);
  }
  llvm_unreachable("unknown activation");
}

/// Whether the model came in an opset that has Swish.
static bool hasSwish(Operation *op) {
  constexpr int64_t kFirstOpset = 24;
  auto module = op->getParentOfType<ModuleOp>();
  auto model = module ? module->getAttrOfType<DictionaryAttr>(
                            onnx::ONNXDialect::getModelAttrName())
                      : DictionaryAttr();
  auto opsets =
      model ? model.getAs<DictionaryAttr>("opset_import") : DictionaryAttr();
  auto opset = opsets ? opsets.getAs<IntegerAttr>("ai.onnx") : IntegerAttr();
  return opset && opset.getInt() >= kFirstOpset;
}

namespace {
/// Swish(x) {alpha} → x · σ(alpha · x), for most runtimes do not know it yet
struct WriteSwish : OpRewritePattern<onnx::SwishOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(onnx::SwishOp op,
                                PatternRewriter &rewriter) const override {
    if (hasSwish(op))
      return rewriter.notifyMatchFailure(op, "the model has it");
    NodeBuilder b(rewriter, op);
    Value x = op.getX(), scaled = x;
    if (double alpha = op.getAlpha().convertToDouble(); alpha != 1)
      scaled = b.elementwise(
          "Mul", {x, b.scalar(alpha, getElementTypeOrSelf(x.getType()))});
    b.replace(b.elementwise("Mul", {x, b.elementwise("Sigmoid", scaled)}));
    return success();
  }
};

/// linear(x, w, b) activation <f> → f(Add(MatMul(x, w), b))
struct WriteLinear : OpRewritePattern<LinearOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(LinearOp op,
                                PatternRewriter &rewriter) const override {
    NodeBuilder b(rewriter, op);
    Value y = b.create("MatMul", op.getType(), {op.getX(), op.getWeight()});
    if (op.getBias())
      y = b.create("Add", op.getType(), {y, op.getBias()});
    b.replace(createActivation(b, op.getActivation(), y));
    return success();
  }
};

/// layer_norm(x, residual, s, b) → LayerNormalization(Add(x, residual), s, b),
/// and with rms → Add(RMSNormalization(Add(x, residual), s), b)
struct WriteLayerNorm : OpRewritePattern<LayerNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(LayerNormOp op,
                                PatternRewriter &rewriter) const override {
    NodeBuilder b(rewriter, op);
    Value z = op.getX();
    if (op.getResidual())
      z = b.create("Add", op.getType(), {z, op.getResidual()});
    NamedAttribute epsilon = b.attribute("epsilon", op.getEpsilonAttr());
    if (op.getRms()) {
      Value y = b.create("RMSNormalization", op.getType(), {z, op.getScale()},
                         epsilon);
      if (op.getBias())
        y = b.create("Add", op.getType(), {y, op.getBias()});
      b.replace(y);
      return success();
    }
    SmallVector<Value> operands = {z, op.getScale()};
    if (op.getBias())
      operands.push_back(op.getBias());
    // The result, without the mean and the deviation.
    NamedAttribute segments = b.attribute(
        "resultSegmentSizes", rewriter.getDenseI32ArrayAttr({1, 0, 0}));
    b.replace(b.create("LayerNormalization", op.getType(), operands,
                       {epsilon, segments}));
    return success();
  }
};

/// sparse_constant → Constant with all elements, which ONNX's operators need.
struct WriteSparseConstant : OpRewritePattern<SparseConstantOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SparseConstantOp op,
                                PatternRewriter &rewriter) const override {
    FailureOr<ElementsAttr> dense =
        unpack(op.getPacked(), [&] { return op.emitOpError(); });
    if (failed(dense))
      return failure();
    rewriter.replaceOpWithNewOp<onnx::ConstantOp>(op, *dense);
    return success();
  }
};
} // namespace

void sopt::populateLayerToOnnxPatterns(RewritePatternSet &patterns) {
  patterns.add<WriteLinear, WriteLayerNorm, WriteSparseConstant, WriteSwish>(
      patterns.getContext());
}
