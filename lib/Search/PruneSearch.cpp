//===- PruneSearch.cpp - Which layers bear how many zeros -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/PruneSearch.h"
#include "sparse-opt/Search/Allocation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include <cmath>

using namespace llvm;
using namespace sopt;

// Shares of zeros that a layer may get: dense where networks react most.
static constexpr double kLevels[] = {0,    0.2, 0.35, 0.5, 0.6,  0.65, 0.7,
                                     0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.98};

/// Budgets are counted in this share of all weights, so that the allocator's
/// fronts stay short.
static constexpr int64_t kBudgetSteps = 10000;

namespace {
/// What a layer's outputs lose at every level.
struct LayerTable {
  SmallVector<double> errors;
};
} // namespace

static int64_t countWeights(ArrayRef<PrunedLayer> layers) {
  int64_t count = 0;
  for (const PrunedLayer &layer : layers)
    count += layer.inputs * layer.outputs;
  return count;
}

static Expected<std::vector<LayerTable>>
measureErrors(const PruneProblem &problem) {
  std::vector<LayerTable> tables;
  for (auto [index, layer] : enumerate(problem.layers)) {
    problem.progress("layer " + Twine(index + 1) + " of " +
                     Twine(problem.layers.size()) + ": " + layer.name);
    Expected<ObsPruner> pruner = ObsPruner::create(layer);
    if (!pruner)
      return pruner.takeError();
    LayerTable table;
    for (double zeros : kLevels) {
      Expected<std::vector<float>> weight = pruner->prune({zeros});
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
                                              ArrayRef<LayerTable> tables,
                                              double exponent) {
  // What a layer keeps is its cost. Rounded up, and the budget down, the
  // solution has no fewer zeros than asked for.
  double unit = double(countWeights(problem.layers)) / kBudgetSteps;
  AllocationProblem allocation(
      int64_t(std::floor((1 - problem.ratio) * kBudgetSteps)));
  for (auto [layer, table] : zip_equal(problem.layers, tables)) {
    SmallVector<Choice> choices;
    for (auto [zeros, error] : zip_equal(kLevels, table.errors)) {
      double kept = (1 - zeros) * double(layer.inputs * layer.outputs);
      choices.push_back(
          {int64_t(std::ceil(kept / unit - 1e-9)), std::pow(error, exponent)});
    }
    allocation.addLayer(layer.name, choices);
  }
  auto picks = solveExactly(allocation);
  if (!picks)
    return picks.takeError();
  SmallVector<double> zeros;
  for (unsigned pick : *picks)
    zeros.push_back(kLevels[pick]);
  return zeros;
}

static Expected<PruneCandidate> tryOut(const PruneProblem &problem,
                                       StringRef name, ArrayRef<double> zeros) {
  problem.progress("trying " + name);
  PruneCandidate candidate{name.str(), SmallVector<double>(zeros), {}, 0};
  for (auto [layer, share] : zip_equal(problem.layers, zeros)) {
    Expected<std::vector<float>> weight = pruneByObs(layer, {share});
    if (!weight)
      return weight.takeError();
    candidate.weights.push_back(std::move(*weight));
  }
  Expected<double> loss = problem.measure(candidate.weights);
  if (!loss)
    return loss.takeError();
  candidate.loss = *loss;
  return candidate;
}

Expected<PruneCandidate> sopt::searchPruning(const PruneProblem &problem) {
  SmallVector<double> uniform(problem.layers.size(), problem.ratio);
  Expected<PruneCandidate> best = tryOut(problem, "uniform", uniform);
  if (!best)
    return best;
  Expected<std::vector<LayerTable>> tables = measureErrors(problem);
  if (!tables)
    return tables.takeError();
  for (auto [name, exponent] : {std::pair("sum of errors", 1.0),
                                std::pair("sum of root errors", 0.5)}) {
    Expected<SmallVector<double>> zeros = allocate(problem, *tables, exponent);
    if (!zeros)
      return zeros.takeError();
    Expected<PruneCandidate> candidate = tryOut(problem, name, *zeros);
    if (!candidate)
      return candidate;
    if (candidate->loss < best->loss)
      best = std::move(candidate);
  }
  return best;
}
