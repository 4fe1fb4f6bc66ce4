//===- Bfloat16.cpp - Conversions that some processors lack ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM calls these by name, one element at a time, where a processor has no
// instruction for them. They are compiler-rt's and GCC 13's, while a library of
// ours may depend on neither.
//
//===----------------------------------------------------------------------===//

#include <cmath>
#include <cstdint>
#include <cstring>

template <typename To, typename From> static To bitCast(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

extern "C" {
__bf16 __truncsfbf2(float x);
__bf16 __truncdfbf2(double x);
}

/// Rounds to nearest, and to even between two. A NaN stays one.
__bf16 __truncsfbf2(float x) {
  auto bits = bitCast<uint32_t>(x);
  if (std::isnan(x))
    return bitCast<__bf16>(uint16_t(bits >> 16 | 0x40));
  uint32_t isOdd = bits >> 16 & 1;
  return bitCast<__bf16>(uint16_t((bits + 0x7fff + isOdd) >> 16));
}

// Rounded to float first, a number could come to lie between two by that alone:
// there it is rounded to odd, which no tie is.
__bf16 __truncdfbf2(double x) {
  auto rounded = float(x);
  if (std::isnan(x) || double(rounded) == x)
    return __truncsfbf2(rounded);
  auto bits = bitCast<uint32_t>(rounded);
  if (std::fabs(double(rounded)) > std::fabs(x))
    --bits;
  return __truncsfbf2(bitCast<float>(bits | 1));
}
