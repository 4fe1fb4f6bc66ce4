//===- Int8InputsTest.cpp - Tests of how inputs become int8 ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/Int8Inputs.h"
#include <gtest/gtest.h>
#include <random>

using namespace llvm;
using namespace sopt;

namespace {
/// Rows and weights of normally distributed numbers.
struct Int8InputsTest : testing::Test {
  static constexpr int64_t kRows = 40, kFeatures = 32, kColumns = 24;
  std::mt19937 random{0};
  std::vector<float> rows = make(kRows * kFeatures);
  std::vector<float> weight = make(kFeatures * kColumns);

  std::vector<float> make(int64_t count) {
    std::normal_distribution<float> normal;
    std::vector<float> numbers;
    for (int64_t i = 0; i < count; ++i)
      numbers.push_back(normal(random));
    return numbers;
  }
  void scaleFeature(int64_t feature, float factor) {
    for (int64_t row = 0; row < kRows; ++row)
      rows[row * kFeatures + feature] *= factor;
  }
  Int8Inputs choose(bool isFixed) {
    return chooseInt8Inputs(rows, kFeatures, {weight}, isFixed);
  }
};
} // namespace

TEST_F(Int8InputsTest, LeavesWhatIsEvenAlone) {
  Int8Inputs inputs = choose(/*isFixed=*/false);
  EXPECT_TRUE(inputs.exponents.empty());
  EXPECT_FALSE(inputs.range);
  ASSERT_EQ(inputs.losses.size(), 1u);
  EXPECT_GT(inputs.losses[0], 1e-6);
  EXPECT_LT(inputs.losses[0], 1e-3);
}

TEST_F(Int8InputsTest, SmoothsAnOutlier) {
  scaleFeature(5, 100);
  for (int64_t column = 0; column < kColumns; ++column)
    weight[5 * kColumns + column] /= 100;
  Int8Inputs inputs = choose(/*isFixed=*/false);
  ASSERT_EQ(inputs.exponents.size(), size_t(kFeatures));
  for (int64_t feature = 0; feature < kFeatures; ++feature)
    if (feature != 5)
      EXPECT_LT(inputs.exponents[5], inputs.exponents[feature] - 3);
  // As if it had never been one.
  EXPECT_LT(inputs.losses[0], 1e-3);
}

TEST_F(Int8InputsTest, MakesSmallWhatMeansNothing) {
  scaleFeature(5, 1e4f);
  for (int64_t column = 0; column < kColumns; ++column)
    weight[5 * kColumns + column] = 0;
  Int8Inputs inputs = choose(/*isFixed=*/false);
  ASSERT_EQ(inputs.exponents.size(), size_t(kFeatures));
  EXPECT_EQ(inputs.exponents[5], -16);
}

TEST_F(Int8InputsTest, FixesARangeThatIncludes0) {
  for (float &x : rows)
    x = std::fabs(x) + 1;
  Int8Inputs inputs = choose(/*isFixed=*/true);
  ASSERT_TRUE(inputs.range);
  EXPECT_EQ(inputs.range->low, 0);
  EXPECT_GT(inputs.range->high, 2);
  EXPECT_LE(inputs.range->high, *std::max_element(rows.begin(), rows.end()));
}

TEST_F(Int8InputsTest, LeavesOutWhatIsRare) {
  // One number in 10,000 that no exponent of its feature can be for.
  rows = make(400 * kFeatures);
  rows[77] = 300;
  Int8Inputs inputs = choose(/*isFixed=*/true);
  ASSERT_TRUE(inputs.range);
  EXPECT_LT(inputs.range->high - inputs.range->low, 300);
}

TEST_F(Int8InputsTest, HasNoRangeForZeros) {
  std::fill(rows.begin(), rows.end(), 0);
  Int8Inputs inputs = choose(/*isFixed=*/true);
  EXPECT_FALSE(inputs.range);
  EXPECT_EQ(inputs.losses[0], 0);
}
