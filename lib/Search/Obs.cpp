//===- Obs.cpp - Optimal brain surgery ------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Groups.h"
#include "sparse-opt/Math/InverseFactor.h"
#include <cassert>
#include <cblas.h>
#include <cmath>

using namespace llvm;
using namespace sopt;

/// Inputs whose weights are chosen together, before any of them makes up for
/// another: large enough for products of matrices, small enough that choices
/// see most of what was made up for.
static constexpr int64_t kChosenTogether = 128;

/// The upper U with UᵀU = (moments + damping)⁻¹. Inputs without any power, dead
/// ones, get a moment of one: nothing depends on their weights.
static Expected<std::vector<double>> factorMoments(const PrunedLayer &layer) {
  int64_t size = layer.inputs;
  double trace = 0;
  for (int64_t i = 0; i < size; ++i)
    trace += layer.moments[i * size + i];
  // Single precision's inputs leave no more than seven digits: a damping above
  // the mean moment only happens to moments that come from no inputs at all.
  double mean = trace / double(size);
  for (double damping = 0.01 * mean; damping <= mean; damping *= 10) {
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
        weight(layer.weight.begin(), layer.weight.end()) {}

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
    int64_t n = layer.outputs;
    GroupScores scores = score(first, end);
    std::vector<bool> selection = scores.select(target);
    std::vector<double> errors(size_t(end - first) * n, 0.0);
    for (int64_t i = first; i < end; ++i) {
      double *error = &errors[(i - first) * n];
      for (int64_t output = 0; output < n; ++output)
        if (scores.isIn(selection, i - first, output)) {
          error[output] = weight[i * n + output] / getFactor(i, i);
          weight[i * n + output] = 0;
        }
      for (int64_t j = i + 1; j < end; ++j)
        cblas_daxpy(n, -getFactor(i, j), error, 1, &weight[j * n], 1);
    }
    if (end < layer.inputs)
      cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, layer.inputs - end,
                  n, end - first, -1.0, &factor[first * layer.inputs + end],
                  layer.inputs, errors.data(), n, 1.0, &weight[end * n], n);
  }

  const PrunedLayer &layer;
  const SparsityTarget &target;
  ArrayRef<double> factor;
  const std::vector<bool> &isDead;
  std::vector<double> weight;
};
} // namespace

Expected<ObsPruner> ObsPruner::create(const PrunedLayer &layer) {
  if (Error error = check(layer, SparsityTarget()))
    return std::move(error);
  Expected<std::vector<double>> factor = factorMoments(layer);
  if (!factor)
    return factor.takeError();
  std::vector<bool> isDead;
  for (int64_t i = 0; i < layer.inputs; ++i)
    isDead.push_back(layer.moments[i * layer.inputs + i] <= 0);
  return ObsPruner(std::move(*factor), std::move(isDead));
}

Expected<std::vector<float>>
ObsPruner::prune(const PrunedLayer &layer, const SparsityTarget &target) const {
  if (Error error = checkWeight(layer, target))
    return std::move(error);
  assert(size_t(layer.inputs) == isDead.size() && "a layer of other inputs");
  return Surgeon(layer, target, factor, isDead).run();
}

Expected<std::vector<float>> sopt::pruneByObs(const PrunedLayer &layer,
                                              const SparsityTarget &target) {
  Expected<ObsPruner> pruner = ObsPruner::create(layer);
  if (!pruner)
    return pruner.takeError();
  return pruner->prune(layer, target);
}
