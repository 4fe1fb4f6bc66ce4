//===- Moments.cpp - What is known of a layer's inputs --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Moments.h"
#include "llvm/ADT/STLExtras.h"
#include <cblas.h>
#include <cmath>

using namespace llvm;
using namespace sopt;

bool Moments::add(ArrayRef<float> x) {
  if (!all_of(x, [](float value) { return std::isfinite(value); }))
    return false;
  std::vector<double> wide(x.begin(), x.end());
  int64_t count = int64_t(x.size()) / inputs;
  cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, inputs, count, 1.0,
              wide.data(), inputs, 1.0, sums.data(), inputs);
  rows += count;
  return true;
}

std::vector<double> Moments::get() const {
  std::vector<double> moments(sums.size(), 0.0);
  double scale = rows ? 1 / double(rows) : 0;
  for (int64_t i = 0; i < inputs; ++i)
    for (int64_t j = i; j < inputs; ++j)
      moments[i * inputs + j] = moments[j * inputs + i] =
          sums[i * inputs + j] * scale;
  return moments;
}
