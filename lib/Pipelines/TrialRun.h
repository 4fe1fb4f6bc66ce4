//===- TrialRun.h - Run a model while compiling it --------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_TRIALRUN_H
#define SPARSE_OPT_LIB_PIPELINES_TRIALRUN_H

#include "mlir/IR/BuiltinOps.h"
#include "sparse-opt/Execution/LoadedModel.h"

namespace sopt {

/// A part of @main_graph: what computes `wanted` from the model's inputs and
/// from `known`, both values of it.
struct ModelSlice {
  llvm::SmallVector<mlir::Value> known, wanted;
};

/// Compiles a copy of the part of `module`, in the onnx dialect, for this
/// machine and opens it. Its inputs are the model's, then what is known. The
/// copy lives in a context of its own: compiling frees weights that `module`
/// still needs.
llvm::Expected<LoadedModel> openForTrial(mlir::ModuleOp module,
                                         const ModelSlice &slice);

/// The outputs of one run, copied.
llvm::Expected<std::vector<Tensor>> runOnce(const LoadedModel &model,
                                            llvm::ArrayRef<Tensor> inputs);

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_TRIALRUN_H
