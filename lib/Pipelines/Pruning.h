//===- Pruning.h - Prune a model towards what it was ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_PRUNING_H
#define SPARSE_OPT_LIB_PIPELINES_PRUNING_H

#include "Judge.h"
#include "StagedModel.h"
#include "sparse-opt/Search/PruneSearch.h"
#include "sparse-opt/Search/Reconstruction.h"

namespace sopt {

/// Prunes a model layer after layer, in execution order.
class Pruning {
public:
  /// All must outlive it. The first of `items` are those that `judge` knows.
  Pruning(StagedModel &model, llvm::ArrayRef<CalibrationItem> items,
          Judge &judge, PruneMonitor &monitor);

  /// Has the program judge the dense model, if one judges: at once, for it may
  /// not work, and much is done before it is asked again.
  llvm::Error judgeDense();

  /// Prunes layer after layer to the candidates' targets, with each towards the
  /// dense model, and judges the outputs. If the search is stopped, those that
  /// are not done stay without layers, but for the first one ever. Layers whose
  /// targets, and all before them, are those of `known`, the last that was
  /// tried out, are taken from there; it may be null.
  llvm::Error tryOut(llvm::MutableArrayRef<PruneCandidate> candidates,
                     const PruneCandidate *known);

  /// The same with each layer pruned for itself by `pruner`.
  llvm::Error tryOut(PruneCandidate &candidate, Pruner pruner);

private:
  llvm::Expected<PruningStage> observe(const Stage &stage,
                                       const StagedRun *dense,
                                       const StagedRun &pruned) const;
  llvm::Error pruneNextStage(unsigned number, const StagedRun *dense,
                             StagedRun &run, PruneCandidate &candidate,
                             Pruner pruner);
  llvm::Error takeNextStage(unsigned number, StagedRun &run,
                            PruneCandidate &candidate,
                            const PruneCandidate &known) const;
  bool isStageOf(unsigned number, const PruneCandidate &candidate,
                 const PruneCandidate &known) const;
  void apply(unsigned layer, const PrunedWeights &weights,
             StagedRun &run) const;
  /// The score that a program gives to the candidate, or to the dense model if
  /// it is null; none if the search was stopped meanwhile.
  llvm::Expected<std::optional<double>>
  runProgram(const PruneCandidate *candidate);
  llvm::Expected<std::optional<double>>
  getScore(const PruneCandidate &candidate, const StagedRun &run,
           const StagedRun &dense);
  llvm::Error judgeCandidate(PruneCandidate &candidate, const StagedRun &run,
                             const StagedRun &dense);

  StagedModel &model;
  llvm::ArrayRef<CalibrationItem> items;
  Judge &judge;
  PruneMonitor &monitor;
  bool hasCandidate = false; ///< Whether one was tried to the end.
  double leastLoss = 0;      ///< Of those that were.
  /// Of each stage, once the first of the candidates told it.
  std::vector<std::optional<ReconstructionStrength>> strengths;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_PRUNING_H
