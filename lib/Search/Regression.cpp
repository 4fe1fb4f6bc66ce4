//===- Regression.cpp - What a layer gets and what it should give ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Regression.h"
#include "llvm/ADT/STLExtras.h"
#include <cassert>
#include <cblas.h>
#include <cmath>

using namespace llvm;
using namespace sopt;

/// Rows that are multiplied together: enough to hide the addition of the
/// product, too few to lose digits in single precision.
static constexpr int64_t kRowsTogether = 1024;

RegressionSums::RegressionSums(int64_t inputs, int64_t outputs)
    : inputs(inputs), outputs(outputs), sums(inputs, 0.0),
      targetSums(outputs, 0.0), own(inputs * inputs, 0.0),
      cross(inputs * outputs, 0.0) {}

bool RegressionSums::add(ArrayRef<float> x, ArrayRef<float> t) {
  assert(x.size() % inputs == 0 && x.size() * outputs == t.size() * inputs &&
         "not as many rows");
  auto isFinite = [](float value) { return std::isfinite(value); };
  if (!all_of(x, isFinite) || !all_of(t, isFinite))
    return false;
  while (!x.empty()) {
    int64_t waiting = int64_t(waitingInputs.size()) / inputs;
    int64_t count =
        std::min(int64_t(x.size()) / inputs, kRowsTogether - waiting);
    append_range(waitingInputs, x.take_front(count * inputs));
    append_range(waitingTargets, t.take_front(count * outputs));
    x = x.drop_front(count * inputs);
    t = t.drop_front(count * outputs);
    rows += count;
    if (waiting + count == kRowsTogether)
      flush();
  }
  return true;
}

static void addRows(std::vector<double> &sums, ArrayRef<float> rows) {
  int64_t columns = int64_t(sums.size());
  for (; !rows.empty(); rows = rows.drop_front(columns))
    for (int64_t column = 0; column < columns; ++column)
      sums[column] += rows[column];
}

void RegressionSums::flush() const {
  int64_t count = int64_t(waitingInputs.size()) / inputs;
  if (count == 0)
    return;
  const float *x = waitingInputs.data(), *t = waitingTargets.data();
  std::vector<float> product(inputs * std::max(inputs, outputs), 0.0f);
  cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, inputs, count, 1.0f, x,
              inputs, 0.0f, product.data(), inputs);
  for (auto [sum, value] : zip(own, product))
    sum += value;
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, inputs, outputs, count,
              1.0f, x, inputs, t, outputs, 0.0f, product.data(), outputs);
  for (auto [sum, value] : zip(cross, product))
    sum += value;
  addRows(sums, waitingInputs);
  addRows(targetSums, waitingTargets);
  waitingInputs.clear();
  waitingTargets.clear();
}

static void addTo(std::vector<double> &sums, ArrayRef<double> values) {
  for (auto [sum, value] : zip_equal(sums, values))
    sum += value;
}

static void scaleBy(double factor, std::vector<double> &values) {
  for (double &value : values)
    value *= factor;
}

RegressionMoments RegressionSums::get(ArrayRef<const RegressionSums *> parts,
                                      bool isCentred) {
  assert(!parts.empty());
  int64_t n = parts[0]->inputs, m = parts[0]->outputs, rows = 0;
  RegressionMoments moments{n,
                            m,
                            std::vector<double>(n),
                            std::vector<double>(m),
                            std::vector<double>(n * n),
                            std::vector<double>(n * m)};
  for (const RegressionSums *part : parts) {
    part->flush();
    rows += part->rows;
    addTo(moments.mean, part->sums);
    addTo(moments.targetMean, part->targetSums);
    addTo(moments.own, part->own);
    addTo(moments.cross, part->cross);
  }
  double scale = rows ? 1 / double(rows) : 0;
  scaleBy(isCentred ? scale : 0, moments.mean);
  scaleBy(isCentred ? scale : 0, moments.targetMean);
  for (int64_t i = 0; i < n; ++i) {
    double mean = moments.mean[i];
    for (int64_t j = i; j < n; ++j) {
      double &own = moments.own[i * n + j];
      own = own * scale - mean * moments.mean[j];
      moments.own[j * n + i] = own;
    }
    for (int64_t j = 0; j < m; ++j) {
      double &cross = moments.cross[i * m + j];
      cross = cross * scale - mean * moments.targetMean[j];
    }
  }
  return moments;
}
