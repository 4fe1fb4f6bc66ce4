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

/// Compiles the model with `layers` for its weights and biases, as --target=cpu
/// would, and times runs of it with `item` on all threads: the median, in
/// nanoseconds. The module is afterwards what it was.
llvm::Expected<double> timeModel(StagedModel &model,
                                 llvm::ArrayRef<PrunedWeights> layers,
                                 const CalibrationItem &item);

/// Of the model as it is.
llvm::Expected<double> timeDense(StagedModel &model,
                                 const CalibrationItem &item);

/// What `run` tells of the module while it has `layers` for its weights and
/// biases. The module is afterwards what it was.
llvm::Expected<double>
withWeights(StagedModel &model, llvm::ArrayRef<PrunedWeights> layers,
            llvm::function_ref<llvm::Expected<double>()> run);

/// Writes weights and biases to the module, and frees what they replace.
void setWeights(StagedModel &model, llvm::ArrayRef<PrunedWeights> layers);

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_LATENCYTRIAL_H
