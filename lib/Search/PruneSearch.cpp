//===- PruneSearch.cpp - Which layers bear how many zeros -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/PruneSearch.h"
#include "sparse-opt/Search/Allocation.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace llvm;
using namespace sopt;

// Shares of zeros that a layer may get: dense where networks react most.
static constexpr double kLevels[] = {0,    0.2, 0.35, 0.5, 0.6,  0.65, 0.7,
                                     0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.98};

/// Budgets are counted in this share of all weights, so that the allocator's
/// fronts stay short.
static constexpr int64_t kBudgetSteps = 10000;

ArrayRef<double> sopt::getPruneLevels() { return kLevels; }

Expected<std::vector<ErrorTable>>
sopt::measureErrors(ArrayRef<PrunedLayer> layers) {
  std::vector<ErrorTable> tables;
  if (layers.empty())
    return tables;
  Expected<ObsPruner> pruner = ObsPruner::create(layers.front());
  if (!pruner)
    return pruner.takeError();
  for (const PrunedLayer &layer : layers) {
    ErrorTable table{layer.name, layer.inputs * layer.outputs, {}};
    for (double zeros : kLevels) {
      Expected<std::vector<float>> weight = pruner->prune(layer, {zeros});
      if (!weight)
        return weight.takeError();
      table.errors.push_back(getRelativeError(layer, *weight));
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

/// The shares of zeros whose errors, to the power of `exponent`, add up to the
/// least.
static Expected<SmallVector<double>> allocate(const PruneProblem &problem,
                                              double exponent) {
  // What a layer keeps is its cost. Rounded up, and the budget down, the
  // solution has no fewer zeros than asked for.
  int64_t weights = 0;
  for (const ErrorTable &table : problem.tables)
    weights += table.weights;
  double unit = double(weights) / kBudgetSteps;
  AllocationProblem allocation(
      int64_t(std::floor((1 - problem.ratio) * kBudgetSteps)));
  for (const ErrorTable &table : problem.tables) {
    SmallVector<Choice> choices;
    for (auto [zeros, error] : zip_equal(kLevels, table.errors)) {
      double kept = (1 - zeros) * double(table.weights);
      choices.push_back(
          {int64_t(std::ceil(kept / unit - 1e-9)), std::pow(error, exponent)});
    }
    allocation.addLayer(table.name, choices);
  }
  auto picks = solveExactly(allocation);
  if (!picks)
    return picks.takeError();
  SmallVector<double> zeros;
  for (unsigned pick : *picks)
    zeros.push_back(kLevels[pick]);
  return zeros;
}

Expected<PruneCandidate> sopt::searchPruning(const PruneProblem &problem) {
  PruneCandidate best;
  best.name = "uniform";
  best.zeros.assign(problem.tables.size(), problem.ratio);
  if (Error error = problem.tryOut(best))
    return std::move(error);
  for (auto [name, exponent] : {std::pair("sum of errors", 1.0),
                                std::pair("sum of root errors", 0.5)}) {
    if (problem.isTimeUp())
      break;
    Expected<SmallVector<double>> zeros = allocate(problem, exponent);
    if (!zeros)
      return zeros.takeError();
    PruneCandidate candidate;
    candidate.name = name;
    candidate.zeros = std::move(*zeros);
    if (Error error = problem.tryOut(candidate))
      return std::move(error);
    if (candidate.loss < best.loss)
      best = std::move(candidate);
  }
  return best;
}
