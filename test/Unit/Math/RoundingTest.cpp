//===- RoundingTest.cpp - Tests of matrices in fewer bits -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Math/Rounding.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <random>

using namespace sopt;

static std::vector<float> makeNormal(size_t size) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> matrix(size);
  for (float &w : matrix)
    w = normal(random);
  return matrix;
}

// No element is further from its multiple than half a step, and the largest of
// each column is a multiple itself.
TEST(Rounding, Int8IsNearest) {
  constexpr int64_t kColumns = 13;
  std::vector<float> matrix = makeNormal(kColumns * 200);
  Int8Matrix rounded = roundToInt8(matrix, kColumns);
  for (size_t at = 0; at < matrix.size(); ++at) {
    float step = rounded.steps[at % kColumns];
    EXPECT_LE(std::fabs(matrix[at] - rounded.integers[at] * step),
              0.5001f * step);
    EXPECT_GE(rounded.integers[at], -127);
  }
}

TEST(Rounding, Int8OfHalvesIsEven) {
  Int8Matrix rounded = roundToInt8({127, 0.5f, 1.5f, -2.5f}, 1);
  EXPECT_EQ(rounded.integers, (std::vector<int8_t>{127, 0, 2, -2}));
  EXPECT_EQ(rounded.steps, std::vector<float>{1});
}

// Of a column of zeros all is zero; of one with no number in it nothing is.
TEST(Rounding, Int8OfNoNumbers) {
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  Int8Matrix rounded = roundToInt8({0, kNaN, kInfinity, 0, 1, 1}, 3);
  EXPECT_EQ(rounded.integers, (std::vector<int8_t>(6, 0)));
  EXPECT_EQ(rounded.steps[0], 0);
  EXPECT_TRUE(std::isnan(rounded.steps[1]));
  EXPECT_TRUE(std::isinf(rounded.steps[2]));
}

// A row is rounded to its own 256 multiples, of which 0 is one.
TEST(Rounding, Int8OfARow) {
  EXPECT_EQ(roundRowToInt8({-51, 204, 100.5f, 99.5f, 0}, {-51, 204}),
            (std::vector<float>{-51, 204, 100, 100, 0}));
  EXPECT_EQ(roundRowToInt8({0, 0}, {0, 0}), (std::vector<float>{0, 0}));
}

TEST(Rounding, Int8IsWidened) {
  EXPECT_EQ(widenInt8({{1, -2, 3, 4}, {0.5f, 2}}),
            (std::vector<float>{0.5f, -4, 1.5f, 8}));
}

TEST(Rounding, Bfloat16) {
  auto widen = [](uint16_t half) {
    uint32_t bits = uint32_t(half) << 16;
    float x;
    std::memcpy(&x, &bits, sizeof(x));
    return x;
  };
  EXPECT_EQ(widen(roundToBfloat16(257)), 256);
  EXPECT_EQ(widen(roundToBfloat16(259)), 260);
  EXPECT_EQ(widen(roundToBfloat16(-3.5f)), -3.5f);
  EXPECT_TRUE(
      std::isinf(widen(roundToBfloat16(std::numeric_limits<float>::max()))));
  EXPECT_TRUE(std::isnan(
      widen(roundToBfloat16(std::numeric_limits<float>::signaling_NaN()))));
}

// A step of int8 is uniform over 127ths of the largest, a bf16's last bit is
// 2⁻⁸ of the number; rounding errors are a twelfth of the square of either.
TEST(Rounding, Errors) {
  std::vector<float> matrix = makeNormal(1000);
  EXPECT_NEAR(getInt8Error(matrix, 1), 3.2 / 127 / std::sqrt(12), 2e-3);
  EXPECT_NEAR(getBfloat16Error(matrix), 1.6e-3, 4e-4);
  EXPECT_EQ(getInt8Error(std::vector<float>(4, 0), 2), 0);
}
