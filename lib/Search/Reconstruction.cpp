//===- Reconstruction.cpp - Towards the dense model -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Reconstruction.h"
#include "sparse-opt/Math/Cholesky.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cassert>
#include <cblas.h>
#include <cmath>

using namespace llvm;
using namespace sopt;

/// Ridges to choose from, in mean moments.
static constexpr double kRidges[] = {0.03, 0.1, 0.3, 1, 3};

/// Inputs from elsewhere are less like the calibration than its parts are like
/// each other, so of the ridges that gain nearly most the largest is taken.
static constexpr double kAboutAsMuch = 0.95;

template <typename T, typename Gemm>
static std::vector<T> multiply(ArrayRef<T> a, ArrayRef<T> b, int64_t inner,
                               Gemm gemm) {
  int64_t rows = int64_t(a.size()) / inner, columns = int64_t(b.size()) / inner;
  std::vector<T> product(rows * columns);
  if (rows && columns)
    gemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns, inner, T(1),
         a.data(), inner, b.data(), columns, T(0), product.data(), columns);
  return product;
}

/// a·b for a of rows × inner.
static std::vector<double> multiply(ArrayRef<double> a, ArrayRef<double> b,
                                    int64_t inner) {
  return multiply(a, b, inner, cblas_dgemm);
}

static std::vector<float> multiply(ArrayRef<float> a, ArrayRef<float> b,
                                   int64_t inner) {
  return multiply(a, b, inner, cblas_sgemm);
}

static double dot(ArrayRef<float> a, ArrayRef<float> b) {
  return cblas_dsdot(a.size(), a.data(), 1, b.data(), 1);
}

static std::vector<float> narrow(ArrayRef<double> values) {
  return std::vector<float>(values.begin(), values.end());
}

namespace {
/// The regression's right side E[xᵀ(t − x·W)] and the mean of t − x·W.
struct Target {
  Target(const RegressionMoments &moments, ArrayRef<float> weight) {
    std::vector<double> wide(weight.begin(), weight.end());
    side = multiply(moments.own, wide, moments.inputs);
    mean = multiply(moments.mean, wide, moments.inputs);
    for (auto [value, cross] : zip_equal(side, moments.cross))
      value = cross - value;
    for (auto [value, target] : zip_equal(mean, moments.targetMean))
      value = target - value;
  }

  std::vector<double> side, mean;
};

/// The regression for one ridge from the moments `matrix`, n × n.
template <typename T>
std::vector<T> solveRidge(std::vector<T> matrix, int64_t n, double ridge,
                          std::vector<T> side) {
  double trace = 0;
  for (int64_t i = 0; i < n; ++i)
    trace += double(matrix[i * n + i]);
  // A hair above the ridge: single precision's moments may have eigenvalues
  // just below zero, and inputs that are always zero have none.
  double added = (ridge + 1e-6) * trace / double(n);
  for (int64_t i = 0; i < n; ++i)
    matrix[i * n + i] += T(added);
  MutableArrayRef<T> factor(matrix), solved(side);
  if (!(added > 0) || !factorCholesky(factor, n))
    return std::vector<T>(side.size(), T(0));
  solveCholesky(ArrayRef<T>(matrix), n, solved, int64_t(side.size()) / n);
  return side;
}

/// What a strength is chosen by. Single precision is enough for that: ridges
/// are far above its rounding.
struct Sample {
  explicit Sample(const RegressionMoments &moments, ArrayRef<float> weight)
      : inputs(moments.inputs), own(narrow(moments.own)),
        mean(narrow(moments.mean)) {
    Target target(moments, weight);
    side = narrow(target.side);
    targetMean = narrow(target.mean);
  }

  int64_t inputs;
  std::vector<float> own, mean, side, targetMean;
};

/// What a correction, times a share s, gains on a fold that it has not seen:
/// 2·s·linear − s²·square of the outputs' squared distance from t.
struct Gain {
  double linear = 0, square = 0;

  double getBestShare() const {
    return square > 0 ? std::clamp(linear / square, 0.0, 1.0) : 0;
  }
  double get(double share) const {
    return share * (2 * linear - share * square);
  }
};
} // namespace

/// Adds what `correction`, found on `seen`, gains on `unseen`.
static void addGain(Gain &gain, ArrayRef<float> correction, const Sample &seen,
                    const Sample &unseen) {
  std::vector<float> moved =
      multiply(ArrayRef(unseen.own), correction, unseen.inputs);
  gain.linear += dot(correction, unseen.side);
  gain.square += dot(correction, moved);
  // The bias was set by the means that were seen.
  std::vector<float> shift(unseen.mean);
  for (auto [value, mean] : zip_equal(shift, seen.mean))
    value -= mean;
  std::vector<float> movedMean =
      multiply(ArrayRef(shift), correction, unseen.inputs);
  for (auto [moved, wanted, had] :
       zip_equal(movedMean, unseen.targetMean, seen.targetMean)) {
    gain.linear += double(moved) * (double(wanted) - had);
    gain.square += double(moved) * moved;
  }
}

std::vector<double> sopt::getCorrection(const RegressionMoments &moments,
                                        ArrayRef<float> weight,
                                        ReconstructionStrength strength) {
  std::vector<double> correction =
      solveRidge(moments.own, moments.inputs, strength.ridge,
                 Target(moments, weight).side);
  cblas_dscal(correction.size(), strength.share, correction.data(), 1);
  return correction;
}

ReconstructionStrength
sopt::chooseStrength(ArrayRef<const RegressionSums *> folds,
                     ArrayRef<float> weight, bool isCentred) {
  SmallVector<Gain> gains(std::size(kRidges));
  for (auto [index, fold] : enumerate(folds)) {
    SmallVector<const RegressionSums *> others(folds);
    others.erase(others.begin() + index);
    if (others.empty())
      break;
    Sample unseen(RegressionSums::get(fold, isCentred), weight);
    Sample seen(RegressionSums::get(others, isCentred), weight);
    for (auto [gain, ridge] : zip_equal(gains, kRidges))
      addGain(gain, solveRidge(seen.own, seen.inputs, ridge, seen.side), seen,
              unseen);
  }
  double most = 0;
  for (const Gain &gain : gains)
    most = std::max(most, gain.get(gain.getBestShare()));
  ReconstructionStrength gentlest{kRidges[0], 0};
  for (auto [gain, ridge] : zip_equal(gains, kRidges))
    if (double share = gain.getBestShare();
        share > 0 && gain.get(share) >= kAboutAsMuch * most)
      gentlest = {ridge, share};
  return gentlest;
}

/// The weights of all layers side by side.
static std::vector<float> concatenate(const PruningStage &stage) {
  std::vector<float> weight;
  for (int64_t row = 0; row < stage.inputs; ++row)
    for (const PruningStage::Layer &layer : stage.layers)
      append_range(
          weight,
          ArrayRef(layer.weight).slice(row * layer.outputs, layer.outputs));
  return weight;
}

/// With stage.pruner, each layer for itself.
static Expected<PrunedStage> pruneAsIs(const PruningStage &stage,
                                       ArrayRef<const RegressionSums *> folds) {
  PrunedStage result;
  std::vector<double> own = RegressionSums::get(folds, /*isCentred=*/false).own;
  for (const PruningStage::Layer &layer : stage.layers) {
    PrunedLayer pruned{layer.name,   stage.inputs, layer.outputs,
                       layer.weight, own,          layer.part};
    Expected<std::vector<float>> weight = stage.pruner(pruned, layer.target);
    if (!weight)
      return weight.takeError();
    result.errors.push_back(getRelativeError(pruned, *weight));
    result.weights.push_back(std::move(*weight));
    result.biases.push_back(layer.bias);
  }
  return result;
}

/// The layers with their columns of `correction` added to their weights.
static std::vector<PrunedLayer> moveLayers(const PruningStage &stage,
                                           ArrayRef<double> correction,
                                           const std::vector<double> &moments) {
  std::vector<PrunedLayer> moved;
  int64_t first = 0, columns = int64_t(correction.size()) / stage.inputs;
  for (const PruningStage::Layer &layer : stage.layers) {
    moved.push_back({layer.name, stage.inputs, layer.outputs, layer.weight,
                     moments, layer.part});
    for (int64_t row = 0; row < stage.inputs; ++row)
      for (int64_t column = 0; column < layer.outputs; ++column)
        moved.back().weight[row * layer.outputs + column] +=
            float(correction[row * columns + first + column]);
    first += layer.outputs;
  }
  return moved;
}

/// b' = b + E[t] − E[x]·W': the bias that keeps the outputs' means, from the
/// mean of t − x·W.
static std::vector<float> moveBias(const PruningStage::Layer &layer,
                                   ArrayRef<float> pruned,
                                   ArrayRef<double> mean,
                                   ArrayRef<double> targetMean) {
  std::vector<double> lost;
  for (auto [before, after] : zip_equal(layer.weight, pruned))
    lost.push_back(double(before) - after);
  std::vector<double> shift = multiply(mean, lost, int64_t(mean.size()));
  std::vector<float> bias = layer.bias;
  for (auto [value, target, shifted] : zip(bias, targetMean, shift))
    value += float(target + shifted);
  return bias;
}

Expected<PrunedStage> sopt::pruneStage(const PruningStage &stage) {
  SmallVector<const RegressionSums *> folds;
  for (const RegressionSums &fold : stage.folds)
    folds.push_back(&fold);
  if (stage.pruner)
    return pruneAsIs(stage, folds);
  bool isCentred = none_of(
      stage.layers, [](const auto &layer) { return layer.bias.empty(); });
  std::vector<float> dense = concatenate(stage);
  PrunedStage result;
  result.strength = stage.strength ? *stage.strength
                                   : chooseStrength(folds, dense, isCentred);
  RegressionMoments moments = RegressionSums::get(folds, isCentred);
  std::vector<PrunedLayer> moved = moveLayers(
      stage, getCorrection(moments, dense, result.strength), moments.own);
  std::vector<double> targetMean = Target(moments, dense).mean;
  int64_t first = 0;
  for (auto [layer, from] : zip_equal(moved, stage.layers)) {
    Expected<std::vector<float>> weight = pruneByAdmm(layer, from.target);
    if (!weight)
      return weight.takeError();
    result.errors.push_back(getRelativeError(layer, *weight));
    result.biases.push_back(
        moveBias(from, *weight, moments.mean,
                 ArrayRef(targetMean).slice(first, from.outputs)));
    result.weights.push_back(std::move(*weight));
    first += from.outputs;
  }
  return result;
}
