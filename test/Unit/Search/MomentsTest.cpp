//===- MomentsTest.cpp ----------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Moments.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace sopt;

TEST(Moments, AreMeansOfProducts) {
  Moments moments(2);
  EXPECT_EQ(moments.get(), std::vector<double>(4, 0));
  EXPECT_TRUE(moments.add({1, 2, 3, 4}));
  EXPECT_TRUE(moments.add({5, 6}));
  EXPECT_TRUE(moments.add({1, 0}));
  EXPECT_EQ(moments.getRows(), 4);
  EXPECT_EQ(moments.get(), (std::vector<double>{9, 11, 11, 14}));
}

TEST(Moments, RefuseWhatIsNotFinite) {
  Moments moments(2);
  EXPECT_FALSE(moments.add({1, NAN}));
  EXPECT_FALSE(moments.add({INFINITY, 1}));
  EXPECT_EQ(moments.getRows(), 0);
}

TEST(Moments, CountDirectionsThatNoRowHas) {
  Moments moments(4);
  // An input that is always zero is no direction to know of.
  EXPECT_TRUE(moments.add({1, 2, 3, 0}));
  EXPECT_EQ(moments.countMissing(), 2);
  EXPECT_TRUE(moments.add({2, 4, 6, 0}));
  EXPECT_EQ(moments.countMissing(), 2);
  // However large inputs are beside each other.
  EXPECT_TRUE(moments.add({1, 0, 1e-4f, 0}));
  EXPECT_EQ(moments.countMissing(), 1);
  EXPECT_TRUE(moments.add({0, 1, 0, 0}));
  EXPECT_EQ(moments.countMissing(), 0);
}
