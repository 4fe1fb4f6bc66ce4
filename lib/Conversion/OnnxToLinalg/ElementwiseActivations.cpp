//===- ElementwiseActivations.cpp - Activation functions, by element
//--------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"

using namespace mlir;
using namespace sopt;

static Value relu(const Scalar &s, ValueRange x) {
  Value zero = s.num(x[0].getType(), 0);
  if (!isFloat(x[0]))
    return s.e.max(x[0], zero);
  // NaN stays NaN, and this is one instruction.
  Value keep = s.e.make<arith::CmpFOp>(arith::CmpFPredicate::UGE, x[0], zero);
  return s.e.select(keep, x[0], zero);
}

static Value sigmoid(const Scalar &s, Value x) {
  Value one = s.num(x.getType(), 1);
  return s.divf(one, s.addf(one, s.exp(s.e.make<arith::NegFOp>(x))));
}

static Value sigmoid(const Scalar &s, ValueRange x) { return sigmoid(s, x[0]); }

static Value leakyRelu(const Scalar &s, ValueRange x) {
  double alpha = cast<onnx::LeakyReluOp>(s.op).getAlpha().convertToDouble();
  return s.e.select(s.less(x[0], 0), s.mulf(x[0], alpha), x[0]);
}

static Value prelu(const Scalar &s, ValueRange x) {
  if (isFloat(x[0]))
    return s.e.select(s.less(x[0], 0), s.mulf(x[0], x[1]), x[0]);
  if (s.isUnsigned)
    return x[0];
  Value zero = s.e.constantInt(x[0].getType(), 0);
  return s.e.select(s.e.less(x[0], zero), s.e.mul(x[0], x[1]), x[0]);
}

static Value expMinusOne(const Scalar &s, Value x) {
  return s.e.make<math::ExpM1Op>(x);
}

static Value elu(const Scalar &s, ValueRange x) {
  double alpha = cast<onnx::EluOp>(s.op).getAlpha().convertToDouble();
  return s.e.select(s.less(x[0], 0), s.mulf(expMinusOne(s, x[0]), alpha), x[0]);
}

static Value celu(const Scalar &s, ValueRange x) {
  double alpha = cast<onnx::CeluOp>(s.op).getAlpha().convertToDouble();
  Value scaled = s.divf(x[0], s.num(x[0].getType(), alpha));
  return s.e.select(s.less(x[0], 0), s.mulf(expMinusOne(s, scaled), alpha),
                    x[0]);
}

static Value selu(const Scalar &s, ValueRange x) {
  auto op = cast<onnx::SeluOp>(s.op);
  double gamma = op.getGamma().convertToDouble();
  double alpha = op.getAlpha().convertToDouble();
  return s.e.select(s.greater(x[0], 0), s.mulf(x[0], gamma),
                    s.mulf(expMinusOne(s, x[0]), alpha * gamma));
}

static Value clampToUnit(const Scalar &s, Value x) {
  Type type = x.getType();
  return s.e.make<arith::MaximumFOp>(
      s.num(type, 0), s.e.make<arith::MinimumFOp>(s.num(type, 1), x));
}

static Value hardSigmoid(const Scalar &s, ValueRange x) {
  auto op = cast<onnx::HardSigmoidOp>(s.op);
  return clampToUnit(s, s.addf(s.mulf(x[0], op.getAlpha().convertToDouble()),
                               op.getBeta().convertToDouble()));
}

static Value hardSwish(const Scalar &s, ValueRange x) {
  // ONNX defines it by HardSigmoid, whose alpha is a float for doubles too.
  return s.mulf(x[0], clampToUnit(s, s.addf(s.mulf(x[0], 1.0f / 6), 0.5)));
}

static Value thresholdedRelu(const Scalar &s, ValueRange x) {
  double alpha =
      cast<onnx::ThresholdedReluOp>(s.op).getAlpha().convertToDouble();
  return s.e.select(s.greater(x[0], alpha), x[0], s.num(x[0].getType(), 0));
}

static Value shrink(const Scalar &s, ValueRange x) {
  auto op = cast<onnx::ShrinkOp>(s.op);
  double lambd = op.getLambd().convertToDouble();
  double bias = op.getBias().convertToDouble();
  Value value = x[0];
  // Integers go through a float and back, as the operator's function does.
  if (!isFloat(value))
    value = s.e.convert(value, s.e.getF64Type(), s.isUnsigned, false);
  Value result =
      s.e.select(s.less(value, -lambd), s.addf(value, bias),
                 s.e.select(s.greater(value, lambd), s.addf(value, -bias),
                            s.num(value.getType(), 0)));
  return s.e.convert(result, x[0].getType(), false, s.isUnsigned);
}

static Value swish(const Scalar &s, ValueRange x) {
  double alpha = cast<onnx::SwishOp>(s.op).getAlpha().convertToDouble();
  return s.mulf(x[0], sigmoid(s, s.mulf(x[0], alpha)));
}

static Value swiGLU(const Scalar &s, ValueRange x) {
  double alpha = cast<onnx::SwiGLUOp>(s.op).getAlpha().convertToDouble();
  return s.mulf(s.mulf(x[0], sigmoid(s, s.mulf(x[0], alpha))), x[1]);
}

/// log(1 + exp(x)), which does not overflow.
static Value softplus(const Scalar &s, Value x) {
  Value bound = s.e.make<arith::MaximumFOp>(x, s.num(x.getType(), 0));
  Value small = s.e.make<arith::NegFOp>(s.e.make<math::AbsFOp>(x));
  return s.addf(bound, s.e.make<math::Log1pOp>(s.exp(small)));
}

static Value softplus(const Scalar &s, ValueRange x) {
  return softplus(s, x[0]);
}

static Value mish(const Scalar &s, ValueRange x) {
  return s.mulf(x[0], s.e.make<math::TanhOp>(softplus(s, x[0])));
}

static Value softsign(const Scalar &s, ValueRange x) {
  return s.divf(x[0], s.addf(s.e.make<math::AbsFOp>(x[0]), 1));
}

static Value gelu(const Scalar &s, ValueRange x) {
  Value inner;
  if (cast<onnx::GeluOp>(s.op).getApproximate() == "tanh") {
    Value cube = s.mulf(s.mulf(x[0], x[0]), x[0]);
    inner = s.e.make<math::TanhOp>(
        s.mulf(s.addf(x[0], s.mulf(cube, 0.044715)), 0.79788456080286535588));
  } else {
    inner = s.e.make<math::ErfOp>(s.mulf(x[0], 0.70710678118654752440));
  }
  return s.mulf(s.mulf(x[0], 0.5), s.addf(inner, 1));
}

ArrayRef<ElementwiseOperator> sopt::getActivations() {
  static const ElementwiseOperator kActivations[] = {
      {"onnx.Celu", celu, true},
      {"onnx.Elu", elu, true},
      {"onnx.Gelu", gelu, true},
      {"onnx.HardSigmoid", hardSigmoid, true},
      {"onnx.HardSwish", hardSwish, true},
      {"onnx.LeakyRelu", leakyRelu, true},
      {"onnx.Mish", mish, true},
      {"onnx.PRelu", prelu},
      {"onnx.Relu", relu},
      {"onnx.Selu", selu, true},
      {"onnx.Shrink", shrink},
      {"onnx.Sigmoid", sigmoid, true},
      {"onnx.Softplus", softplus, true},
      {"onnx.Softsign", softsign, true},
      {"onnx.SwiGLU", swiGLU, true},
      {"onnx.Swish", swish, true},
      {"onnx.ThresholdedRelu", thresholdedRelu, true},
  };
  return kActivations;
}
