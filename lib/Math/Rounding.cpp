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

/// The largest magnitude of each column; NaN where there is one.
static std::vector<float> getLargest(ArrayRef<float> matrix, int64_t columns) {
  std::vector<float> largest(columns, 0);
  for (size_t at = 0; at < matrix.size(); ++at) {
    float magnitude = std::fabs(matrix[at]);
    float &most = largest[at % columns];
    if (magnitude > most || std::isnan(magnitude))
      most = magnitude;
  }
  return largest;
}

Int8Matrix sopt::roundToInt8(ArrayRef<float> matrix, int64_t columns) {
  std::vector<float> factors = getLargest(matrix, columns);
  Int8Matrix result;
  for (float &factor : factors) {
    result.steps.push_back(factor / kMostInt8);
    factor = factor > 0 ? kMostInt8 / factor : 0;
  }
  result.integers.reserve(matrix.size());
  for (size_t at = 0; at < matrix.size(); ++at) {
    // The default rounding of the environment is to even.
    float rounded = std::nearbyint(matrix[at] * factors[at % columns]);
    // Infinite where the largest magnitude is hardly any.
    float held = std::fmin(std::fmax(rounded, -kMostInt8), kMostInt8);
    result.integers.push_back(std::isnan(rounded) ? 0 : int8_t(held));
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
  Int8Matrix rounded = roundToInt8(matrix, columns);
  return getError(matrix, [&](size_t at) {
    return float(rounded.integers[at]) * rounded.steps[at % columns];
  });
}

double sopt::getBfloat16Error(ArrayRef<float> matrix) {
  return getError(matrix, [&](size_t at) {
    return bit_cast<float>(uint32_t(roundToBfloat16(matrix[at])) << 16);
  });
}
