//===- Cosines.cpp - Cosines of embeddings --------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Cosines.h"
#include <cblas.h>

using namespace sopt;

Cosines::Cosines(const Embeddings &embeddings)
    : width(embeddings.width),
      rows(embeddings.values.begin(), embeddings.values.end()) {
  for (int64_t item = 0; item < embeddings.getItems(); ++item) {
    double *row = rows.data() + item * width;
    double length = cblas_dnrm2(int(width), row, 1);
    if (length != 0)
      cblas_dscal(int(width), 1 / length, row, 1);
  }
}

double Cosines::get(unsigned first, unsigned second) const {
  return cblas_ddot(int(width), rows.data() + first * width, 1,
                    rows.data() + second * width, 1);
}

std::vector<double> Cosines::getWithLater(unsigned first) const {
  int64_t begin = (first + 1) * width,
          count = (int64_t(rows.size()) - begin) / width;
  std::vector<double> cosines(count);
  if (count)
    cblas_dgemv(CblasRowMajor, CblasNoTrans, int(count), int(width), 1.0,
                rows.data() + begin, int(width), rows.data() + first * width, 1,
                0.0, cosines.data(), 1);
  return cosines;
}
