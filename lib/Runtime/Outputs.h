//===- Outputs.h - Hand results to the caller -------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_RUNTIME_OUTPUTS_H
#define SPARSE_OPT_LIB_RUNTIME_OUTPUTS_H

#include "Context.h"

namespace sopt::runtime {

/// True if there is an output for each of the model's.
bool checkOutputs(SoptContext &context, const SoptOutput *outputs,
                  int32_t count);

/// Fills `outputs` from the memrefs in `context.results`. They may be strided
/// and may name an input or a constant; what the caller gets is contiguous and
/// in the caller's buffer or the arena.
bool deliverOutputs(SoptContext &context, SoptOutput *outputs);

} // namespace sopt::runtime

#endif // SPARSE_OPT_LIB_RUNTIME_OUTPUTS_H
