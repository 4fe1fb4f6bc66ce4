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
#include <vector>

using namespace llvm;

// LAPACK is Fortran; Debian's OpenBLAS carries it without a C header.
extern "C" {
// NOLINTNEXTLINE(readability-identifier-naming)
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda,
             int *info);
// NOLINTNEXTLINE(readability-identifier-naming)
void spotrf_(const char *uplo, const int *n, float *a, const int *lda,
             int *info);
// NOLINTNEXTLINE(readability-identifier-naming)
void dpstrf_(const char *uplo, const int *n, double *a, const int *lda,
             int *pivots, int *rank, const double *tolerance, double *work,
             int *info);
}

template <typename T, typename Potrf>
static bool factor(MutableArrayRef<T> matrix, int64_t size, Potrf potrf) {
  assert(matrix.size() == size_t(size) * size && size <= INT_MAX);
  // LAPACK's columns are our rows, so that its lower triangle is our upper one.
  int n = int(size), info = 0;
  potrf("L", &n, matrix.data(), &n, &info);
  return info == 0;
}

bool sopt::factorCholesky(MutableArrayRef<double> matrix, int64_t size) {
  return factor(matrix, size, dpotrf_);
}

bool sopt::factorCholesky(MutableArrayRef<float> matrix, int64_t size) {
  return factor(matrix, size, spotrf_);
}

template <typename T, typename Trsm>
static void solve(ArrayRef<T> factor, int64_t size, MutableArrayRef<T> sides,
                  int64_t columns, Trsm trsm) {
  assert(factor.size() == size_t(size) * size &&
         sides.size() == size_t(size) * columns);
  for (CBLAS_TRANSPOSE transpose : {CblasTrans, CblasNoTrans})
    trsm(CblasRowMajor, CblasLeft, CblasUpper, transpose, CblasNonUnit, size,
         columns, T(1), factor.data(), size, sides.data(), columns);
}

void sopt::solveCholesky(ArrayRef<double> factor, int64_t size,
                         MutableArrayRef<double> sides, int64_t columns) {
  solve(factor, size, sides, columns, cblas_dtrsm);
}

void sopt::solveCholesky(ArrayRef<float> factor, int64_t size,
                         MutableArrayRef<float> sides, int64_t columns) {
  solve(factor, size, sides, columns, cblas_strsm);
}

int64_t sopt::getRank(MutableArrayRef<double> matrix, int64_t size,
                      double tolerance) {
  assert(matrix.size() == size_t(size) * size && size <= INT_MAX);
  int n = int(size), rank = 0, info = 0;
  std::vector<int> pivots(size);
  std::vector<double> work(2 * size);
  dpstrf_("L", &n, matrix.data(), &n, pivots.data(), &rank, &tolerance,
          work.data(), &info);
  return rank;
}
