//===- Pruning.h - A model that is run with changed weights -----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_PRUNING_H
#define SPARSE_OPT_LIB_PIPELINES_PRUNING_H

#include "StagedRun.h"
#include "sparse-opt/Search/PruneSearch.h"
#include "sparse-opt/Search/Reconstruction.h"

namespace sopt {

/// A model that is run with changed weights, and what is known of it.
class Pruning {
public:
  using Progress = llvm::function_ref<void(const llvm::Twine &)>;

  Pruning(mlir::ModuleOp module, mlir::func::FuncOp function,
          std::vector<PrunableLayer> layers, Progress progress);

  /// Reads the calibration inputs, and takes pieces of them.
  llvm::Error read(llvm::StringRef calibration, uint64_t seed);

  /// Runs the dense model. Tells for each layer how far the model's outputs
  /// would move if it alone were pruned to each of the levels. That is measured
  /// at about `zeros`, on some of the inputs, and taken for proportional to
  /// what the layer's own outputs lose.
  llvm::Expected<std::vector<ErrorTable>> measureLayers(double zeros);

  /// Prunes layer after layer to the candidates' zeros, with each towards the
  /// dense model, and measures how far the outputs move.
  llvm::Error tryOut(llvm::MutableArrayRef<PruneCandidate> candidates);

  /// The same with each layer pruned for itself by `pruner`.
  llvm::Error tryOut(PruneCandidate &candidate, Pruner pruner);

  /// Writes the candidate's weights to the module.
  void setWeights(const PruneCandidate &candidate) const;

private:
  StagedRun makeRun(llvm::ArrayRef<CalibrationItem> from) {
    return StagedRun(libraries, stages, layers, from);
  }
  /// Runs the next stage, and its layers with the weights of the dense model.
  llvm::Error advanceDense(StagedRun &run) const;
  llvm::Error finishDense(StagedRun &run) const;
  llvm::Expected<std::vector<MeasuredLayer>>
  measureStage(const Stage &stage, const StagedRun &run, double zeros) const;
  llvm::Error measureSensitivities(llvm::MutableArrayRef<MeasuredLayer> layers);
  llvm::Expected<PruningStage> observe(const Stage &stage,
                                       const StagedRun *dense,
                                       const StagedRun &pruned) const;
  llvm::Error pruneNextStage(unsigned number, const StagedRun *dense,
                             StagedRun &run, PruneCandidate &candidate,
                             Pruner pruner);

  std::vector<PrunableLayer> layers;
  Progress progress;
  std::vector<Stage> stages;
  StageLibraries libraries;
  /// Of each stage, once the first candidate told it.
  std::vector<std::optional<ReconstructionStrength>> strengths;
  /// The dense model's.
  std::vector<std::vector<float>> weights, addends;
  std::vector<CalibrationItem> items;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_PRUNING_H
