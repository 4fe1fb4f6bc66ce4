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

/// What to take on for a raised model, by its weights: a model that is used has
/// many where it has much to compute. With less than a megabyte, it is done in
/// five seconds or refused.
struct WorkLimit {
  uint64_t units; ///< Of -sopt-check-work, known before most is done.
  double seconds; ///< Where that estimate was too low.
};

WorkLimit getWorkLimit(mlir::ModuleOp module);

} // namespace sopt

#endif // SPARSE_OPT_ANALYSIS_WORKLIMIT_H
