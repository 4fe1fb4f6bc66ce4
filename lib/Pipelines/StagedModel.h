//===- StagedModel.h - A model in stages and its weights --------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_STAGEDMODEL_H
#define SPARSE_OPT_LIB_PIPELINES_STAGEDMODEL_H

#include "StagedRun.h"
#include "sparse-opt/Pipelines/Prune.h"

namespace sopt {

/// A model that is run with changed weights. Stays where it is: runs refer to
/// it.
struct StagedModel {
  StagedModel(mlir::ModuleOp module, mlir::func::FuncOp function,
              std::vector<PrunableLayer> found);
  StagedModel(const StagedModel &) = delete;

  StagedRun makeRun(llvm::ArrayRef<CalibrationItem> items) {
    return StagedRun(libraries, stages, layers, items);
  }

  /// Runs the next stage, and its layers with the weights of the dense model.
  llvm::Error advanceDense(StagedRun &run) const;
  /// Runs all stages that are left.
  llvm::Error finishDense(StagedRun &run) const;

  mlir::ModuleOp module;
  std::vector<PrunableLayer> layers;
  std::vector<Stage> stages;
  StageLibraries libraries;
  /// The dense model's, of each layer.
  std::vector<std::vector<float>> weights, addends;
};

/// What is wrong when something that `layer` sees is NaN or infinite.
llvm::Error refuseInput(llvm::StringRef layer);

/// All f32 outputs of all items, one after another.
std::vector<llvm::ArrayRef<float>>
takeOutputs(llvm::ArrayRef<std::vector<Tensor>> outputs);

/// How far outputs moved: ‖y − y₀‖² / ‖y₀‖² over all that are f32, of each
/// item's run; infinite if one is not finite.
double getDistance(llvm::ArrayRef<std::vector<Tensor>> outputs,
                   llvm::ArrayRef<std::vector<Tensor>> references);

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_STAGEDMODEL_H
