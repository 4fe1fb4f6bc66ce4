//===- Cholesky.cpp - Positive definite systems ---------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Math/Cholesky.h"
#include <cassert>
#include <cblas.h>
#include <climits>

using namespace llvm;

// LAPACK is Fortran; Debian's OpenBLAS carries it without a C header.
extern "C" {
// NOLINTNEXTLINE(readability-identifier-naming)
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda,
             int *info);
}

bool sopt::factorCholesky(MutableArrayRef<double> matrix, int64_t size) {
  assert(matrix.size() == size_t(size) * size && size <= INT_MAX);
  // LAPACK's columns are our rows, so that its lower triangle is our upper one.
  int n = int(size), info = 0;
  dpotrf_("L", &n, matrix.data(), &n, &info);
  return info == 0;
}

void sopt::solveCholesky(ArrayRef<double> factor, int64_t size,
                         MutableArrayRef<double> sides, int64_t columns) {
  assert(factor.size() == size_t(size) * size &&
         sides.size() == size_t(size) * columns);
  for (CBLAS_TRANSPOSE transpose : {CblasTrans, CblasNoTrans})
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasUpper, transpose, CblasNonUnit,
                size, columns, 1.0, factor.data(), size, sides.data(), columns);
}
