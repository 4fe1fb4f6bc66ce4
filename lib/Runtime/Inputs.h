//===- Inputs.h - Check what the caller passes ------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_RUNTIME_INPUTS_H
#define SPARSE_OPT_LIB_RUNTIME_INPUTS_H

#include "Context.h"

namespace sopt::runtime {

/// Whether data are looked at, too, or shapes only.
enum class Check { Shapes, Data };

/// True if the model takes `inputs`; their shapes are then in
/// `context.inputShapes`. Otherwise the error names the input to blame.
bool checkInputs(SoptContext &context, const SoptInput *inputs, int32_t count,
                 Check check);

/// The size that checked inputs have where the model says `symbol`, -1 if it
/// says so nowhere.
int64_t getSymbolSize(const SoptInput *inputs, const char *symbol);

/// Writes the memrefs of checked inputs.
void describeInputs(SoptContext &context, const SoptInput *inputs);

} // namespace sopt::runtime

#endif // SPARSE_OPT_LIB_RUNTIME_INPUTS_H
