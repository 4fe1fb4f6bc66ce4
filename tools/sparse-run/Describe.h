//===- Describe.h - Print what a model takes and gives ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSERUN_DESCRIBE_H
#define SPARSE_OPT_TOOLS_SPARSERUN_DESCRIBE_H

#include "sparse-opt/Execution/LoadedModel.h"

namespace sopt {

/// A table of the model's inputs and outputs.
void printModel(const LoadedModel &model);

/// The outputs of a run: their shapes and first elements.
void printOutputs(const LoadedModel &model, llvm::ArrayRef<Tensor> outputs);

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSERUN_DESCRIBE_H
