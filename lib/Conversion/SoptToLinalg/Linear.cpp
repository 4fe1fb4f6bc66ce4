//===- Linear.cpp - sopt.linear as a contraction --------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Int8Product.h"
#include "Loops.h"
#include "Patterns.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include <cmath>

using namespace mlir;
using namespace sopt;

namespace {
/// Scalar arithmetic in one floating-point type, spelt as in a formula.
struct Scalars {
  ImplicitLocOpBuilder &b;
  Type type;

  Value constant(double value) { return constantFloat(b, type, value); }
  Value add(Value x, Value y) { return arith::AddFOp::create(b, x, y); }
  Value mul(Value x, Value y) { return arith::MulFOp::create(b, x, y); }
  Value div(Value x, Value y) { return arith::DivFOp::create(b, x, y); }

  /// 1 / (1 + exp(−x))
  Value sigmoid(Value x) {
    Value exp = math::ExpOp::create(b, arith::NegFOp::create(b, x));
    return div(constant(1), add(constant(1), exp));
  }
  /// x · (1 + erf(x / √2)) / 2
  Value gelu(Value x) {
    Value erf = math::ErfOp::create(b, mul(x, constant(M_SQRT1_2)));
    return mul(mul(constant(0.5), x), add(constant(1), erf));
  }
  /// x · (1 + tanh(√(2/π) · (x + 0.044715·x³))) / 2
  Value geluTanh(Value x) {
    Value cube = mul(mul(x, x), x);
    Value inner = add(x, mul(constant(0.044715), cube));
    Value tanh =
        math::TanhOp::create(b, mul(constant(std::sqrt(2 / M_PI)), inner));
    return mul(mul(constant(0.5), x), add(constant(1), tanh));
  }
};
} // namespace

static Value activate(ImplicitLocOpBuilder &b, Activation activation, Value x) {
  Scalars scalars{b, x.getType()};
  switch (activation) {
  case Activation::None:
    return x;
  case Activation::Relu:
    return arith::MaximumFOp::create(b, x, scalars.constant(0));
  case Activation::Gelu:
    return scalars.gelu(x);
  case Activation::GeluTanh:
    return scalars.geluTanh(x);
  case Activation::Silu:
    return scalars.mul(x, scalars.sigmoid(x));
  case Activation::Tanh:
    return math::TanhOp::create(b, x);
  case Activation::Sigmoid:
    return scalars.sigmoid(x);
  }
  llvm_unreachable("an activation without a formula");
}

/// The tensor `value` with elements of type `element`.
static Value roundTo(ImplicitLocOpBuilder &b, Value value, Type element) {
  unsigned rank = cast<RankedTensorType>(value.getType()).getRank();
  return mapElements(
      b, tensor::getMixedSizes(b, b.getLoc(), value), element,
      {accessAt(value, rank, llvm::to_vector(llvm::seq(rank)))},
      [](ImplicitLocOpBuilder &, ValueRange args) { return args[0]; });
}

/// init(bias) + x · weight, the products summed in the order of k.
static Value createSums(ImplicitLocOpBuilder &b, Value x, Value weight,
                        Value bias, Sizes sizes, Type compute) {
  unsigned rank = sizes.size(), last = rank - 1;
  Value init;
  if (bias)
    init = mapElements(
        b, sizes, compute, {accessAt(bias, rank, {last})},
        [](ImplicitLocOpBuilder &, ValueRange args) { return args[0]; });
  else
    init = splat(b, sizes, b.getFloatAttr(compute, 0));

  // The loops are x's leading dimensions, k, n: with n innermost, weight and
  // result are walked along their rows.
  SmallVector<unsigned> xLoops = llvm::to_vector(llvm::seq(rank));
  SmallVector<unsigned> resultLoops = xLoops;
  resultLoops[last] = rank;
  return reduce(
      b, accessAt(init, rank + 1, resultLoops),
      {accessAt(x, rank + 1, xLoops), accessAt(weight, rank + 1, {last, rank})},
      [](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
        Value product = arith::MulFOp::create(b, args[0], args[1]);
        return arith::AddFOp::create(b, args[2], product);
      });
}

static Value addBias(ImplicitLocOpBuilder &b, Value product, Value bias,
                     Sizes sizes) {
  if (!bias)
    return product;
  unsigned rank = sizes.size();
  return mapElements(b, sizes, b.getF32Type(),
                     {accessAt(product, rank, llvm::to_vector(llvm::seq(rank))),
                      accessAt(bias, rank, {rank - 1})},
                     [](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
                       return arith::AddFOp::create(b, args[0], args[1]);
                     });
}

namespace {
// linear(x, w, bias) → activation(init(bias) + x · w); x and w are rounded
// before, if there is a precision.
struct DecomposeLinear : OpRewritePattern<LinearOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(LinearOp op,
                                PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto type = cast<RankedTensorType>(op.getType());
    Type element = type.getElementType(), compute = getComputeType(element);
    unsigned rank = type.getRank();
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(b, op.getLoc(), op.getX());
    sizes.back() = tensor::getMixedSize(b, op.getLoc(), op.getWeight(), 1);

    SmallVector<unsigned> all = llvm::to_vector(llvm::seq(rank));
    PrecisionAttr precision = op.getPrecisionAttr();
    Value x = op.getX(), weight = op.getWeight(), result;
    if (precision && precision.getNumber() == Number::Bf16) {
      x = roundTo(b, x, b.getBF16Type());
      weight = roundTo(b, weight, b.getBF16Type());
    }
    if (precision && precision.getNumber() == Number::Int8)
      result = addBias(b, createInt8Product(b, x, weight, precision, sizes),
                       op.getBias(), sizes);
    else
      result = createSums(b, x, weight, op.getBias(), sizes, compute);
    if (op.getActivation() != Activation::None || compute != element)
      result = mapElements(b, sizes, element, {accessAt(result, rank, all)},
                           [&](ImplicitLocOpBuilder &b, ValueRange args) {
                             return activate(b, op.getActivation(), args[0]);
                           });
    rewriter.replaceOp(op, castTo(b, result, type));
    return success();
  }
};
} // namespace

void sopt::populateLinearPattern(RewritePatternSet &patterns) {
  patterns.add<DecomposeLinear>(patterns.getContext());
}
