//===- PrecisionChoice.cpp - How precise a layer is to be -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/PrecisionChoice.h"
#include "sparse-opt/Math/Rounding.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace llvm;
using namespace sopt;

/// What int8 may take of a weight, as ‖w − ŵ‖ / ‖w‖.
static constexpr double kMaxInt8Error = 0.05;
/// Above so many inputs, 32 bits may not hold a sum of int8 products.
static constexpr size_t kMaxInt8Inputs = 1 << 16;

StringRef sopt::getName(LayerPrecision precision) {
  switch (precision) {
  case LayerPrecision::F32:
    return "fp32";
  case LayerPrecision::Bf16:
    return "bf16";
  case LayerPrecision::Int8:
    return "int8";
  }
  llvm_unreachable("all precisions are listed");
}

static PrecisionChoice makeChoice(LayerPrecision precision, double error) {
  std::string reason =
      formatv("loses {0:f2} % of the weight", 100 * error).str();
  return {precision, error, std::move(reason)};
}

PrecisionChoice sopt::choosePrecision(LayerPrecision wanted,
                                      ArrayRef<float> weight, int64_t columns) {
  if (wanted == LayerPrecision::F32)
    return {wanted, 0, ""};
  if (!all_of(weight, [](float w) { return std::isfinite(w); }))
    return {LayerPrecision::F32, 0, "an infinity or NaN is in the weight"};
  PrecisionChoice bf16 =
      makeChoice(LayerPrecision::Bf16, getBfloat16Error(weight));
  if (wanted == LayerPrecision::Bf16)
    return bf16;
  if (weight.size() > kMaxInt8Inputs * columns) {
    bf16.reason = "too many inputs for int8";
    return bf16;
  }
  PrecisionChoice int8 =
      makeChoice(LayerPrecision::Int8, getInt8Error(weight, columns));
  if (int8.error <= kMaxInt8Error)
    return int8;
  bf16.reason =
      formatv("int8 would lose {0:f2} % of the weight, above {1:f0} %",
              100 * int8.error, 100 * kMaxInt8Error)
          .str();
  return bf16;
}
