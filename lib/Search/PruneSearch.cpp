//===- PruneSearch.cpp - Which layers bear how many zeros -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/PruneSearch.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <limits>

using namespace llvm;
using namespace sopt;

/// Budgets are counted in this share of themselves, so that the allocator's
/// fronts stay short.
static constexpr int64_t kBudgetSteps = 10000;

/// What evolution must gain of the exact allocation's score for its result to
/// be pruned to the end, too, which takes a third of a search. The score leaves
/// out what makes up for zeros, which turns the order of allocations that
/// differ by less: by 1 to 3 % in MiniLM-L6 at 50 to 70 % zeros.
static constexpr double kWorthPruning = 0.05;

/// Where a search is known whose budget was about the same.
static constexpr unsigned kFewEvaluations = 24;

void MeasuredLayer::scaleTo(double loss) {
  double scale = sampleError > 0 ? loss / sampleError : 0;
  for (double &error : table.errors)
    if (std::isfinite(error))
      error *= scale;
}

static Expected<MeasuredLayer> measure(const PrunedLayer &layer,
                                       const ObsPruner &pruner,
                                       ArrayRef<SparsityTarget> targets,
                                       double sampleZeros) {
  MeasuredLayer measured{{layer.name, {}}, {}, 0};
  double power = getOutputPower(layer);
  auto getError = [&](double loss) { return power > 0 ? loss / power : 0; };
  for (const SparsityTarget &target : targets) {
    if (!target.fits(layer.inputs, layer.outputs, layer.part)) {
      measured.table.errors.push_back(INFINITY);
      continue;
    }
    auto pruned = pruner.prune(layer, target);
    if (!pruned)
      return pruned.takeError();
    measured.table.errors.push_back(getError(pruned->loss));
  }
  auto sample = pruner.prune(layer, {sampleZeros});
  if (!sample)
    return sample.takeError();
  measured.sampleError = getError(sample->loss);
  measured.sample = std::move(sample->weight);
  return measured;
}

Expected<std::vector<MeasuredLayer>>
sopt::measureErrors(const ObsPruner &pruner, ArrayRef<PrunedLayer> layers,
                    ArrayRef<SparsityTarget> targets, double sampleZeros) {
  std::vector<MeasuredLayer> all;
  for (const PrunedLayer &layer : layers) {
    Expected<MeasuredLayer> measured =
        measure(layer, pruner, targets, sampleZeros);
    if (!measured)
      return measured.takeError();
    all.push_back(std::move(*measured));
  }
  return all;
}

AllocationProblem PruneProblem::getAllocation() const {
  AllocationProblem allocation(budget);
  for (const LayerChoices &layer : layers) {
    SmallVector<Choice> choices;
    for (auto [cost, error] : zip_equal(layer.costs, layer.errors))
      choices.push_back({cost, error});
    allocation.addLayer(layer.name, choices);
  }
  return allocation;
}

/// The layer's choice of the same format with at least as many zeros; dense if
/// there is none, for it does not fit.
static unsigned findChoice(const LayerChoices &layer,
                           const SparsityTarget &format) {
  unsigned found = 0;
  double least = std::numeric_limits<double>::infinity();
  for (auto [index, target] : enumerate(layer.targets))
    if ((target.isLike(format) ||
         (target.isStructured() && format.isStructured())) &&
        target.zeros >= format.zeros && target.zeros < least) {
      found = unsigned(index);
      least = target.zeros;
    }
  return found;
}

std::optional<Picks> sopt::getUniformPicks(const PruneProblem &problem) {
  AllocationProblem allocation = problem.getAllocation();
  std::optional<Picks> best;
  for (const LayerChoices &from : problem.layers)
    for (const SparsityTarget &target : from.targets) {
      Picks picks;
      for (const LayerChoices &layer : problem.layers)
        picks.push_back(findChoice(layer, target));
      if (allocation.getCost(picks) <= problem.budget &&
          (!best || allocation.getError(picks) < allocation.getError(*best)))
        best = std::move(picks);
    }
  return best;
}

static PruneCandidate makeCandidate(const PruneProblem &problem, StringRef name,
                                    ArrayRef<unsigned> picks) {
  PruneCandidate candidate;
  candidate.name = name.str();
  for (auto [layer, pick] : zip_equal(problem.layers, picks))
    candidate.targets.push_back(layer.targets[pick]);
  return candidate;
}

/// The allocation that is best by the tables.
static Expected<Picks> allocate(const PruneProblem &problem) {
  return solveInSteps(problem.getAllocation(), kBudgetSteps);
}

static PruneCandidate makeAllocated(const PruneProblem &problem,
                                    ArrayRef<unsigned> exact) {
  PruneCandidate candidate =
      makeCandidate(problem, "by what the outputs lose", exact);
  candidate.isAllocated = true;
  return candidate;
}

Expected<PruneCandidate> sopt::allocatePruning(const PruneProblem &problem) {
  Expected<Picks> exact = allocate(problem);
  if (!exact)
    return exact.takeError();
  return makeAllocated(problem, *exact);
}

/// Where evolution begins.
static std::vector<Picks> listStarts(const PruneProblem &problem,
                                     const Picks &exact) {
  if (!problem.known.empty()) {
    Picks known;
    for (auto [layer, target] : zip_equal(problem.layers, problem.known))
      known.push_back(find(layer.targets, target) - layer.targets.begin());
    return {shiftToBudget(problem.getAllocation(), known), exact};
  }
  std::vector<Picks> starts;
  if (std::optional<Picks> uniform = getUniformPicks(problem))
    starts.push_back(std::move(*uniform));
  if (!problem.isBlind || starts.empty())
    starts.insert(starts.begin(), exact);
  return starts;
}

static int64_t countZeros(const PruneCandidate &candidate) {
  int64_t zeros = 0;
  for (const PrunedWeights &layer : candidate.layers)
    zeros += count(layer.weight, 0.0f);
  return zeros;
}

/// Whether `a` loses less, or as much and is cheaper.
static bool isBetter(const PruneCandidate &a, const PruneCandidate &b) {
  return a.loss != b.loss ? a.loss < b.loss : countZeros(a) > countZeros(b);
}

Expected<std::vector<PruneCandidate>>
sopt::proposePruning(const PruneProblem &problem) {
  Expected<Picks> exact = allocate(problem);
  if (!exact)
    return exact.takeError();
  PruneCandidate allocated = makeAllocated(problem, *exact);
  if (problem.isTimeUp())
    return std::vector<PruneCandidate>{std::move(allocated)};
  EvolutionOptions options;
  options.seed = problem.seed;
  options.shouldStop = problem.isTimeUp;
  if (problem.isBlind)
    options.draws = 1;
  if (!problem.known.empty()) {
    options.evaluations = kFewEvaluations;
    options.patience = kFewEvaluations / 2;
  }
  auto score = [&](ArrayRef<unsigned> tried) {
    return problem.score(makeCandidate(problem, "", tried).targets);
  };
  auto evolved = evolve(problem.getAllocation(), listStarts(problem, *exact),
                        score, options);
  if (!evolved)
    return evolved.takeError();
  // The first start is the exact allocation unless another is known.
  bool isWorth = problem.isBlind || problem.hasOtherMetric ||
                 !problem.known.empty() ||
                 evolved->loss < (1 - kWorthPruning) * evolved->firstLoss;
  if (!isWorth)
    return std::vector<PruneCandidate>{std::move(allocated)};
  std::string name =
      "best of " + std::to_string(evolved->evaluations) + " allocations";
  std::vector<PruneCandidate> candidates = {
      makeCandidate(problem, name, evolved->picks)};
  // The score leaves out what makes up for zeros, which may turn the order.
  if (!problem.isBlind && evolved->picks != *exact)
    candidates.push_back(std::move(allocated));
  return candidates;
}

Expected<PruneCandidate>
sopt::chooseTried(const PruneProblem &problem,
                  std::vector<PruneCandidate> candidates) {
  assert(!candidates.empty() && "nothing to try");
  if (Error error = problem.tryOut(candidates))
    return std::move(error);
  erase_if(candidates, [](const PruneCandidate &candidate) {
    return candidate.layers.empty();
  });
  assert(!candidates.empty() && "the first is tried to the end");
  return std::move(*min_element(candidates, isBetter));
}

Expected<PruneCandidate> sopt::searchPruning(const PruneProblem &problem) {
  auto candidates = proposePruning(problem);
  if (!candidates)
    return candidates.takeError();
  return chooseTried(problem, std::move(*candidates));
}
