//===- Admm.cpp - Choose and fit weights in turns -------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With H the moments, the loss tr (V − W)ᵀH(V − W) shall be least among weights
// V with enough zeros. ADMM splits that into a weight W' that fits and one D
// that has the zeros, and pulls both together ever harder:
//
//   W' = (H + ρI)⁻¹(HW + ρD − U),  D = P(W' + U/ρ),  U += ρ(W' − D),
//
// P keeping the largest. Then conjugate gradients fit what is kept.
//
//===----------------------------------------------------------------------===//

#include "Groups.h"
#include "sparse-opt/Math/Cholesky.h"
#include "llvm/ADT/STLExtras.h"
#include <cblas.h>
#include <cmath>
#include <numeric>

using namespace llvm;
using namespace sopt;

/// Ridge of the fit, in mean moments: as that of surgery.
static constexpr double kDamping = 0.01;
static constexpr unsigned kMostSteps = 60, kMostFitSteps = 60;
/// Fits end where the gradient's square is this share of that at zero.
static constexpr double kFitted = 1e-12;
/// The pull is looked at again after so many steps. It grows faster as long as
/// many of the kept weights change.
static constexpr unsigned kStepsBetween = 3;
static constexpr float kFirstPull = 0.1f;

static float getGrowth(double changed) {
  return changed > 0.1 ? 1.3f : changed > 0.005 ? 1.2f : 1.1f;
}

namespace {
/// The problem in units in which every input has a moment of one, so that
/// weights of the same size matter about as much.
class Splitting {
public:
  Splitting(const PrunedLayer &layer, const SparsityTarget &target);

  std::vector<float> run();

private:
  void project(ArrayRef<float> from);
  void step(ArrayRef<float> factor, float pull);
  void fit();
  std::vector<float> multiply(ArrayRef<float> values) const;
  std::vector<float> factor(float pull) const;

  const SparsityTarget &target;
  int64_t n, m, part;
  std::vector<float> scales;     ///< Of the inputs.
  std::vector<float> moments;    ///< Scaled, H.
  std::vector<float> side;       ///< HW.
  std::vector<float> kept;       ///< D.
  std::vector<float> dual;       ///< U.
  GroupScores::Selection isZero; ///< Where D is.
};
} // namespace

Splitting::Splitting(const PrunedLayer &layer, const SparsityTarget &target)
    : target(target), n(layer.inputs), m(layer.outputs), part(layer.part),
      scales(n), moments(n * n), kept(layer.weight), dual(n * m, 0.0f) {
  double trace = 0;
  for (int64_t i = 0; i < n; ++i)
    trace += layer.moments[i * n + i];
  double added = kDamping * trace / double(n);
  for (int64_t i = 0; i < n; ++i) {
    // Nothing depends on the weights of an input that is always zero.
    bool isDead = layer.moments[i * n + i] <= 0;
    scales[i] = isDead ? 0 : float(std::sqrt(layer.moments[i * n + i] + added));
    cblas_sscal(m, scales[i], &kept[i * m], 1);
  }
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) {
      double scale = double(scales[i]) * scales[j];
      moments[i * n + j] = i == j      ? 1
                           : scale > 0 ? float(layer.moments[i * n + j] / scale)
                                       : 0;
    }
  side = multiply(kept);
}

std::vector<float> Splitting::multiply(ArrayRef<float> values) const {
  std::vector<float> product(n * m);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, m, n, 1.0f,
              moments.data(), n, values.data(), m, 0.0f, product.data(), m);
  return product;
}

/// The Cholesky factor of H + ρI. Single precision's rounding is far below ρ.
std::vector<float> Splitting::factor(float pull) const {
  std::vector<float> matrix = moments;
  for (int64_t i = 0; i < n; ++i)
    matrix[i * n + i] += pull;
  return factorCholesky(matrix, n) ? matrix : std::vector<float>();
}

void Splitting::project(ArrayRef<float> from) {
  GroupScores scores(n, m, target, part, [&](int64_t row, int64_t output) {
    double value = from[row * m + output];
    return value * value;
  });
  isZero = scores.select(target);
  std::vector<char> goes(m);
  for (int64_t row = 0; row < n; ++row) {
    scores.getRow(isZero, row, goes);
    for (int64_t output = 0, at = row * m; output < m; ++output, ++at)
      kept[at] = goes[output] ? 0 : from[at];
  }
}

void Splitting::step(ArrayRef<float> factor, float pull) {
  std::vector<float> fitted = side;
  for (auto [value, d, u] : zip_equal(fitted, kept, dual))
    value += pull * d - u;
  solveCholesky(factor, n, MutableArrayRef(fitted), m);
  std::vector<float> pulled = fitted;
  for (auto [value, u] : zip_equal(pulled, dual))
    value += u / pull;
  project(pulled);
  for (auto [u, w, d] : zip_equal(dual, fitted, kept))
    u += pull * (w - d);
}

/// Adds factors[output]·b to each row of a.
static void addScaled(std::vector<float> &a, ArrayRef<float> factors,
                      ArrayRef<float> b) {
  size_t m = factors.size();
  for (size_t first = 0; first < a.size(); first += m)
    for (size_t output = 0; output < m; ++output)
      a[first + output] += factors[output] * b[first + output];
}

/// aᵀb, output by output.
static std::vector<float> dotColumns(ArrayRef<float> a, ArrayRef<float> b,
                                     int64_t m) {
  std::vector<float> sums(m, 0.0f);
  for (size_t first = 0; first < a.size(); first += m)
    for (int64_t output = 0; output < m; ++output)
      sums[output] += a[first + output] * b[first + output];
  return sums;
}

/// Conjugate gradients for every output on its own, on the weights it keeps.
void Splitting::fit() {
  std::vector<float> mask(n * m);
  for (auto [keeps, value] : zip_equal(mask, kept))
    keeps = value != 0;
  auto clear = [&](std::vector<float> &values) {
    for (auto [value, keeps] : zip_equal(values, mask))
      value *= keeps;
  };
  std::vector<float> residual = multiply(kept);
  for (auto [value, wanted] : zip_equal(residual, side))
    value = wanted - value;
  clear(residual);
  std::vector<float> direction = residual;
  std::vector<float> power = dotColumns(residual, residual, m), factors(m);
  auto divide = [](float a, float b) { return b > 0 ? a / b : 0; };
  auto getSum = [](ArrayRef<float> values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
  };
  double enough = kFitted * getSum(dotColumns(side, side, m));
  for (unsigned step = 0; step < kMostFitSteps && getSum(power) > enough;
       ++step) {
    std::vector<float> image = multiply(direction);
    clear(image);
    std::vector<float> curvature = dotColumns(direction, image, m);
    for (int64_t i = 0; i < m; ++i)
      factors[i] = divide(power[i], curvature[i]);
    addScaled(kept, factors, direction);
    for (float &factor : factors)
      factor = -factor;
    addScaled(residual, factors, image);
    std::vector<float> next = dotColumns(residual, residual, m);
    for (int64_t i = 0; i < m; ++i)
      factors[i] = divide(next[i], power[i]);
    std::vector<float> turned = residual;
    addScaled(turned, factors, direction);
    direction = std::move(turned);
    power = std::move(next);
  }
}

std::vector<float> Splitting::run() {
  float pull = kFirstPull;
  std::vector<float> factored = factor(pull);
  project(std::vector<float>(kept));
  GroupScores::Selection before = isZero;
  int64_t numKept = std::max<int64_t>(count(isZero, false), 1);
  for (unsigned number = 1; number <= kMostSteps && !factored.empty();
       ++number) {
    step(factored, pull);
    if (number % kStepsBetween)
      continue;
    int64_t changed = 0;
    for (auto [was, is] : zip_equal(before, isZero))
      changed += was != is;
    if (changed == 0)
      break;
    before = isZero;
    pull *= getGrowth(double(changed) / double(numKept));
    factored = factor(pull);
  }
  fit();
  for (int64_t i = 0; i < n; ++i)
    cblas_sscal(m, scales[i] > 0 ? 1 / scales[i] : 0, &kept[i * m], 1);
  return kept;
}

Expected<std::vector<float>> sopt::pruneByAdmm(const PrunedLayer &layer,
                                               const SparsityTarget &target) {
  if (Error error = check(layer, target))
    return std::move(error);
  if (target.zeros == 0 && target.of == 0)
    return layer.weight;
  return Splitting(layer, target).run();
}
