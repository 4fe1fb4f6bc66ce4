//===- InverseFactor.h - Cholesky factor of an inverse ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_MATH_INVERSEFACTOR_H
#define SPARSE_OPT_MATH_INVERSEFACTOR_H

#include "llvm/ADT/ArrayRef.h"

namespace sopt {

/// Overwrites the symmetric `matrix`, size × size, row by row, with the upper
/// triangular U for which UᵀU is its inverse; below the diagonal is zero.
/// False, and a matrix of no meaning, if it is not positive definite in double
/// precision. By LAPACK's potrf and potri: size³ multiply-adds.
bool factorInverse(llvm::MutableArrayRef<double> matrix, int64_t size);

} // namespace sopt

#endif // SPARSE_OPT_MATH_INVERSEFACTOR_H
