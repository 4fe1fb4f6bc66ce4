//===- PolynomialFit.h - Polynomials for activations ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is a good polynomial depends on what is known of the inputs: nothing but
// their range (fitMinimax, the least largest error, or fitInterval, cheaper and
// never far from it), or that they are about normal, as they are after a layer
// norm (fitGaussian, the least expected square).
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_MATH_POLYNOMIALFIT_H
#define SPARSE_OPT_MATH_POLYNOMIALFIT_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace sopt {

/// c₀ + c₁x + … + c_d·x^d, the constant first.
struct Polynomial {
  /// What `sopt.poly` takes; above it monomials lose too many digits in f32.
  static constexpr unsigned maxDegree = 8;

  llvm::SmallVector<double> coefficients;

  /// By Horner's rule with fused multiply-adds.
  double operator()(double x) const;
};

using ScalarFunction = llvm::function_ref<double(double)>;

/// The polynomial of degree `degree` (at most 8) nearest to `f` on [low, high]
/// in least squares with Chebyshev's weight. Its largest error is at most
/// 2 + (2/π)·ln(degree + 1) times the least possible. Fails if the interval is
/// empty or `f` is not finite on it.
llvm::Expected<Polynomial> fitInterval(ScalarFunction f, double low,
                                       double high, unsigned degree);

/// The polynomial whose largest error on [low, high] is the least, by Remez's
/// exchange on a grid of 4,097 points. `f` must be continuous.
llvm::Expected<Polynomial> fitMinimax(ScalarFunction f, double low, double high,
                                      unsigned degree);

/// The polynomial p that minimises E[(f(x) − p(x))²] for x ~ N(mean,
/// deviation²). Fails unless `deviation` is above 0 and `f` is finite within 12
/// deviations.
llvm::Expected<Polynomial> fitGaussian(ScalarFunction f, double mean,
                                       double deviation, unsigned degree);

/// What fitGaussian finds for ReLU and degree 2, in closed form:
/// with z = mean / deviation and φ, Φ the standard normal's density and
/// distribution, c₂ = φ(z) / 2σ, c₁ = Φ(z) − zφ(z), c₀ = (μ² + σ²)·φ(z) / 2σ.
Polynomial fitGaussianRelu(double mean, double deviation);

} // namespace sopt

#endif // SPARSE_OPT_MATH_POLYNOMIALFIT_H
