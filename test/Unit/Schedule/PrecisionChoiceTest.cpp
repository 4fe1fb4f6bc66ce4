//===- PrecisionChoiceTest.cpp - Tests of the choice of precisions --------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/PrecisionChoice.h"
#include <gtest/gtest.h>
#include <limits>

using namespace sopt;

TEST(PrecisionChoice, GivesWhatIsAskedFor) {
  std::vector<float> weight = {1, -0.5f, 0.25f, 3};
  for (LayerPrecision wanted :
       {LayerPrecision::F32, LayerPrecision::Bf16, LayerPrecision::Int8})
    EXPECT_EQ(choosePrecision(wanted, weight, 2).precision, wanted);
}

TEST(PrecisionChoice, KeepsMoreBitsForAnOutlier) {
  std::vector<float> weight(1000, 0.01f);
  weight[0] = 10;
  for (size_t i = 1; i < weight.size(); i += 2)
    weight[i] = 0.03f;
  PrecisionChoice choice = choosePrecision(LayerPrecision::Int8, weight, 1);
  EXPECT_EQ(choice.precision, LayerPrecision::Bf16);
  EXPECT_EQ(choice.reason, "int8 would lose 7.05 % of the weight, above 5 %");
}

TEST(PrecisionChoice, KeepsWhatIsNoNumber) {
  std::vector<float> weight = {1, std::numeric_limits<float>::infinity()};
  EXPECT_EQ(choosePrecision(LayerPrecision::Bf16, weight, 1).precision,
            LayerPrecision::F32);
}

TEST(PrecisionChoice, KeepsMoreBitsForManyInputs) {
  std::vector<float> weight((1 << 16) + 1, 1);
  PrecisionChoice choice = choosePrecision(LayerPrecision::Int8, weight, 1);
  EXPECT_EQ(choice.precision, LayerPrecision::Bf16);
  EXPECT_EQ(choice.reason, "too many inputs for int8");
}
