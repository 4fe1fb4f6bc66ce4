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
#include <memory>

namespace sopt {

/// Layers that read one value. A model's last stage has no layers: what it
/// computes are the outputs.
struct Stage {
  llvm::SmallVector<unsigned> layers;
  mlir::Value input;
  /// What the output is added to, if the stage is one layer whose stream
  /// depends on no layer of it or of a later stage; or null.
  mlir::Value stream;
  /// Computes input and stream, or the model's outputs, from the inputs and the
  /// layers' outputs of earlier stages. There is no layer in it, so that all
  /// weights share its library.
  ModelSlice slice;
};

/// The stages of a model, in an order in which a stage's input depends on no
/// layer of a later one.
std::vector<Stage> makeStages(mlir::func::FuncOp function,
                              llvm::ArrayRef<PrunableLayer> layers);

/// The libraries of a model's stages, compiled when first asked for: they hold
/// nothing of the layers that the stages are made of.
class StageLibraries {
public:
  StageLibraries(mlir::ModuleOp module, llvm::ArrayRef<Stage> stages)
      : module(module), stages(stages), libraries(stages.size()) {}

  /// Of stage `index`.
  llvm::Expected<const LoadedModel *> get(unsigned index);

private:
  mlir::ModuleOp module;
  llvm::ArrayRef<Stage> stages;
  std::vector<std::optional<LoadedModel>> libraries;
};

/// A run of a model on all calibration items at once, stage by stage, with the
/// layers' weights coming from without. Keeps the values that stages to come
/// read, and drops each item's behind the last. A copy goes on from where the
/// run is; it shares what it has with the run.
class StagedRun {
public:
  /// All must outlive the run.
  StagedRun(StageLibraries &libraries, llvm::ArrayRef<Stage> stages,
            llvm::ArrayRef<PrunableLayer> layers,
            llvm::ArrayRef<CalibrationItem> items)
      : libraries(&libraries), stages(stages), layers(layers), items(items) {}

  /// Computes the next stage's slice. All layers of the stage before must have
  /// been applied.
  llvm::Error advance();

  /// Computes the output of a layer of the last stage that was computed.
  void apply(unsigned layer, llvm::ArrayRef<float> weight,
             llvm::ArrayRef<float> addend);

  /// The number of stages that were computed.
  unsigned getPosition() const { return next; }

  /// An input or a stream of the last stage that was computed, for an item.
  llvm::ArrayRef<float> get(mlir::Value value, size_t item) const {
    return values.find(value)->second[item]->get<float>();
  }

  /// Floating-point operations of all stages so far and items, without the
  /// layers'.
  uint64_t getFlops() const { return flops; }

  /// The outputs for each item, after the last stage.
  llvm::ArrayRef<std::vector<Tensor>> getOutputs() const { return outputs; }

private:
  using Values = std::vector<std::shared_ptr<const Tensor>>;

  llvm::SmallVector<mlir::Value> findLastReads(const Stage &stage) const;
  llvm::SmallVector<const Tensor *> takeInputs(const ModelSlice &slice,
                                               size_t item) const;

  StageLibraries *libraries;
  llvm::ArrayRef<Stage> stages;
  llvm::ArrayRef<PrunableLayer> layers;
  llvm::ArrayRef<CalibrationItem> items;
  unsigned next = 0;
  uint64_t flops = 0;
  llvm::DenseMap<mlir::Value, Values> values;
  std::vector<std::vector<Tensor>> outputs;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_STAGEDRUN_H
