//===- FormatsTest.cpp ----------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Formats.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace sopt;

TEST(Formats, AreReadAsTheyAreNamed) {
  for (const char *name : {"unstructured", "4x1", "16x1", "2:4", "1:8"}) {
    auto format = parseFormat(name);
    ASSERT_TRUE(bool(format)) << toString(format.takeError());
    if (!format->of)
      format->zeros = 0.5;
    EXPECT_EQ(getFormatName(*format), name);
  }
  EXPECT_EQ(getFormatName(SparsityTarget()), "dense");
  EXPECT_EQ(cantFail(parseFormat("1:4")).zeros, 0.75);
  for (const char *name : {"", "4", "x", "1x1", "1x4", "128x1", "4:2", "0:4",
                           "4:4", "2:64", "-1:4"})
    EXPECT_EQ(
        toString(parseFormat(name).takeError()),
        "formats: unstructured, 4x1, N:M as in 2:4, heads or neurons, not '" +
            std::string(name) + "'");
}

TEST(Formats, TargetsAreDenseAndTheirLevels) {
  auto any = cantFail(parseFormat("unstructured"));
  auto blocks = cantFail(parseFormat("4x1"));
  auto half = cantFail(parseFormat("2:4"));
  auto targets = listTargets({any, blocks, half});
  EXPECT_EQ(targets.front(), SparsityTarget());
  EXPECT_EQ(targets.back(), half);
  EXPECT_EQ(targets.size() % 2, 0u);
  EXPECT_EQ(count_if(targets, [](auto target) { return target.block == 4; }),
            int64_t(targets.size() - 2) / 2);
  EXPECT_EQ(listTargets({}).size(), 1u);
}

TEST(Formats, FitWhatTheyDivide) {
  EXPECT_TRUE(SparsityTarget().fits(3, 5, /*part=*/0));
  EXPECT_TRUE(cantFail(parseFormat("4x1")).fits(3, 8, /*part=*/0));
  EXPECT_FALSE(cantFail(parseFormat("4x1")).fits(8, 6, /*part=*/0));
  EXPECT_TRUE(cantFail(parseFormat("2:4")).fits(8, 5, /*part=*/0));
  EXPECT_FALSE(cantFail(parseFormat("2:4")).fits(6, 8, /*part=*/0));
  EXPECT_TRUE(cantFail(parseFormat("neurons")).fits(8, 5, /*part=*/1));
  EXPECT_FALSE(cantFail(parseFormat("neurons")).fits(8, 5, /*part=*/4));
  EXPECT_TRUE(cantFail(parseFormat("heads")).fits(8, 5, /*part=*/4));
  EXPECT_FALSE(cantFail(parseFormat("heads")).fits(8, 5, /*part=*/0));
}
