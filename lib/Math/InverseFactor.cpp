//===- InverseFactor.cpp - Cholesky factor of an inverse ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Math/InverseFactor.h"
#include "sparse-opt/Math/Cholesky.h"
#include <algorithm>
#include <cassert>
#include <climits>

using namespace llvm;

// LAPACK is Fortran; Debian's OpenBLAS carries it without a C header.
extern "C" {
// NOLINTNEXTLINE(readability-identifier-naming)
void dpotri_(const char *uplo, const int *n, double *a, const int *lda,
             int *info);
}

bool sopt::factorInverse(MutableArrayRef<double> matrix, int64_t size) {
  assert(matrix.size() == size_t(size) * size && size <= INT_MAX);
  // LAPACK's columns are our rows, so that its lower triangle is our upper one:
  // the matrix becomes RᵀR, R its inverse's upper triangle, and that again UᵀU.
  if (!factorCholesky(matrix, size))
    return false;
  int n = int(size), info = 0;
  dpotri_("L", &n, matrix.data(), &n, &info);
  if (info || !factorCholesky(matrix, size))
    return false;
  for (int64_t row = 1; row < size; ++row)
    std::fill_n(&matrix[row * size], row, 0.0);
  return true;
}
