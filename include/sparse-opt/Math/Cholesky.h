//===- Cholesky.h - Positive definite systems -------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_MATH_CHOLESKY_H
#define SPARSE_OPT_MATH_CHOLESKY_H

#include "llvm/ADT/ArrayRef.h"

namespace sopt {

/// Overwrites the upper triangle of the symmetric `matrix`, size × size, row by
/// row, with R for which RᵀR is the matrix; below the diagonal is anything.
/// False, and a matrix of no meaning, if it is not positive definite in its
/// precision.
bool factorCholesky(llvm::MutableArrayRef<double> matrix, int64_t size);
bool factorCholesky(llvm::MutableArrayRef<float> matrix, int64_t size);

/// Overwrites `sides`, size × columns, with the x that solves RᵀR·x = sides.
void solveCholesky(llvm::ArrayRef<double> factor, int64_t size,
                   llvm::MutableArrayRef<double> sides, int64_t columns);
void solveCholesky(llvm::ArrayRef<float> factor, int64_t size,
                   llvm::MutableArrayRef<float> sides, int64_t columns);

/// The rank of a symmetric matrix without negative eigenvalues, of which the
/// upper triangle is read and all is overwritten. Pivots of at most `tolerance`
/// are taken for zero.
int64_t getRank(llvm::MutableArrayRef<double> matrix, int64_t size,
                double tolerance);

} // namespace sopt

#endif // SPARSE_OPT_MATH_CHOLESKY_H
