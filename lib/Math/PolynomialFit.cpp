//===- PolynomialFit.cpp - Polynomials for activations --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Fits are found in a basis of orthogonal polynomials of the variable scaled to
// [−1, 1] or to N(0, 1), and only the result is written in powers of x: systems
// in powers are too ill-conditioned to be solved.
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Math/PolynomialFit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace sopt;

double Polynomial::operator()(double x) const {
  double sum = 0;
  for (double coefficient : reverse(coefficients))
    sum = std::fma(sum, x, coefficient);
  return sum;
}

using Coefficients = SmallVector<double>;

/// a · p + b · x · q.
static Coefficients combine(double a, ArrayRef<double> p, double b,
                            ArrayRef<double> q) {
  Coefficients sum(std::max(p.size(), q.size() + 1), 0.0);
  for (auto [power, coefficient] : enumerate(p))
    sum[power] += a * coefficient;
  for (auto [power, coefficient] : enumerate(q))
    sum[power + 1] += b * coefficient;
  return sum;
}

/// T₀ … T_d, Chebyshev's polynomials, in powers.
static SmallVector<Coefficients> makeChebyshevBasis(unsigned degree) {
  SmallVector<Coefficients> basis = {{1.0}, {0.0, 1.0}};
  while (basis.size() <= degree)
    basis.push_back(combine(-1, basis[basis.size() - 2], 2, basis.back()));
  basis.resize(degree + 1);
  return basis;
}

/// h₀ … h_d with E[h_i·h_j] = (i = j) under N(0, 1), in powers:
/// √(k+1)·h_{k+1} = t·h_k − √k·h_{k−1}.
static SmallVector<Coefficients> makeHermiteBasis(unsigned degree) {
  SmallVector<Coefficients> basis = {{1.0}, {0.0, 1.0}};
  while (basis.size() <= degree) {
    double k = basis.size() - 1;
    basis.push_back(combine(-std::sqrt(k / (k + 1)), basis[basis.size() - 2],
                            1 / std::sqrt(k + 1), basis.back()));
  }
  basis.resize(degree + 1);
  return basis;
}

/// Σ weights[k] · basis[k]((x − center) / radius), in powers of x.
static Polynomial expand(ArrayRef<double> weights, ArrayRef<Coefficients> basis,
                         double center, double radius) {
  Coefficients scaled(basis.size(), 0.0);
  for (auto [weight, element] : zip_equal(weights, basis))
    for (auto [power, coefficient] : enumerate(element))
      scaled[power] += weight * coefficient;
  // Horner's rule again, with (x − center) / radius for the variable.
  Coefficients sum;
  for (double coefficient : reverse(scaled)) {
    sum = combine(-center / radius, sum, 1 / radius, sum);
    if (sum.size() > scaled.size())
      sum.pop_back();
    sum[0] += coefficient;
  }
  return Polynomial{sum};
}

static double evaluate(ArrayRef<double> coefficients, double t) {
  double sum = 0;
  for (double coefficient : reverse(coefficients))
    sum = std::fma(sum, t, coefficient);
  return sum;
}

static Error checkDegree(unsigned degree) {
  if (degree <= Polynomial::maxDegree)
    return Error::success();
  return createStringError("degree %u is above %u", degree,
                           Polynomial::maxDegree);
}

static Error checkInterval(double low, double high) {
  if (std::isfinite(low) && std::isfinite(high) && low < high)
    return Error::success();
  return createStringError("[%g, %g] is not an interval", low, high);
}

/// The values of `f` at center + radius · t for each t of `points`.
static Expected<SmallVector<double>> sample(ScalarFunction f,
                                            ArrayRef<double> points,
                                            double center, double radius) {
  SmallVector<double> values;
  for (double point : points) {
    double x = center + radius * point;
    values.push_back(f(x));
    if (!std::isfinite(values.back()))
      return createStringError("the function is not finite at %g", x);
  }
  return values;
}

Expected<Polynomial> sopt::fitInterval(ScalarFunction f, double low,
                                       double high, unsigned degree) {
  if (Error error = joinErrors(checkDegree(degree), checkInterval(low, high)))
    return std::move(error);
  double center = low + (high - low) / 2, radius = (high - low) / 2;

  // Sums over the nodes cos θ are the integrals of a periodic function, whose
  // error falls faster than any power of their number where f is smooth.
  constexpr unsigned numNodes = 4096;
  SmallVector<double> nodes;
  for (unsigned node : seq(numNodes))
    nodes.push_back(std::cos(M_PI * (node + 0.5) / numNodes));
  Expected<SmallVector<double>> values = sample(f, nodes, center, radius);
  if (!values)
    return values.takeError();

  SmallVector<double> weights(degree + 1, 0.0);
  for (unsigned k : seq(degree + 1)) {
    for (unsigned node : seq(numNodes))
      weights[k] +=
          (*values)[node] * std::cos(M_PI * k * (node + 0.5) / numNodes);
    weights[k] *= (k == 0 ? 1.0 : 2.0) / numNodes;
  }
  return expand(weights, makeChebyshevBasis(degree), center, radius);
}

/// Solves a · x = b by elimination with row pivoting; `a` is overwritten.
static SmallVector<double> solve(MutableArrayRef<SmallVector<double>> a,
                                 SmallVector<double> b) {
  unsigned size = b.size();
  for (unsigned column : seq(size)) {
    unsigned pivot = column;
    for (unsigned row : seq(column + 1, size))
      if (std::fabs(a[row][column]) > std::fabs(a[pivot][column]))
        pivot = row;
    std::swap(a[pivot], a[column]);
    std::swap(b[pivot], b[column]);
    for (unsigned row : seq(column + 1, size)) {
      double factor = a[row][column] / a[column][column];
      for (unsigned k : seq(column, size))
        a[row][k] -= factor * a[column][k];
      b[row] -= factor * b[column];
    }
  }
  for (unsigned row : reverse(seq(size))) {
    for (unsigned k : seq(row + 1, size))
      b[row] -= a[row][k] * b[k];
    b[row] /= a[row][row];
  }
  return b;
}

/// Puts `at`, where the error is the largest, into `reference`, in the place of
/// the point that leaves the errors' signs alternating.
static void exchange(MutableArrayRef<unsigned> reference, unsigned at,
                     bool isNegative, bool isFirstNegative) {
  // Point i of the reference has the first one's sign if i is even.
  auto hasSign = [&](unsigned i) {
    return (i % 2 == 0 ? isFirstNegative : !isFirstNegative) == isNegative;
  };
  unsigned after = llvm::lower_bound(reference, at) - reference.begin();
  if (after == 0 && !hasSign(0)) {
    std::rotate(reference.begin(), std::prev(reference.end()), reference.end());
    reference.front() = at;
  } else if (after == reference.size() && !hasSign(after - 1)) {
    std::rotate(reference.begin(), std::next(reference.begin()),
                reference.end());
    reference.back() = at;
  } else {
    reference[after < reference.size() && hasSign(after) ? after : after - 1] =
        at;
  }
}

Expected<Polynomial> sopt::fitMinimax(ScalarFunction f, double low, double high,
                                      unsigned degree) {
  if (Error error = joinErrors(checkDegree(degree), checkInterval(low, high)))
    return std::move(error);
  double center = low + (high - low) / 2, radius = (high - low) / 2;

  constexpr unsigned numPoints = 4097;
  SmallVector<double> points;
  for (unsigned point : seq(numPoints))
    points.push_back(-std::cos(M_PI * point / (numPoints - 1)));
  Expected<SmallVector<double>> values = sample(f, points, center, radius);
  if (!values)
    return values.takeError();

  SmallVector<Coefficients> basis = makeChebyshevBasis(degree);
  SmallVector<SmallVector<double>> table; // Of the basis at each point.
  for (double point : points)
    table.push_back(to_vector(map_range(basis, [&](ArrayRef<double> element) {
      return evaluate(element, point);
    })));
  SmallVector<unsigned> reference;
  for (unsigned k : seq(degree + 2))
    reference.push_back(k * (numPoints - 1) / (degree + 1));

  // Each round raises the error on the reference towards the largest on the
  // grid. The bound is there for rounding, which can make two references take
  // turns once they differ by less than it.
  constexpr unsigned maxRounds = 100;
  SmallVector<double> weights;
  for (unsigned round = 0; round < maxRounds; ++round) {
    // p + (−1)^i · e = f on the reference, for the weights of p and e.
    SmallVector<SmallVector<double>> system;
    SmallVector<double> target;
    for (auto [row, at] : enumerate(reference)) {
      system.push_back(table[at]);
      system.back().push_back(row % 2 == 0 ? 1 : -1);
      target.push_back((*values)[at]);
    }
    weights = solve(system, target);
    double level = weights.pop_back_val();

    unsigned worst = 0;
    double largest = 0;
    for (auto [at, row, value] : enumerate(table, *values)) {
      double error = value;
      for (auto [weight, element] : zip_equal(weights, row))
        error -= weight * element;
      if (std::fabs(error) > std::fabs(largest)) {
        largest = error;
        worst = at;
      }
    }
    if (std::fabs(largest) <= std::fabs(level) * (1 + 1e-9) ||
        is_contained(reference, worst))
      break;
    exchange(reference, worst, largest < 0, level < 0);
  }
  return expand(weights, basis, center, radius);
}

Expected<Polynomial> sopt::fitGaussian(ScalarFunction f, double mean,
                                       double deviation, unsigned degree) {
  if (Error error = checkDegree(degree))
    return std::move(error);
  if (!std::isfinite(mean) || !std::isfinite(deviation) || deviation <= 0)
    return createStringError("N(%g, %g^2) is not a normal distribution", mean,
                             deviation);

  // The trapezoid rule: under a Gaussian it is exact to rounding for smooth f,
  // and unlike Gauss-Hermite still good to 1e-7 for one with a kink.
  constexpr double bound = 12;
  constexpr unsigned numPoints = 1 << 14;
  constexpr double step = 2 * bound / (numPoints - 1);
  SmallVector<double> points;
  for (unsigned point : seq(numPoints))
    points.push_back(-bound + point * step);
  Expected<SmallVector<double>> values = sample(f, points, mean, deviation);
  if (!values)
    return values.takeError();

  SmallVector<Coefficients> basis = makeHermiteBasis(degree);
  SmallVector<double> weights(degree + 1, 0.0);
  for (auto [point, value] : zip_equal(points, *values)) {
    double density = std::exp(-point * point / 2) / std::sqrt(2 * M_PI);
    for (auto [weight, element] : zip_equal(weights, basis))
      weight += value * evaluate(element, point) * density * step;
  }
  return expand(weights, basis, mean, deviation);
}

Polynomial sopt::fitGaussianRelu(double mean, double deviation) {
  assert(deviation > 0 && "a normal distribution has a positive deviation");
  double z = mean / deviation;
  double density = std::exp(-z * z / 2) / std::sqrt(2 * M_PI);
  double distribution = std::erfc(-z * M_SQRT1_2) / 2;
  double square = density / (2 * deviation);
  return Polynomial{{(mean * mean + deviation * deviation) * square,
                     distribution - z * density, square}};
}
