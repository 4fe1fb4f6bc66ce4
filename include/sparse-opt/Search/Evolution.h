//===- Evolution.h - Improve an allocation by trying others -----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SEARCH_EVOLUTION_H
#define SPARSE_OPT_SEARCH_EVOLUTION_H

#include "sparse-opt/Search/Allocation.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace sopt {

/// One index per layer, as AllocationProblem::verify takes them.
using Picks = llvm::SmallVector<unsigned>;

/// A solution's true loss, which errors that add up only estimate: less is
/// better. Fails if it cannot be told.
using ScorePicks =
    llvm::function_ref<llvm::Expected<double>(llvm::ArrayRef<unsigned>)>;

struct EvolutionOptions {
  /// No more solutions are scored than this.
  unsigned evaluations = 128;
  /// Ends after so many scores in a row that together gained less than `worth`
  /// of the loss.
  unsigned patience = 32;
  double worth = 0.005;
  uint64_t seed = 0;
  /// Of how many random neighbours the one of the least sum of errors is scored
  /// every other time; with 1 the errors are not looked at.
  unsigned draws = 6;
  /// Asked before each score; the best so far is the result if it says yes.
  llvm::function_ref<bool()> shouldStop = nullptr;
};

struct EvolvedPicks {
  Picks picks;
  double loss;
  double firstLoss;     ///< Of the first of the starts.
  unsigned evaluations; ///< Solutions that were scored.
};

/// Scores `starts`, at least one solution, and goes on from the best: some
/// layers get cheaper and others better, so that every solution that is tried
/// fits the budget (Sieberling et al., EvoPress, 2024, whose mutation it is
/// with one draw; it starts where all layers are alike). The same seed and
/// scores give the same result.
llvm::Expected<EvolvedPicks> evolve(const AllocationProblem &problem,
                                    llvm::ArrayRef<Picks> starts,
                                    ScorePicks score,
                                    const EvolutionOptions &options);

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_EVOLUTION_H
