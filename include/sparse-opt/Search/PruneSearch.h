//===- PruneSearch.h - Which layers bear how many zeros ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The search sees what layers lose by being pruned, what they then cost, and
// ways to try a model out; what a layer is in the IR, how a model runs and what
// the budget is made of is its caller's business (lib/Pipelines/Prune.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SEARCH_PRUNESEARCH_H
#define SPARSE_OPT_SEARCH_PRUNESEARCH_H

#include "sparse-opt/Search/Evolution.h"
#include "sparse-opt/Search/Pruners.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace sopt {

/// What is lost by a layer at each of some targets; infinite where one does not
/// fit it.
struct ErrorTable {
  std::string name;
  llvm::SmallVector<double> errors;
};

/// A layer that was pruned by optimal brain surgery.
struct MeasuredLayer {
  ErrorTable table; ///< Of its own outputs, see getRelativeError.
  /// Its weight with some zeros, and what that loses of its outputs.
  std::vector<float> sample;
  double sampleError = 0;

  /// Makes the table one of another loss, of which the sample costs `loss`.
  void scaleTo(double loss);
};

/// Of layers that read the inputs `pruner` was made for; all have moments. The
/// samples have `sampleZeros`.
llvm::Expected<std::vector<MeasuredLayer>>
measureErrors(const ObsPruner &pruner, llvm::ArrayRef<PrunedLayer> layers,
              llvm::ArrayRef<SparsityTarget> targets, double sampleZeros);

/// What became of one layer.
struct PrunedWeights {
  std::vector<float> weight, bias; ///< The bias is empty if there is none.
  double error;                    ///< See getRelativeError.
};

/// What each layer becomes, and what that loses.
struct PruneCandidate {
  std::string name; ///< How it was found, e.g. "uniform".
  std::vector<SparsityTarget> targets;
  std::vector<PrunedWeights> layers; ///< Empty if it was not tried to the end.
  /// How much worse than the dense model on the calibration inputs; 0 for no
  /// change.
  double loss = 0;
  /// What the metric gives it, if that is known; the loss is made of it.
  std::optional<double> score = std::nullopt;
  bool isAllocated = false; ///< Whether the tables alone led to it.
};

/// What one layer may become. All vectors have one element for each choice.
struct LayerChoices {
  std::string name;
  std::vector<SparsityTarget> targets;
  llvm::SmallVector<double> errors; ///< Of the model's loss.
  llvm::SmallVector<int64_t> costs; ///< In the budget's unit.
};

struct PruneProblem {
  std::vector<LayerChoices> layers;
  int64_t budget = 0;
  /// The loss of the model whose layers are pruned to these targets each for
  /// itself, which is quick to tell.
  llvm::function_ref<llvm::Expected<double>(llvm::ArrayRef<SparsityTarget>)>
      score;
  /// Prunes the model to each candidate's targets with all that makes up for
  /// it, and fills in the rest of them; of one at least.
  llvm::function_ref<llvm::Error(llvm::MutableArrayRef<PruneCandidate>)> tryOut;
  /// Whether to be content with what there is.
  llvm::function_ref<bool()> isTimeUp;
  uint64_t seed = 0;
  /// Whether to begin where all layers are alike, and to look at no table of
  /// errors, as EvoPress does: to compare with.
  bool isBlind = false;
  /// Whether candidates are judged by something else than scores tell.
  bool hasOtherMetric = false;
  /// What a search with about the same budget found, or empty: few others are
  /// scored then.
  std::vector<SparsityTarget> known;

  AllocationProblem getAllocation() const;
};

/// The picks that treat all layers alike: one format at the least share of
/// zeros that fits the budget. None if no such share does.
std::optional<Picks> getUniformPicks(const PruneProblem &problem);

/// Searches in three steps, each with fewer candidates and nearer the truth:
/// the allocation that is optimal where what the layers lose adds up (see
/// AllocationProblem); evolution from there, and from where all layers are
/// alike, by `score`; and `tryOut` of what it began with and, if that gained a
/// twentieth of the score or scores say little, of what it found. The best of
/// these by their loss fits the budget; of two that lose the same, it is the
/// one with more zeros. Fails if nothing does.
llvm::Expected<PruneCandidate> searchPruning(const PruneProblem &problem);

/// The first step alone; nothing is tried out.
llvm::Expected<PruneCandidate> allocatePruning(const PruneProblem &problem);

/// The first two steps: the candidates to try out, the best one first.
llvm::Expected<std::vector<PruneCandidate>>
proposePruning(const PruneProblem &problem);

/// The last step, of one candidate at least.
llvm::Expected<PruneCandidate>
chooseTried(const PruneProblem &problem,
            std::vector<PruneCandidate> candidates);

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_PRUNESEARCH_H
