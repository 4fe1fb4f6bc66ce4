//===- RunTimeAxes.h - Axes that only a run tells ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_RUNTIMEAXES_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_RUNTIMEAXES_H

#include "Emitter.h"

namespace sopt {

/// For each of `rank` dimensions, whether the vector (or number) `axes` names
/// it, from the front or the back.
llvm::SmallVector<mlir::Value> findAxes(Emitter &e, mlir::Value axes,
                                        int64_t rank);

/// The sizes of those dimensions that are not `dropped`, in order; as many as
/// `rank` says. What does not fit makes a shape of another number of elements,
/// which a reshape reports.
llvm::SmallVector<mlir::Value> dropSizes(Emitter &e,
                                         llvm::ArrayRef<mlir::Value> sizes,
                                         llvm::ArrayRef<mlir::Value> dropped,
                                         int64_t rank);

/// `sizes`, with 1 for each of the new dimensions of the result. `isNew` is one
/// for each of its dimensions.
llvm::SmallVector<mlir::Value> insertOnes(Emitter &e,
                                          llvm::ArrayRef<mlir::Value> sizes,
                                          llvm::ArrayRef<mlir::Value> isNew);

/// Combines `tensor` over the dimensions that are `reduced`, which keep size 1,
/// one element after the other.
mlir::Value reduceAtRunTime(Emitter &e, mlir::Value tensor,
                            llvm::ArrayRef<mlir::Value> reduced,
                            Emitter::Reduction reduction);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_RUNTIMEAXES_H
