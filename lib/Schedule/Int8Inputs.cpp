//===- Int8Inputs.cpp - How inputs of layers become int8 ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/Int8Inputs.h"
#include "sparse-opt/Math/Median.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cblas.h>
#include <cmath>
#include <numeric>

using namespace llvm;
using namespace sopt;

/// How much of the difference between features goes from x to the weights.
static constexpr double kStrengths[] = {0.25, 0.5, 0.75};
/// Shares of the numbers that a fixed range holds.
static constexpr double kShares[] = {1, 0.9999, 0.999, 0.99};
/// What smoothing must take off the loss: it takes a multiplication for each
/// number.
static constexpr double kSmoothingSaves = 0.05;
/// As `#sopt.precision` has them.
static constexpr double kMaxExponent = 16;

namespace {
/// Ways to round, tried on rows.
class Int8Trials {
public:
  Int8Trials(ArrayRef<float> rows, int64_t features,
             ArrayRef<ArrayRef<float>> weights)
      : rows(rows), features(features), weights(weights) {
    for (ArrayRef<float> weight : weights)
      exact.push_back(multiply(rows, weight));
  }

  /// Of this strength; empty where that moves nothing.
  std::vector<int8_t> getExponents(double strength) const;
  /// Sets what layers lose.
  void measure(Int8Inputs &inputs) const;
  /// Between the percentiles that leave out as many numbers on both sides.
  Int8Range getRange(const Int8Inputs &inputs, double share) const;

private:
  std::vector<float> multiply(ArrayRef<float> x, ArrayRef<float> weight) const;
  /// `matrix`, of `columns` columns, with what belongs to feature k times
  /// 2^(sign · exponents[k]), where at / inner is the feature.
  std::vector<float> scale(ArrayRef<float> matrix, const Int8Inputs &inputs,
                           int sign, int64_t inner) const;

  ArrayRef<float> rows;
  int64_t features;
  ArrayRef<ArrayRef<float>> weights;
  std::vector<std::vector<float>> exact;
};
} // namespace

std::vector<float> Int8Trials::multiply(ArrayRef<float> x,
                                        ArrayRef<float> weight) const {
  auto m = int64_t(x.size()) / features, n = int64_t(weight.size()) / features;
  std::vector<float> result(m * n);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, features, 1.0f,
              x.data(), features, weight.data(), n, 0.0f, result.data(), n);
  return result;
}

/// The largest magnitude of each feature's numbers in `matrix`, in which those
/// of number `at` is that of at / inner, taken around.
static void raiseLargest(ArrayRef<float> matrix, int64_t inner,
                         MutableArrayRef<double> largest) {
  for (auto [at, number] : enumerate(matrix)) {
    double &most = largest[at / inner % largest.size()];
    most = std::max(most, double(std::fabs(number)));
  }
}

std::vector<int8_t> Int8Trials::getExponents(double strength) const {
  std::vector<double> ofRows(features, 0), ofWeights(features, 0);
  raiseLargest(rows, /*inner=*/1, ofRows);
  for (ArrayRef<float> weight : weights)
    raiseLargest(weight, int64_t(weight.size()) / features, ofWeights);
  std::vector<double> logs, known;
  for (auto [x, w] : zip_equal(ofRows, ofWeights)) {
    logs.push_back((1 - strength) * std::log2(w) - strength * std::log2(x));
    if (std::isfinite(logs.back()))
      known.push_back(logs.back());
  }
  if (known.empty())
    return {};
  // All features may be scaled alike: the middle one stays.
  double middle = getMedian(known);
  std::vector<int8_t> exponents;
  for (auto [log, x] : zip_equal(logs, ofRows)) {
    // Of a feature that is nothing here, nothing is known; one that means
    // nothing, with a logarithm of −∞, may become as small as can be.
    double exponent = x > 0 ? std::nearbyint(log - middle) : 0;
    exponents.push_back(
        int8_t(std::clamp(exponent, -kMaxExponent, kMaxExponent)));
  }
  if (all_of(exponents, [](int8_t exponent) { return exponent == 0; }))
    return {};
  return exponents;
}

std::vector<float> Int8Trials::scale(ArrayRef<float> matrix,
                                     const Int8Inputs &inputs, int sign,
                                     int64_t inner) const {
  std::vector<float> scaled(matrix);
  if (!inputs.exponents.empty())
    for (auto [at, number] : enumerate(scaled))
      number =
          std::ldexp(number, sign * inputs.exponents[at / inner % features]);
  return scaled;
}

Int8Range Int8Trials::getRange(const Int8Inputs &inputs, double share) const {
  std::vector<float> x = scale(rows, inputs, 1, /*inner=*/1);
  if (share == 1)
    return getInt8Range(x);
  auto out = size_t((1 - share) / 2 * double(x.size()));
  std::nth_element(x.begin(), x.begin() + out, x.end());
  std::nth_element(x.begin() + out, x.end() - 1 - out, x.end());
  return {std::min(x[out], 0.0f), std::max(x[x.size() - 1 - out], 0.0f)};
}

void Int8Trials::measure(Int8Inputs &inputs) const {
  std::vector<float> rounded;
  rounded.reserve(rows.size());
  std::vector<float> x = scale(rows, inputs, 1, /*inner=*/1);
  for (size_t at = 0; at < x.size(); at += features) {
    ArrayRef<float> row = ArrayRef(x).slice(at, features);
    append_range(
        rounded,
        roundRowToInt8(row, inputs.range ? *inputs.range : getInt8Range(row)));
  }
  inputs.losses.clear();
  for (auto [weight, wanted] : zip_equal(weights, exact)) {
    int64_t columns = int64_t(weight.size()) / features;
    std::vector<float> roundedWeight =
        widenInt8(roundToInt8(scale(weight, inputs, -1, columns), columns));
    double lost = 0, power = 0;
    for (auto [y, z] : zip_equal(wanted, multiply(rounded, roundedWeight))) {
      lost += (double(y) - z) * (double(y) - z);
      power += double(y) * y;
    }
    inputs.losses.push_back(power > 0 ? lost / power : 0);
  }
}

static double getLoss(const Int8Inputs &inputs) {
  return std::accumulate(inputs.losses.begin(), inputs.losses.end(), 0.0);
}

/// `inputs` with the best range, if there is to be one, and its losses.
static Int8Inputs complete(const Int8Trials &trials, Int8Inputs inputs,
                           bool isFixed) {
  if (!isFixed) {
    trials.measure(inputs);
    return inputs;
  }
  std::optional<Int8Inputs> best;
  for (double share : kShares) {
    inputs.range = trials.getRange(inputs, share);
    // Nothing but zeros has no range.
    if (inputs.range->low == inputs.range->high)
      inputs.range = std::nullopt;
    trials.measure(inputs);
    if (!best || getLoss(inputs) < getLoss(*best))
      best = inputs;
  }
  return *best;
}

Int8Inputs sopt::chooseInt8Inputs(ArrayRef<float> rows, int64_t features,
                                  ArrayRef<ArrayRef<float>> weights,
                                  bool isFixed) {
  Int8Trials trials(rows, features, weights);
  Int8Inputs plain = complete(trials, {}, isFixed), best = plain;
  for (double strength : kStrengths) {
    Int8Inputs smooth;
    smooth.exponents = trials.getExponents(strength);
    if (smooth.exponents.empty())
      continue;
    smooth = complete(trials, std::move(smooth), isFixed);
    if (getLoss(smooth) < getLoss(best))
      best = std::move(smooth);
  }
  return getLoss(best) < (1 - kSmoothingSaves) * getLoss(plain) ? best : plain;
}
