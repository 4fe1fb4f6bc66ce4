//===- Moments.cpp - What is known of a layer's inputs --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Moments.h"
#include "sparse-opt/Math/Cholesky.h"
#include "llvm/ADT/STLExtras.h"
#include <cblas.h>
#include <cmath>

using namespace llvm;
using namespace sopt;

/// Rows that wait for each other: enough to hide that all sums are read.
static constexpr int64_t kWaitingRows = 1024;

bool Moments::add(ArrayRef<float> x) {
  if (!all_of(x, [](float value) { return std::isfinite(value); }))
    return false;
  rows += int64_t(x.size()) / inputs;
  append_range(waiting, x);
  if (int64_t(waiting.size()) >= kWaitingRows * inputs)
    flush();
  return true;
}

void Moments::flush() const {
  cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, inputs,
              int64_t(waiting.size()) / inputs, 1.0, waiting.data(), inputs,
              1.0, sums.data(), inputs);
  waiting.clear();
}

std::vector<double> Moments::get() const {
  flush();
  std::vector<double> moments(sums.size(), 0.0);
  double scale = rows ? 1 / double(rows) : 0;
  for (int64_t i = 0; i < inputs; ++i)
    for (int64_t j = i; j < inputs; ++j)
      moments[i * inputs + j] = moments[j * inputs + i] =
          sums[i * inputs + j] * scale;
  return moments;
}

int64_t Moments::countMissing() const {
  // What is left of a direction that is none is below the digits of a double;
  // with every input's own moment at one, none is small by its unit.
  constexpr double kNoDirection = 1e-10;
  std::vector<double> scaled = get();
  std::vector<double> scales;
  for (int64_t i = 0; i < inputs; ++i) {
    double moment = scaled[i * inputs + i];
    scales.push_back(moment > 0 ? 1 / std::sqrt(moment) : 0);
  }
  for (int64_t i = 0; i < inputs; ++i)
    for (int64_t j = 0; j < inputs; ++j)
      scaled[i * inputs + j] *= scales[i] * scales[j];
  int64_t alive = count_if(scales, [](double scale) { return scale > 0; });
  return alive - getRank(scaled, inputs, kNoDirection);
}
