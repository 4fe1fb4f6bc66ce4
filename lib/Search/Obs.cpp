//===- Obs.cpp - Optimal brain surgery ------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Groups.h"
#include "sparse-opt/Math/InverseFactor.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <cassert>
#include <cblas.h>
#include <cmath>

using namespace llvm;
using namespace sopt;

/// Inputs whose weights are chosen together, before any of them makes up for
/// another: large enough for products of matrices, small enough that choices
/// see most of what was made up for.
static constexpr int64_t kChosenTogether = 128;

/// Inputs whose errors are taken one by one to those that follow; more go by
/// products of matrices.
static constexpr int64_t kOneByOne = 8;

/// The upper U with UᵀU = (moments + damping)⁻¹. Inputs without any power, dead
/// ones, get a moment of one: nothing depends on their weights.
static Expected<std::vector<double>> factorMoments(const PrunedLayer &layer,
                                                   double &damping) {
  int64_t size = layer.inputs;
  double trace = 0;
  for (int64_t i = 0; i < size; ++i)
    trace += layer.moments[i * size + i];
  // Single precision's inputs leave no more than seven digits: a damping above
  // the mean moment only happens to moments that come from no inputs at all.
  double mean = trace / double(size);
  for (damping = 0.01 * mean; damping <= mean; damping *= 10) {
    std::vector<double> matrix = layer.moments;
    for (int64_t i = 0; i < size; ++i) {
      double &moment = matrix[i * size + i];
      moment = moment > 0 ? moment + damping : 1;
    }
    if (factorInverse(matrix, size))
      return matrix;
    if (damping == 0)
      break;
  }
  return createStringError("layer '%s': its inputs' moments are not those of "
                           "any inputs",
                           layer.name.c_str());
}

namespace {
/// Walks through the inputs once, pruning, and making up for it in the weights
/// of the inputs that follow.
class Surgeon {
public:
  Surgeon(const PrunedLayer &layer, const SparsityTarget &target,
          ArrayRef<double> factor, const std::vector<bool> &isDead)
      : layer(layer), target(target), factor(factor), isDead(isDead),
        weight(layer.weight.begin(), layer.weight.end()),
        errors(layer.weight.size(), 0.0) {}

  std::vector<float> run() {
    for (int64_t i = 0; i < layer.inputs; ++i)
      if (isDead[i])
        std::fill_n(&weight[i * layer.outputs], layer.outputs, 0.0);
    // N:M's small groups see all that was made up for before them. What reads
    // an input is compared with what reads any other.
    int64_t step = target.of               ? target.of
                   : target.isStructured() ? layer.inputs
                                           : kChosenTogether;
    for (int64_t first = 0; first < layer.inputs; first += step)
      pruneInputs(first, std::min(first + step, layer.inputs));
    return std::vector<float>(weight.begin(), weight.end());
  }

  /// What was lost, E‖x·(W − weight)‖². The squared errors are that with damped
  /// moments, for each is what its weight costs when the inputs behind it make
  /// up for it, and they did.
  double getLoss(double damping) const {
    double damped =
        cblas_ddot(errors.size(), errors.data(), 1, errors.data(), 1);
    double moved = 0;
    for (int64_t i = 0; i < layer.inputs; ++i)
      for (int64_t at = i * layer.outputs, end = at + layer.outputs;
           !isDead[i] && at < end; ++at)
        moved +=
            (weight[at] - layer.weight[at]) * (weight[at] - layer.weight[at]);
    return std::max(0.0, damped - damping * moved);
  }

private:
  double getFactor(int64_t i, int64_t j) const {
    return factor[i * layer.inputs + j];
  }

  /// What losing the weight costs the outputs, when those of later inputs make
  /// up for it: w² / [H⁻¹]ᵢᵢ, and that is w² / Uᵢᵢ².
  GroupScores score(int64_t first, int64_t end) const {
    return GroupScores(end - first, layer.outputs, target, layer.part,
                       [&](int64_t row, int64_t output) {
                         double w =
                             weight[(first + row) * layer.outputs + output];
                         double u = getFactor(first + row, first + row);
                         return (w / u) * (w / u);
                       });
  }

  void pruneInputs(int64_t first, int64_t end) {
    GroupScores scores = score(first, end);
    GroupScores::Selection selection = scores.select(target);
    clear(first, end, [&](int64_t input, MutableArrayRef<char> goes) {
      scores.getRow(selection, input - first, goes);
    });
    makeUp(first, end, layer.inputs);
  }

  /// Clears what `select` tells of each input, and makes up for it up to `end`.
  void clear(int64_t first, int64_t end,
             llvm::function_ref<void(int64_t, MutableArrayRef<char>)> select) {
    if (end - first > kOneByOne) {
      int64_t middle = first + (end - first) / 2;
      clear(first, middle, select);
      makeUp(first, middle, end);
      clear(middle, end, select);
      return;
    }
    int64_t n = layer.outputs;
    std::vector<char> goes(n);
    for (int64_t i = first; i < end; ++i) {
      select(i, goes);
      double *error = &errors[i * n], *row = &weight[i * n];
      double factor = 1 / getFactor(i, i);
      for (int64_t output = 0; output < n; ++output) {
        error[output] = goes[output] ? row[output] * factor : 0;
        row[output] = goes[output] ? 0 : row[output];
      }
      for (int64_t j = i + 1; j < end; ++j)
        cblas_daxpy(n, -getFactor(i, j), error, 1, &weight[j * n], 1);
    }
  }

  /// Has inputs from `middle` to `end` make up for the errors of those from
  /// `first` to `middle`.
  void makeUp(int64_t first, int64_t middle, int64_t end) {
    int64_t n = layer.outputs;
    if (middle < end)
      cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, end - middle, n,
                  middle - first, -1.0, &factor[first * layer.inputs + middle],
                  layer.inputs, &errors[first * n], n, 1.0, &weight[middle * n],
                  n);
  }

  const PrunedLayer &layer;
  const SparsityTarget &target;
  ArrayRef<double> factor;
  const std::vector<bool> &isDead;
  std::vector<double> weight;
  std::vector<double> errors; ///< Of each weight that went: w / Uᵢᵢ.
};
} // namespace

Expected<ObsPruner> ObsPruner::create(const PrunedLayer &layer) {
  if (Error error = check(layer, SparsityTarget()))
    return std::move(error);
  double damping = 0;
  Expected<std::vector<double>> factor = factorMoments(layer, damping);
  if (!factor)
    return factor.takeError();
  std::vector<bool> isDead;
  for (int64_t i = 0; i < layer.inputs; ++i)
    isDead.push_back(layer.moments[i * layer.inputs + i] <= 0);
  return ObsPruner(std::move(*factor), std::move(isDead), damping);
}

Expected<ObsPruner::Result>
ObsPruner::prune(const PrunedLayer &layer, const SparsityTarget &target) const {
  if (Error error = checkWeight(layer, target))
    return std::move(error);
  assert(size_t(layer.inputs) == isDead.size() && "a layer of other inputs");
  Surgeon surgeon(layer, target, factor, isDead);
  std::vector<float> weight = surgeon.run();
  return Result{std::move(weight), surgeon.getLoss(damping)};
}

Expected<std::vector<float>> sopt::pruneByObs(const PrunedLayer &layer,
                                              const SparsityTarget &target) {
  Expected<ObsPruner> pruner = ObsPruner::create(layer);
  if (!pruner)
    return pruner.takeError();
  Expected<ObsPruner::Result> result = pruner->prune(layer, target);
  if (!result)
    return result.takeError();
  return std::move(result->weight);
}
