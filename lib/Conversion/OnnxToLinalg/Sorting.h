//===- Sorting.h - Positions in an order ------------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_SORTING_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_SORTING_H

#include "Emitter.h"

namespace sopt {

/// The positions 0 … count − 1, as a vector of indices, in the order in which
/// `isBefore(a, b)` says that position a comes before position b; those of
/// which neither does stay in their order. Takes count · log count comparisons
/// and touches nothing out of bounds whatever these answer.
mlir::Value sortPositions(
    Emitter &e, mlir::Value count,
    llvm::function_ref<mlir::Value(mlir::Value a, mlir::Value b)> isBefore);

/// Whether number `a` comes before `b`: is less, or greater if `isDescending`.
/// What is no number comes neither before nor after.
mlir::Value isNumberBefore(Emitter &e, mlir::Value a, mlir::Value b,
                           bool isDescending, bool isUnsigned);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_SORTING_H
