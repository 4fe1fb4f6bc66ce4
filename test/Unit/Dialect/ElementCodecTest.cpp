//===- ElementCodecTest.cpp - Half precision against LLVM's own -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/ONNX/IR/ElementCodec.h"
#include "gtest/gtest.h"
#include <random>

using namespace sopt::onnx;
using llvm::APFloat;

/// `bits` in the format of `semantics`, as a float, by APFloat.
static float widen(const llvm::fltSemantics &semantics, uint16_t bits) {
  return APFloat(semantics, llvm::APInt(16, bits)).convertToFloat();
}

/// `value` in the format of `semantics`, rounded to nearest even, by APFloat.
static uint16_t narrow(const llvm::fltSemantics &semantics, float value) {
  APFloat narrowed(value);
  bool losesInfo;
  narrowed.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
  return narrowed.bitcastToAPInt().getZExtValue();
}

static bool isSame(float a, float b) {
  return (a != a && b != b) ||
         llvm::bit_cast<uint32_t>(a) == llvm::bit_cast<uint32_t>(b);
}

template <typename Codec>
static void checkLoads(const llvm::fltSemantics &semantics) {
  for (uint32_t bits = 0; bits <= UINT16_MAX; ++bits) {
    uint16_t stored = bits;
    float loaded = Codec::load(reinterpret_cast<const char *>(&stored), 0);
    ASSERT_TRUE(isSame(loaded, widen(semantics, stored))) << bits;
  }
}

template <typename Codec>
static void checkStore(const llvm::fltSemantics &semantics, float value) {
  uint16_t stored;
  Codec::store(reinterpret_cast<char *>(&stored), 0, value);
  float expected = widen(semantics, narrow(semantics, value));
  ASSERT_TRUE(isSame(widen(semantics, stored), expected))
      << value << " gives " << stored;
}

/// Random bit patterns, and both sides of the middle between neighbours.
template <typename Codec>
static void checkStores(const llvm::fltSemantics &semantics) {
  std::mt19937 random(0);
  for (int i = 0; i < 1000000; ++i)
    checkStore<Codec>(semantics, llvm::bit_cast<float>(uint32_t(random())));
  for (uint32_t bits = 0; bits < UINT16_MAX; ++bits) {
    float low = widen(semantics, bits), high = widen(semantics, bits + 1);
    float middle = low + (high - low) / 2;
    checkStore<Codec>(semantics, middle);
    checkStore<Codec>(semantics, std::nextafter(middle, low));
    checkStore<Codec>(semantics, std::nextafter(middle, high));
  }
}

TEST(ElementCodecTest, LoadsEveryHalf) {
  checkLoads<HalfCodec>(APFloat::IEEEhalf());
  checkLoads<BFloat16Codec>(APFloat::BFloat());
}

TEST(ElementCodecTest, RoundsToNearestEven) {
  checkStores<HalfCodec>(APFloat::IEEEhalf());
  checkStores<BFloat16Codec>(APFloat::BFloat());
}

TEST(ElementCodecTest, ExtendsTheSignOfSmallIntegers) {
  char bytes[] = {0x8, 0x7, 0xf};
  using Int4 = SmallIntegerCodec<4, int8_t>;
  using UInt4 = SmallIntegerCodec<4, uint8_t>;
  EXPECT_EQ(Int4::load(bytes, 0), -8);
  EXPECT_EQ(Int4::load(bytes, 1), 7);
  EXPECT_EQ(Int4::load(bytes, 2), -1);
  EXPECT_EQ(UInt4::load(bytes, 2), 15);
}
