//===- LatencyTrial.h - How fast a model is with other weights --*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_LATENCYTRIAL_H
#define SPARSE_OPT_LIB_PIPELINES_LATENCYTRIAL_H

#include "StagedModel.h"
#include "sparse-opt/Search/PruneSearch.h"
#include "sparse-opt/Transforms/ConstantBlobs.h"
#include <optional>

namespace sopt {

/// Times models with other weights, in turns with two that were timed at the
/// start: the dense one and a sparse one. What else the machine does, and where
/// it has its threads run, makes all runs longer by a share or by so much each;
/// from what became of the two it is told how long a run would have taken at
/// the start, so that the times of models can be compared.
class LatencyTrial {
public:
  /// Compiles the model as it is and with `sparse` for weights and biases, and
  /// times both with `item`. The first and the last must outlive the trial.
  static llvm::Expected<LatencyTrial>
  create(StagedModel &model, llvm::ArrayRef<PrunedWeights> sparse,
         const CalibrationItem &item);

  /// What a run of the two takes on all threads: the median, in nanoseconds.
  double getDense() const { return dense; }
  double getSparse() const { return sparse; }

  /// What a run with `layers` for weights and biases, compiled as --target=cpu
  /// would, would have taken then. The module is afterwards what it was.
  llvm::Expected<double> time(llvm::ArrayRef<PrunedWeights> layers);

private:
  LatencyTrial(StagedModel &model, const CalibrationItem &item,
               LoadedModel denseModel, LoadedModel sparseModel)
      : model(&model), item(&item), denseModel(std::move(denseModel)),
        sparseModel(std::move(sparseModel)) {}

  StagedModel *model;
  const CalibrationItem *item;
  LoadedModel denseModel, sparseModel;
  double dense = 0, sparse = 0;
};

/// Gives the module `layers` for its weights and biases, as long as this lives.
class WeightScope {
public:
  WeightScope(StagedModel &model, llvm::ArrayRef<PrunedWeights> layers);
  WeightScope(const WeightScope &) = delete;
  ~WeightScope();

private:
  StagedModel &model;
  llvm::SmallVector<std::pair<onnx::ConstantOp, mlir::ElementsAttr>> before;
  std::optional<ConstantBlobs> blobs;
};

/// Writes weights and biases to the module, and frees what they replace.
void setWeights(StagedModel &model, llvm::ArrayRef<PrunedWeights> layers);

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_LATENCYTRIAL_H
