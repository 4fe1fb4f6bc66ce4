//===- ChartsTest.cpp -----------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Report/Charts.h"
#include "lib/Report/Svg.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace llvm;
using namespace sopt;

TEST(Ticks, AreFewRoundNumbersAroundTheRange) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> exponent(-4, 5), mantissa(-1, 1);
  for (int trial = 0; trial < 1000; ++trial) {
    double low = mantissa(random) * std::pow(10, exponent(random));
    double high = low + std::pow(10, exponent(random));
    Ticks ticks = getTicks(low, high);
    double slack = ticks.step * 1e-6;
    EXPECT_LE(ticks.begin, low + slack);
    EXPECT_GT(ticks.begin, low - ticks.step - slack);
    EXPECT_GE(ticks.getEnd(), high - slack);
    EXPECT_LT(ticks.getEnd(), high + ticks.step + slack);
    EXPECT_GE(ticks.count, 3);
    EXPECT_LE(ticks.count, 8);
    double digit =
        ticks.step / std::pow(10, std::floor(std::log10(ticks.step) + 1e-9));
    EXPECT_TRUE(is_contained({1, 2, 5}, std::lround(digit)) &&
                std::abs(digit - std::round(digit)) < 1e-6)
        << ticks.step;
  }
}

TEST(Ticks, AreWrittenWithTheDigitsOfTheStep) {
  Ticks ticks = getTicks(-0.1, 0.35);
  std::vector<std::string> texts;
  texts.reserve(ticks.count);
  for (int tick = 0; tick < ticks.count; ++tick)
    texts.push_back(ticks.format(tick));
  EXPECT_EQ(texts, (std::vector<std::string>{"-0.1", "0.0", "0.1", "0.2", "0.3",
                                             "0.4"}));
  EXPECT_EQ(getTicks(0, 100).format(1), "20");
}

TEST(Ticks, SpanOneValueToo) {
  for (double value : {0.0, 3.0, -2.0}) {
    Ticks ticks = getTicks(value, value);
    EXPECT_LE(ticks.begin, value);
    EXPECT_GT(ticks.getEnd(), value);
  }
}

TEST(Charts, NamesAreText) {
  std::string svg;
  raw_string_ostream os(svg);
  drawBars({"a < b", "x", {"s"}, {{"\"layer\" & <more>", {{0, 1}}, ""}}}, os);
  EXPECT_NE(svg.find("a &lt; b"), std::string::npos);
  EXPECT_NE(svg.find("&quot;layer&quot; &amp; &lt;more&gt;"),
            std::string::npos);
  EXPECT_EQ(svg.find("<more>"), std::string::npos);
}

TEST(Charts, OfNothingAreDrawn) {
  std::string svg;
  raw_string_ostream os(svg);
  drawBars({"none", "x", {"s"}, {}}, os);
  drawPoints({"none", "x", "y", {{"s", {}}}}, os);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
}
