//===- Linear.cpp - Products with weights to sopt.linear ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "sparse-opt/Transforms/LayerSchedule.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sopt;

namespace {
/// What is known so far of a layer whose last operation gives `result`.
struct Layer {
  Value x, weight, bias;
  Activation activation = Activation::None;
  ScheduleAttr schedule; ///< As the product has it; null if it has none.
  Value result;
  SmallVector<Location> locations;
};

/// The only user of `value`, if there is one.
Operation *getOnlyUser(Value value) {
  return value.hasOneUse() ? *value.user_begin() : nullptr;
}

void extend(Layer &layer, Operation *op) {
  layer.result = op->getResult(0);
  // Last first: a rewrite puts the location of what it replaces in front.
  layer.locations.insert(layer.locations.begin(), op->getLoc());
}

ScheduleAttr getSchedule(Operation *product) {
  return product->getAttrOfType<ScheduleAttr>(kScheduleAttrName);
}

/// Takes in a sum with a vector of as many elements as the layer has features.
void takeBias(Layer &layer, ShapeAnalysis &shapes) {
  auto add = dyn_cast_or_null<onnx::AddOp>(getOnlyUser(layer.result));
  if (!add || add.getType() != layer.result.getType())
    return;
  Value bias = add.getA() == layer.result ? add.getB() : add.getA();
  auto type = dyn_cast<RankedTensorType>(bias.getType());
  if (!type || type.getRank() != 1 ||
      !shapes.areProvablyEqual(bias, 0, layer.weight, 1))
    return;
  layer.bias = bias;
  extend(layer, add);
}

std::optional<Activation> getActivation(Operation *op) {
  using Maybe = std::optional<Activation>;
  return llvm::TypeSwitch<Operation *, Maybe>(op)
      .Case([](onnx::ReluOp) -> Maybe { return Activation::Relu; })
      .Case([](onnx::TanhOp) -> Maybe { return Activation::Tanh; })
      .Case([](onnx::SigmoidOp) -> Maybe { return Activation::Sigmoid; })
      .Case([](onnx::GeluOp op) -> Maybe {
        return op.getApproximate() == "tanh" ? Activation::GeluTanh
                                             : Activation::Gelu;
      })
      .Case([](onnx::SwishOp op) -> Maybe {
        if (op.getAlpha().convertToFloat() == 1)
          return Activation::Silu;
        return std::nullopt;
      })
      .Default([](Operation *) { return std::nullopt; });
}

void takeActivation(Layer &layer) {
  Operation *user = getOnlyUser(layer.result);
  std::optional<Activation> activation =
      user ? getActivation(user) : std::nullopt;
  if (!activation)
    return;
  layer.activation = *activation;
  extend(layer, user);
}

LogicalResult buildLayer(Layer &layer, ShapeAnalysis &shapes,
                         PatternRewriter &rewriter) {
  if (!layer.bias)
    takeBias(layer, shapes);
  takeActivation(layer);
  Operation *last = layer.result.getDefiningOp();
  rewriter.setInsertionPoint(last);
  rewriter.replaceOp(
      last, LinearOp::create(rewriter, rewriter.getFusedLoc(layer.locations),
                             layer.result.getType(), layer.x, layer.weight,
                             layer.bias, layer.activation, layer.schedule));
  return success();
}

bool isFloatConstant(Value value, int64_t rank) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getRank() == rank &&
         isa<FloatType>(type.getElementType()) &&
         isa_and_nonnull<onnx::ConstantOp, SparseConstantOp>(
             value.getDefiningOp());
}

// activation(MatMul(x, w) + b) → sopt.linear
struct ConvertMatMul : OpRewritePattern<onnx::MatMulOp> {
  ConvertMatMul(MLIRContext *context, ShapeAnalysis &shapes)
      : OpRewritePattern(context), shapes(shapes) {}

  LogicalResult matchAndRewrite(onnx::MatMulOp op,
                                PatternRewriter &rewriter) const override {
    auto x = dyn_cast<RankedTensorType>(op.getA().getType());
    if (!isFloatConstant(op.getB(), 2) || !x || x.getRank() < 2)
      return rewriter.notifyMatchFailure(op, "no product with a weight");
    Layer layer;
    layer.x = op.getA();
    layer.weight = op.getB();
    layer.schedule = getSchedule(op);
    extend(layer, op);
    return buildLayer(layer, shapes, rewriter);
  }

  ShapeAnalysis &shapes;
};

// activation(Gemm(x, w, b)) → sopt.linear
struct ConvertGemm : OpRewritePattern<onnx::GemmOp> {
  ConvertGemm(MLIRContext *context, ShapeAnalysis &shapes)
      : OpRewritePattern(context), shapes(shapes) {}

  LogicalResult matchAndRewrite(onnx::GemmOp op,
                                PatternRewriter &rewriter) const override {
    auto weight = dyn_cast<RankedTensorType>(op.getB().getType());
    if (!isFloatConstant(op.getB(), 2) ||
        !isa<RankedTensorType>(op.getA().getType()) || op.getTransA())
      return rewriter.notifyMatchFailure(op, "no product with a weight");
    if (op.getAlpha().convertToFloat() != 1 ||
        (op.getC() && op.getBeta().convertToFloat() != 1))
      return rewriter.notifyMatchFailure(op, "it scales");
    if (op.getTransB()) {
      // Folded into the weight by onnx-fold-constants, and then converted.
      SmallVector<int64_t> shape = {weight.getDimSize(1), weight.getDimSize(0)};
      Value transposed = onnx::TransposeOp::create(
          rewriter, op.getB().getLoc(), weight.clone(shape), op.getB(),
          rewriter.getDenseI64ArrayAttr({1, 0}));
      rewriter.modifyOpInPlace(op, [&] {
        op.getBMutable().assign(transposed);
        op.setTransB(0);
      });
      return success();
    }
    Layer layer;
    layer.x = op.getA();
    layer.weight = op.getB();
    layer.bias = op.getC();
    layer.schedule = getSchedule(op);
    if (layer.bias &&
        (cast<ShapedType>(layer.bias.getType()).getRank() != 1 ||
         !shapes.areProvablyEqual(layer.bias, 0, layer.weight, 1)))
      return rewriter.notifyMatchFailure(op, "the bias is no vector");
    extend(layer, op);
    return buildLayer(layer, shapes, rewriter);
  }

  ShapeAnalysis &shapes;
};
} // namespace

void sopt::populateLinearConversion(RewritePatternSet &patterns,
                                    ShapeAnalysis &shapes) {
  patterns.add<ConvertMatMul, ConvertGemm>(patterns.getContext(), shapes);
}
