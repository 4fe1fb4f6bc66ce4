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

namespace sopt {

/// Times models with other weights, in turns with the dense one: whatever else
/// the machine does tells on both, and the times of models that are timed at
/// different hours can be compared.
class LatencyTrial {
public:
  /// Compiles the model as it is, and times it with `item`. Both must outlive
  /// the trial.
  static llvm::Expected<LatencyTrial> create(StagedModel &model,
                                             const CalibrationItem &item);

  /// What a run of the dense model takes on all threads: the median, in
  /// nanoseconds.
  double getDense() const { return dense; }

  /// What a run with `layers` for weights and biases takes, compiled as
  /// --target=cpu would: its share of the dense model's time in the same turns,
  /// times getDense(). The module is afterwards what it was.
  llvm::Expected<double> time(llvm::ArrayRef<PrunedWeights> layers);

private:
  LatencyTrial(StagedModel &model, const CalibrationItem &item,
               LoadedModel denseModel)
      : model(&model), item(&item), denseModel(std::move(denseModel)) {}

  StagedModel *model;
  const CalibrationItem *item;
  LoadedModel denseModel;
  double dense = 0;
};

/// What `run` tells of the module while it has `layers` for its weights and
/// biases. The module is afterwards what it was.
llvm::Expected<double>
withWeights(StagedModel &model, llvm::ArrayRef<PrunedWeights> layers,
            llvm::function_ref<llvm::Expected<double>()> run);

/// Writes weights and biases to the module, and frees what they replace.
void setWeights(StagedModel &model, llvm::ArrayRef<PrunedWeights> layers);

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_LATENCYTRIAL_H
