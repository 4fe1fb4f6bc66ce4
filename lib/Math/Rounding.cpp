//===- Rounding.cpp - Matrices in fewer bits ------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Math/Rounding.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/bit.h"
#include <cmath>

using namespace llvm;
using namespace sopt;

static constexpr float kMostInt8 = 127;

/// Calls `visit` with the index of each element and its column.
static void
forEachElement(size_t size, int64_t columns,
               function_ref<void(size_t at, int64_t column)> visit) {
  for (size_t row = 0; row < size; row += columns)
    for (int64_t column = 0; column < columns; ++column)
      visit(row + column, column);
}

/// The largest magnitude of each column; NaN where there is one.
static std::vector<float> getLargest(ArrayRef<float> matrix, int64_t columns) {
  std::vector<float> largest(columns, 0);
  forEachElement(matrix.size(), columns, [&](size_t at, int64_t column) {
    float magnitude = std::fabs(matrix[at]);
    if (magnitude > largest[column] || std::isnan(magnitude))
      largest[column] = magnitude;
  });
  return largest;
}

/// `x` held between the ends; a NaN is 0.
static float clamp(float x, float least, float most) {
  return std::isnan(x) ? 0 : std::fmin(std::fmax(x, least), most);
}

Int8Matrix sopt::roundToInt8(ArrayRef<float> matrix, int64_t columns) {
  std::vector<float> factors = getLargest(matrix, columns);
  Int8Matrix result;
  for (float &factor : factors) {
    result.steps.push_back(factor / kMostInt8);
    factor = factor > 0 ? kMostInt8 / factor : 0;
  }
  result.integers.resize(matrix.size());
  forEachElement(matrix.size(), columns, [&](size_t at, int64_t column) {
    // The default rounding of the environment is to even. A factor is infinite
    // where the largest magnitude is hardly any.
    float rounded = std::nearbyint(matrix[at] * factors[column]);
    result.integers[at] = int8_t(clamp(rounded, -kMostInt8, kMostInt8));
  });
  return result;
}

std::vector<float> sopt::widenInt8(const Int8Matrix &matrix) {
  std::vector<float> result(matrix.integers.size());
  forEachElement(result.size(), int64_t(matrix.steps.size()),
                 [&](size_t at, int64_t column) {
                   result[at] =
                       float(matrix.integers[at]) * matrix.steps[column];
                 });
  return result;
}

Int8Range sopt::getInt8Range(ArrayRef<float> row) {
  Int8Range range;
  for (float x : row) {
    range.low = std::fmin(range.low, x);
    range.high = std::fmax(range.high, x);
  }
  return range;
}

std::vector<float> sopt::roundRowToInt8(ArrayRef<float> row, Int8Range range) {
  constexpr float kMost = 255;
  float size = range.high - range.low, factor = size > 0 ? kMost / size : 0;
  float zero = clamp(std::nearbyint(-range.low * factor), 0, kMost);
  std::vector<float> result;
  result.reserve(row.size());
  for (float x : row) {
    float q = clamp(std::nearbyint(x * factor) + zero, 0, kMost);
    result.push_back((q - zero) * (size / kMost));
  }
  return result;
}

uint16_t sopt::roundToBfloat16(float x) {
  constexpr uint32_t kQuiet = 0x40, kHalf = 0x7fff;
  auto bits = bit_cast<uint32_t>(x);
  if (std::isnan(x))
    return uint16_t(bits >> 16 | kQuiet);
  uint32_t isOdd = bits >> 16 & 1;
  return uint16_t((bits + kHalf + isOdd) >> 16);
}

/// ‖w − ŵ‖ / ‖w‖ for ŵ, of which `rounded` gives the elements.
static double getError(ArrayRef<float> matrix,
                       function_ref<float(size_t)> rounded) {
  double lost = 0, all = 0;
  for (size_t at = 0; at < matrix.size(); ++at) {
    double w = matrix[at], difference = w - rounded(at);
    lost += difference * difference;
    all += w * w;
  }
  return all > 0 ? std::sqrt(lost / all) : 0;
}

double sopt::getInt8Error(ArrayRef<float> matrix, int64_t columns) {
  std::vector<float> rounded = widenInt8(roundToInt8(matrix, columns));
  return getError(matrix, [&](size_t at) { return rounded[at]; });
}

double sopt::getBfloat16Error(ArrayRef<float> matrix) {
  return getError(matrix, [&](size_t at) {
    return bit_cast<float>(uint32_t(roundToBfloat16(matrix[at])) << 16);
  });
}
