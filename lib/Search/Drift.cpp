//===- Drift.cpp - How a layer's inputs change by pruning -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Drift.h"
#include "llvm/ADT/STLExtras.h"
#include <cassert>
#include <cblas.h>
#include <cmath>

using namespace llvm;
using namespace sopt;

/// Rows that are multiplied together: enough to hide the addition of the
/// product, too few to lose digits in single precision.
static constexpr int64_t kRowsTogether = 1024;

Drift::Drift(int64_t inputs, int64_t width)
    : inputs(inputs), width(width), sums(2 * inputs + width, 0.0),
      products(inputs * (2 * inputs + width), 0.0) {}

bool Drift::add(ArrayRef<float> pruned, ArrayRef<float> dense,
                ArrayRef<float> stream, ArrayRef<float> denseStream) {
  assert(pruned.size() == dense.size() && pruned.size() % inputs == 0 &&
         stream.size() == denseStream.size() &&
         stream.size() * inputs == pruned.size() * width && "not of one size");
  auto isFinite = [](float value) { return std::isfinite(value); };
  if (!all_of(pruned, isFinite) || !all_of(dense, isFinite) ||
      !all_of(stream, isFinite) || !all_of(denseStream, isFinite))
    return false;
  int64_t count = int64_t(pruned.size()) / inputs;
  for (int64_t row = 0; row < count; ++row) {
    auto x = pruned.slice(row * inputs, inputs);
    auto x0 = dense.slice(row * inputs, inputs);
    append_range(waiting, x);
    for (auto [a, b] : zip_equal(x0, x))
      waiting.push_back(a - b);
    for (auto [a, b] : zip_equal(denseStream.slice(row * width, width),
                                 stream.slice(row * width, width)))
      waiting.push_back(a - b);
    ++rows;
    if (int64_t(waiting.size()) >= kRowsTogether * (2 * inputs + width))
      flush();
  }
  return true;
}

void Drift::flush() const {
  int64_t columns = 2 * inputs + width;
  int64_t count = int64_t(waiting.size()) / columns;
  if (count == 0)
    return;
  std::vector<float> product(inputs * columns);
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, inputs, columns, count,
              1.0f, waiting.data(), columns, waiting.data(), columns, 0.0f,
              product.data(), columns);
  for (auto [sum, value] : zip_equal(products, product))
    sum += value;
  for (int64_t row = 0; row < count; ++row)
    for (int64_t column = 0; column < columns; ++column)
      sums[column] += waiting[row * columns + column];
  waiting.clear();
}

/// Columns `first` to `first + count` of `matrix`, rows × columns.
static std::vector<double> takeColumns(ArrayRef<double> matrix, int64_t columns,
                                       int64_t first, int64_t count) {
  std::vector<double> taken;
  for (; !matrix.empty(); matrix = matrix.drop_front(columns))
    append_range(taken, matrix.slice(first, count));
  return taken;
}

DriftMoments Drift::get(ArrayRef<const Drift *> others, bool isCentred) {
  assert(!others.empty());
  int64_t inputs = others[0]->inputs, width = others[0]->width, rows = 0;
  int64_t columns = 2 * inputs + width;
  std::vector<double> means(columns, 0.0), products(inputs * columns, 0.0);
  for (const Drift *other : others) {
    other->flush();
    rows += other->rows;
    for (auto [sum, value] : zip_equal(products, other->products))
      sum += value;
    for (auto [sum, value] : zip_equal(means, other->sums))
      sum += value;
  }
  double scale = rows ? 1 / double(rows) : 0;
  for (double &mean : means)
    mean *= isCentred ? scale : 0;
  for (int64_t i = 0; i < inputs; ++i)
    for (int64_t j = 0; j < columns; ++j) {
      double &product = products[i * columns + j];
      product = product * scale - means[i] * means[j];
    }
  // Single precision rounds xᵢxⱼ and xⱼxᵢ in their own ways.
  for (int64_t i = 0; i < inputs; ++i)
    for (int64_t j = 0; j < i; ++j)
      products[i * columns + j] = products[j * columns + i];
  return {inputs,
          width,
          takeColumns(means, columns, 0, inputs),
          takeColumns(means, columns, inputs, inputs),
          takeColumns(means, columns, 2 * inputs, width),
          takeColumns(products, columns, 0, inputs),
          takeColumns(products, columns, inputs, inputs),
          takeColumns(products, columns, 2 * inputs, width)};
}
