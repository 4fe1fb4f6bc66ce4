//===- Inputs.h - Give every input a value ----------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSERUN_INPUTS_H
#define SPARSE_OPT_TOOLS_SPARSERUN_INPUTS_H

#include "Options.h"
#include "sparse-opt/Execution/LoadedModel.h"

namespace sopt {

/// The model's inputs in its order, from --random or else from `arrays`, the
/// content of --inputs. Fails if one is missing, or what is given is none.
llvm::Expected<std::vector<Tensor>> makeInputs(const LoadedModel &model,
                                               const Options &options,
                                               llvm::ArrayRef<Tensor> arrays);

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSERUN_INPUTS_H
