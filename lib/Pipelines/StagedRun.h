//===- StagedRun.h - Run a model piece by piece -----------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_STAGEDRUN_H
#define SPARSE_OPT_LIB_PIPELINES_STAGEDRUN_H

#include "Calibration.h"
#include "TrialRun.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "sparse-opt/Analysis/PrunableLayers.h"
#include "llvm/ADT/DenseMap.h"

namespace sopt {

/// Layers that read one value. A model's last stage has no layers: what it
/// computes are the outputs.
struct Stage {
  llvm::SmallVector<unsigned> layers;
  mlir::Value input;
  /// What the outputs are added to, if the stage is one layer; or null.
  mlir::Value stream;
  /// Computes input and stream, or the outputs, from earlier stages' inputs:
  /// all stages together run the model once.
  ModelSlice slice;
};

/// The stages of a model, in an order in which a stage's input depends on no
/// layer of a later one.
std::vector<Stage> makeStages(mlir::func::FuncOp function,
                              llvm::ArrayRef<PrunableLayer> layers);

/// The libraries of a model's stages, compiled when first asked for.
class StageLibraries {
public:
  StageLibraries(mlir::ModuleOp module, llvm::ArrayRef<Stage> stages)
      : module(module), stages(stages), libraries(stages.size()) {}

  /// Of stage `index` with the weights that the module has when first asked.
  llvm::Expected<const LoadedModel *> get(unsigned index);

private:
  mlir::ModuleOp module;
  llvm::ArrayRef<Stage> stages;
  std::vector<std::optional<LoadedModel>> libraries;
};

/// A run of a model on all calibration items at once, stage by stage. Keeps the
/// values that stages to come read, and drops them behind the last.
class StagedRun {
public:
  /// All must outlive the run.
  StagedRun(StageLibraries &libraries, llvm::ArrayRef<Stage> stages,
            llvm::ArrayRef<CalibrationItem> items)
      : libraries(&libraries), stages(stages), items(items) {}

  /// Computes the next stage's slice.
  llvm::Error advance();

  /// An input or a stream of the last stage that was computed, for an item.
  llvm::ArrayRef<float> get(mlir::Value value, size_t item) const {
    return values.find(value)->second[item].get<float>();
  }

  /// The outputs for each item, after the last stage.
  llvm::ArrayRef<std::vector<Tensor>> getOutputs() const { return outputs; }

private:
  void dropBefore(unsigned stage);
  std::vector<Tensor> takeInputs(const ModelSlice &slice, size_t item) const;

  StageLibraries *libraries;
  llvm::ArrayRef<Stage> stages;
  llvm::ArrayRef<CalibrationItem> items;
  unsigned next = 0;
  llvm::DenseMap<mlir::Value, std::vector<Tensor>> values;
  std::vector<std::vector<Tensor>> outputs;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_STAGEDRUN_H
