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

void MeasuredLayer::scaleTo(double loss) {
  double scale = sampleError > 0 ? loss / sampleError : 0;
  for (double &error : table.errors)
    error *= scale;
}

static Expected<MeasuredLayer>
measure(const PrunedLayer &layer, const ObsPruner &pruner, double sampleZeros) {
  MeasuredLayer measured{{layer.name, layer.inputs * layer.outputs, {}}, {}, 0};
  for (double zeros : kLevels) {
    Expected<std::vector<float>> weight = pruner.prune(layer, {zeros});
    if (!weight)
      return weight.takeError();
    measured.table.errors.push_back(getRelativeError(layer, *weight));
  }
  Expected<std::vector<float>> sample = pruner.prune(layer, {sampleZeros});
  if (!sample)
    return sample.takeError();
  measured.sampleError = getRelativeError(layer, *sample);
  measured.sample = std::move(*sample);
  return measured;
}

Expected<std::vector<MeasuredLayer>>
sopt::measureErrors(ArrayRef<PrunedLayer> layers, double sampleZeros) {
  std::vector<MeasuredLayer> all;
  if (layers.empty())
    return all;
  Expected<ObsPruner> pruner = ObsPruner::create(layers.front());
  if (!pruner)
    return pruner.takeError();
  for (const PrunedLayer &layer : layers) {
    Expected<MeasuredLayer> measured = measure(layer, *pruner, sampleZeros);
    if (!measured)
      return measured.takeError();
    all.push_back(std::move(*measured));
  }
  return all;
}

/// The shares of zeros whose errors add up to the least.
static Expected<SmallVector<double>> allocate(const PruneProblem &problem) {
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
      choices.push_back({int64_t(std::ceil(kept / unit - 1e-9)), error});
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

static PruneCandidate makeCandidate(StringRef name, ArrayRef<double> zeros) {
  PruneCandidate candidate;
  candidate.name = name.str();
  candidate.zeros.assign(zeros.begin(), zeros.end());
  return candidate;
}

Expected<PruneCandidate> sopt::searchPruning(const PruneProblem &problem) {
  Expected<SmallVector<double>> allocated = allocate(problem);
  if (!allocated)
    return allocated.takeError();
  std::vector<PruneCandidate> candidates = {
      makeCandidate("by what the outputs lose", *allocated)};
  if (!problem.isTimeUp) {
    SmallVector<double> uniform(problem.tables.size(), problem.ratio), middle;
    for (double zeros : *allocated)
      middle.push_back((zeros + problem.ratio) / 2);
    candidates.push_back(makeCandidate("half way to uniform", middle));
    candidates.push_back(makeCandidate("uniform", uniform));
  }
  if (Error error = problem.tryOut(candidates))
    return std::move(error);
  auto best = min_element(candidates,
                          [](const PruneCandidate &a, const PruneCandidate &b) {
                            return a.loss < b.loss;
                          });
  return std::move(*best);
}
