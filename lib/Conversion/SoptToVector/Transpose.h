//===- Transpose.h - Transpose a square of vectors --------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TRANSPOSE_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TRANSPOSE_H

#include "VectorBuilder.h"

namespace sopt {

/// The columns of the square whose rows are `rows`, as many vectors as each has
/// lanes, a power of two. Takes log₂(lanes) shuffles per vector.
llvm::SmallVector<mlir::Value>
transposeSquare(VectorBuilder &b, llvm::ArrayRef<mlir::Value> rows);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TRANSPOSE_H
