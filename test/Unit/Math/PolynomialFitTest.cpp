//===- PolynomialFitTest.cpp ----------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Math/PolynomialFit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace llvm;
using namespace sopt;

static double relu(double x) { return std::max(x, 0.0); }
static double gelu(double x) { return x * std::erfc(-x * M_SQRT1_2) / 2; }

static double getLargestError(ScalarFunction f, const Polynomial &p, double low,
                              double high) {
  double largest = 0;
  for (unsigned step : seq(10001)) {
    double x = low + (high - low) * step / 10000;
    largest = std::max(largest, std::fabs(f(x) - p(x)));
  }
  return largest;
}

static void expectNear(const Polynomial &actual, ArrayRef<double> expected,
                       double tolerance) {
  ASSERT_EQ(actual.coefficients.size(), expected.size());
  for (auto [a, e] : zip_equal(actual.coefficients, expected))
    EXPECT_NEAR(a, e, tolerance);
}

TEST(PolynomialFit, EveryFitFindsPolynomials) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> uniform(-1, 1);
  for (unsigned degree : seq(Polynomial::maxDegree + 1)) {
    Polynomial truth;
    for (unsigned power = 0; power <= degree; ++power)
      truth.coefficients.push_back(uniform(random));
    double low = 2 * uniform(random) - 1, high = low + 1 + uniform(random);
    expectNear(cantFail(fitInterval(truth, -1, 1.5, degree)),
               truth.coefficients, 1e-9);
    expectNear(cantFail(fitMinimax(truth, -1, 1.5, degree)), truth.coefficients,
               1e-9);
    expectNear(cantFail(fitGaussian(truth, 0.3, 1.2, degree)),
               truth.coefficients, 1e-9);
    EXPECT_LT(getLargestError(truth,
                              cantFail(fitMinimax(truth, low, high, degree)),
                              low, high),
              1e-10);
  }
}

// The textbook's: e^x by a line, |x| by a parabola, x³ by Chebyshev.
TEST(PolynomialFit, MinimaxOfKnownFunctions) {
  auto exp = [](double x) { return std::exp(x); };
  expectNear(cantFail(fitMinimax(exp, -1, 1, 1)), {1.2642790, 1.1752012}, 1e-6);
  const double errors[] = {0.2788017, 0.0450174, 0.0055284};
  for (auto [index, error] : enumerate(errors))
    EXPECT_NEAR(getLargestError(
                    exp, cantFail(fitMinimax(exp, -1, 1, 1 + index)), -1, 1),
                error, 1e-6);
  auto abs = [](double x) { return std::fabs(x); };
  expectNear(cantFail(fitMinimax(abs, -1, 1, 2)), {0.125, 0, 1}, 1e-5);
  auto cube = [](double x) { return x * x * x; };
  expectNear(cantFail(fitMinimax(cube, -2, 2, 2)), {0, 3, 0}, 1e-5);
}

TEST(PolynomialFit, IntervalIsNotFarFromMinimax) {
  for (unsigned degree = 1; degree <= Polynomial::maxDegree; ++degree) {
    double least =
        getLargestError(gelu, cantFail(fitMinimax(gelu, -3, 5, degree)), -3, 5);
    double found = getLargestError(
        gelu, cantFail(fitInterval(gelu, -3, 5, degree)), -3, 5);
    EXPECT_LE(least, found * (1 + 1e-6));
    EXPECT_LE(found, least * (2 + 2 / M_PI * std::log(degree + 1)));
  }
}

// Under N(0, 1): E[gelu] = 1/(2√π) and E[x·gelu] = 1/2, by parts.
TEST(PolynomialFit, GaussianOfKnownFunctions) {
  Polynomial line = cantFail(fitGaussian(gelu, 0, 1, 1));
  expectNear(line, {1 / (2 * std::sqrt(M_PI)), 0.5}, 1e-10);
  expectNear(fitGaussianRelu(0, 1), {0.1994711, 0.5, 0.1994711}, 1e-6);
}

TEST(PolynomialFit, ClosedFormOfReluIsTheFit) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> uniform(-2, 2);
  for (int trial = 0; trial < 10; ++trial) {
    double mean = uniform(random), deviation = 2.1 + uniform(random);
    expectNear(cantFail(fitGaussian(relu, mean, deviation, 2)),
               fitGaussianRelu(mean, deviation).coefficients, 1e-6);
  }
}

TEST(PolynomialFit, SaysWhatIsToBlame) {
  auto log = [](double x) { return std::log(x); };
  EXPECT_EQ(toString(fitInterval(relu, 0, 1, 9).takeError()),
            "degree 9 is above 8");
  EXPECT_EQ(toString(fitMinimax(relu, 1, 1, 2).takeError()),
            "[1, 1] is not an interval");
  EXPECT_EQ(toString(fitMinimax(log, 0, 1, 2).takeError()),
            "the function is not finite at 0");
  EXPECT_EQ(toString(fitGaussian(relu, 0, 0, 2).takeError()),
            "N(0, 0^2) is not a normal distribution");
}
