//===- TakeParts.h - Layers of some of their features -----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_TAKEPARTS_H
#define SPARSE_OPT_LIB_TRANSFORMS_TAKEPARTS_H

#include "dialects/Sopt/IR/Sopt.h"

namespace sopt {

/// Gives `layer` a constant weight, and bias if it has one, of those of its
/// outputs that lie in `taken` of `parts` parts, in that order. The type of its
/// result is the caller's affair.
void takeOutputs(LinearOp layer, int64_t parts, llvm::ArrayRef<int64_t> taken);

/// Gives `layer` a constant weight of those of its inputs that lie in `taken`
/// of `parts` parts, in that order.
void takeInputs(LinearOp layer, int64_t parts, llvm::ArrayRef<int64_t> taken);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_TAKEPARTS_H
