//===- WorkLimit.h - How much is done for a model ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_ANALYSIS_WORKLIMIT_H
#define SPARSE_OPT_ANALYSIS_WORKLIMIT_H

#include "mlir/IR/BuiltinOps.h"

namespace sopt {

/// The most units of -sopt-check-work to take on for a raised model, by its
/// weights: a model that is used has many where it has much to compute, and a
/// file of 1 MB has too few for more than the first helping, which takes some
/// seconds.
uint64_t getWorkLimit(mlir::ModuleOp module);

} // namespace sopt

#endif // SPARSE_OPT_ANALYSIS_WORKLIMIT_H
