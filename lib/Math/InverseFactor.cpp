//===- InverseFactor.cpp - Cholesky factor of an inverse ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Math/InverseFactor.h"
#include <algorithm>
#include <cassert>
#include <climits>

using namespace llvm;

// LAPACK is Fortran; Debian's OpenBLAS carries it without a C header.
extern "C" {
// NOLINTBEGIN(readability-identifier-naming)
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda,
             int *info);
void dpotri_(const char *uplo, const int *n, double *a, const int *lda,
             int *info);
// NOLINTEND(readability-identifier-naming)
}

bool sopt::factorInverse(MutableArrayRef<double> matrix, int64_t size) {
  assert(matrix.size() == size_t(size) * size && size <= INT_MAX);
  // LAPACK's columns are our rows, so that its lower triangle is our upper one:
  // the matrix becomes RᵀR, R its inverse's upper triangle, and that again UᵀU.
  int n = int(size), info = 0;
  dpotrf_("L", &n, matrix.data(), &n, &info);
  if (!info)
    dpotri_("L", &n, matrix.data(), &n, &info);
  if (!info)
    dpotrf_("L", &n, matrix.data(), &n, &info);
  if (info)
    return false;
  for (int64_t row = 1; row < size; ++row)
    std::fill_n(&matrix[row * size], row, 0.0);
  return true;
}
