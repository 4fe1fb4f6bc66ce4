//===- Pruning.h - Prune a model towards what it was ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_PRUNING_H
#define SPARSE_OPT_LIB_PIPELINES_PRUNING_H

#include "StagedModel.h"
#include "sparse-opt/Search/PruneSearch.h"
#include "sparse-opt/Search/Reconstruction.h"

namespace sopt {

/// Prunes a model layer after layer, in execution order.
class Pruning {
public:
  /// All must outlive it.
  Pruning(StagedModel &model, llvm::ArrayRef<CalibrationItem> items,
          PruneProgress progress);

  /// Prunes layer after layer to the candidates' targets, with each towards the
  /// dense model, and measures how far the outputs move.
  llvm::Error tryOut(llvm::MutableArrayRef<PruneCandidate> candidates);

  /// The same with each layer pruned for itself by `pruner`.
  llvm::Error tryOut(PruneCandidate &candidate, Pruner pruner);

private:
  llvm::Expected<PruningStage> observe(const Stage &stage,
                                       const StagedRun *dense,
                                       const StagedRun &pruned) const;
  llvm::Error pruneNextStage(unsigned number, const StagedRun *dense,
                             StagedRun &run, PruneCandidate &candidate,
                             Pruner pruner);

  StagedModel &model;
  llvm::ArrayRef<CalibrationItem> items;
  PruneProgress progress;
  /// Of each stage, once the first of the candidates told it.
  std::vector<std::optional<ReconstructionStrength>> strengths;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_PRUNING_H
