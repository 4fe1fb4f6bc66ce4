//===- Activations.cpp - Activation functions on vectors ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Activations.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace mlir;
using namespace sopt;

// Where 2ⁿ of emitPower is a normal number.
static constexpr float kLowest = -87.33654f, kHighest = 88.37626f;

// eˣ = 2ⁿ · eʳ with n = round(x / ln 2) and |r| ≤ ln 2 / 2. n · ln 2 is taken
// off in two parts, of which the first is exact. `bounded` is x, or the nearest
// number for which 2ⁿ is normal.
//
// What is added to x / ln 2 is so large that its sum is a whole number, and
// ends in the bits of 127 + n: the exponent of 2ⁿ.
static Value emitPower(VectorBuilder &b, Value x, Value bounded) {
  constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
  // Minimax fit of degree 6 to the relative error, 3.1e-9, with the first two
  // fixed so that small r keep full precision.
  constexpr float kExp[] = {1.0f,
                            1.0f,
                            4.999999341e-01f,
                            1.666652011e-01f,
                            4.166839423e-02f,
                            8.368780487e-03f,
                            1.381446615e-03f};

  constexpr float kWhole = 3 << 22, kBias = 127;
  Value shifted = b.splat(kWhole + kBias);
  Value sum = b.fma(bounded, b.splat(llvm::numbers::log2ef), shifted);
  Value n = b.sub(sum, shifted);
  // From x, not from `bounded`: NaN must reach the result.
  Value r = b.fma(n, b.splat(-kLn2High), x);
  r = b.fma(n, b.splat(-kLn2Low), r);
  Value fraction = b.polynomial(r, kExp);

  Value bits = arith::BitcastOp::create(b, b.getIntVectorType(), sum);
  Value power = arith::BitcastOp::create(
      b, b.getVectorType(), arith::ShLIOp::create(b, bits, b.splatInt(23)));
  return b.mul(fraction, power);
}

/// `result`, or zero where eˣ is no normal number.
static Value emitUnderflow(VectorBuilder &b, Value x, Value result) {
  Value under =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x, b.splat(kLowest));
  return arith::SelectOp::create(b, under, b.splat(0.0f), result);
}

Value sopt::emitExp(VectorBuilder &b, Value x) {
  Value bounded = b.atMost(b.atLeast(x, b.splat(kLowest)), b.splat(kHighest));
  Value result = emitUnderflow(b, x, emitPower(b, x, bounded));
  Value over =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x, b.splat(kHighest));
  return arith::SelectOp::create(
      b, over, b.splat(std::numeric_limits<float>::infinity()), result);
}

Value sopt::emitExpOfNegative(VectorBuilder &b, Value x) {
  Value bounded = b.atLeast(x, b.splat(kLowest));
  return emitUnderflow(b, x, emitPower(b, x, bounded));
}

/// factor · erf(scale · x), any number for NaN. The factors are in the
/// coefficients.
//
// erf(x) = x · P(x²) / Q(x²) for |x| ≤ 3.92, where erf is 1 to within an ulp.
// Coefficients: minimax fit of degree 5 / 5 on that interval; the exact
// quotient is within 1.7e-8 of erf.
static Value emitScaledErf(VectorBuilder &b, Value x, double scale,
                           double factor) {
  constexpr double kBound = 3.92;
  constexpr float kP[] = {1.128379023e+00f, 1.927599057e-01f, 5.305982721e-02f,
                          3.868110023e-03f, 2.874677639e-04f, 2.034685045e-06f};
  constexpr float kQ[] = {1.0f,
                          5.041606891e-01f,
                          1.150828025e-01f,
                          1.517188092e-02f,
                          1.188048986e-03f,
                          3.806950191e-05f};
  SmallVector<float> p, q;
  double power = 1;
  for (auto [above, below] : llvm::zip_equal(kP, kQ)) {
    p.push_back(static_cast<float>(above * power * scale * factor));
    q.push_back(static_cast<float>(below * power));
    power *= scale * scale;
  }
  auto bound = static_cast<float>(kBound / scale);
  Value bounded = b.atMost(b.atLeast(x, b.splat(-bound)), b.splat(bound));
  Value square = b.mul(bounded, bounded);
  // Q is between 1 and 190.
  return b.divNearly(b.mul(bounded, b.polynomial(square, p)),
                     b.polynomial(square, q));
}

Value sopt::emitErf(VectorBuilder &b, Value x) {
  Value erf = emitScaledErf(b, x, /*scale=*/1, /*factor=*/1);
  Value nan = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, x, x);
  return arith::SelectOp::create(b, nan, x, erf);
}

// 1 / (1 + e⁻ˣ)
static Value emitSigmoid(VectorBuilder &b, Value x) {
  Value one = b.splat(1.0f);
  return b.div(one, b.add(one, emitExp(b, b.sub(b.splat(0.0f), x))));
}

// 1 − 2 / (1 + e²ˣ): both infinities of the exponential give the right limit.
static Value emitTanh(VectorBuilder &b, Value x) {
  Value one = b.splat(1.0f);
  Value quotient = b.div(b.splat(2.0f), b.add(one, emitExp(b, b.add(x, x))));
  return b.sub(one, quotient);
}

// x/2 · (1 + erf(x / √2)). The products with x keep a NaN.
static Value emitGelu(VectorBuilder &b, Value x) {
  Value erf = emitScaledErf(b, x, llvm::numbers::inv_sqrt2, /*factor=*/0.5);
  return b.fma(x, erf, b.mul(x, b.splat(0.5f)));
}

// x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))) = x · sigmoid(2 · that argument)
static Value emitGeluTanh(VectorBuilder &b, Value x) {
  constexpr float kScale = 1.59576912f; // 2 · √(2/π)
  Value square = b.mul(x, x);
  Value inner = b.fma(square, b.splat(0.044715f * kScale), b.splat(kScale));
  return b.mul(x, emitSigmoid(b, b.mul(x, inner)));
}

Value sopt::emitActivation(VectorBuilder &b, Activation activation, Value x) {
  switch (activation) {
  case Activation::None:
    return x;
  case Activation::Relu:
    // Zero second: NaN stays NaN, as in ONNX.
    return arith::MaximumFOp::create(b, x, b.splat(0.0f));
  case Activation::Gelu:
    return emitGelu(b, x);
  case Activation::GeluTanh:
    return emitGeluTanh(b, x);
  case Activation::Silu:
    return b.mul(x, emitSigmoid(b, x));
  case Activation::Tanh:
    return emitTanh(b, x);
  case Activation::Sigmoid:
    return emitSigmoid(b, x);
  }
  llvm_unreachable("all activations are listed");
}
