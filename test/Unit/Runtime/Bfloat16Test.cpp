//===- Bfloat16Test.cpp - Laws of rounding to bfloat16 --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/bit.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

extern "C" {
__bf16 __truncsfbf2(float x);
__bf16 __truncdfbf2(double x);
}

namespace {

uint16_t getExpected(double x) {
  llvm::APFloat value(x);
  bool losesInfo;
  value.convert(llvm::APFloat::BFloat(), llvm::APFloat::rmNearestTiesToEven,
                &losesInfo);
  return uint16_t(value.bitcastToAPInt().getZExtValue());
}

uint16_t getBits(__bf16 x) { return llvm::bit_cast<uint16_t>(x); }

TEST(Bfloat16, FloatsAsApFloat) {
  std::mt19937 random(1);
  for (int i = 0; i < 200000; ++i) {
    auto x = llvm::bit_cast<float>(uint32_t(random()));
    if (!std::isnan(x))
      ASSERT_EQ(getBits(__truncsfbf2(x)), getExpected(double(x))) << x;
  }
}

TEST(Bfloat16, DoublesAsApFloat) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200000; ++i) {
    // A bfloat16 or the middle of two, and a little more or less: of random
    // numbers hardly any is near a tie.
    auto near = double(llvm::bit_cast<float>(uint32_t(random() & 0xffff8000)));
    int64_t nudge = int64_t(random() % 3) - 1;
    auto x = llvm::bit_cast<double>(llvm::bit_cast<int64_t>(near) + nudge);
    if (!std::isnan(x) && !std::isnan(near))
      ASSERT_EQ(getBits(__truncdfbf2(x)), getExpected(x)) << x;
  }
}

TEST(Bfloat16, NansStayNans) {
  // The payload is in the half that goes.
  EXPECT_EQ(getBits(__truncsfbf2(llvm::bit_cast<float>(0x7f800001u))), 0x7fc0);
  EXPECT_EQ(getBits(__truncdfbf2(-NAN)) & 0x7fc0, 0x7fc0);
}

} // namespace
