//===- Int8Inputs.cpp - How inputs of layers become int8 ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Int8Inputs.h"
#include "Kernels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace sopt;

/// The largest number of an input.
static constexpr float kMostInput = 255;

Int8Scale sopt::buildInt8Scale(VectorBuilder &b, const Int8Ends &ends) {
  Value none = b.constantLike(ends.low, 0.0f);
  Value most = b.constantLike(ends.low, kMostInput);
  Value below = b.sub(none, ends.low), range = b.add(ends.high, below);
  Value isRange =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, range, none);
  Value factor = b.select(isRange, b.div(most, range), none);
  Value zero = math::RoundEvenOp::create(b, b.mul(below, factor));
  // No scale gives NaN, of which the zero point is 0.
  return {factor, b.div(range, most), b.atMost(b.atLeast(zero, none), most)};
}

/// Where floats are integers: a number added to it is rounded, halves to even,
/// and stands in the low bits of the sum.
static constexpr float kRounder = 3 << 22;

// What an input can be is far from where floats are no longer integers.
Int8Rounding::Int8Rounding(VectorBuilder &b, Value factor, Value zero)
    : factor(factor), least(b.sub(b.splat(kRounder), zero)),
      most(b.add(least, b.splat(kMostInput))) {}

Value Int8Rounding::round(VectorBuilder &b, Value x) const {
  Value rounded = b.add(b.mul(x, factor), b.splat(kRounder));
  Value held = b.atMost(b.atLeast(rounded, least), most);
  auto getBits = [&](Value number) -> Value {
    return arith::BitcastOp::create(b, b.getIntVectorType(), number);
  };
  return arith::SubIOp::create(b, getBits(held), getBits(least));
}

Int8Details::Int8Details(PrecisionAttr precision, ValueRange arguments) {
  auto next = arguments.begin();
  if (precision.getSmooth())
    factors = *next++;
  if (precision.getRange())
    fixed = Int8Ends{*next++, *next++};
}

void Int8Details::append(ImplicitLocOpBuilder &b, PrecisionAttr precision,
                         SmallVectorImpl<Value> &arguments) {
  if (SmallVector<float> factors = precision.getFactors(); !factors.empty()) {
    auto type = RankedTensorType::get(int64_t(factors.size()), b.getF32Type());
    Value constant = arith::ConstantOp::create(
        b, DenseElementsAttr::get(type, ArrayRef<float>(factors)));
    arguments.push_back(readOnlyBuffer(b, constant));
  }
  if (DenseF32ArrayAttr range = precision.getRange())
    for (float end : range.asArrayRef())
      arguments.push_back(arith::ConstantOp::create(b, b.getF32FloatAttr(end)));
}

std::string Int8Details::getSuffix(PrecisionAttr precision) {
  std::string suffix;
  if (precision.getSmooth())
    suffix += "_smooth";
  if (precision.getRange())
    suffix += "_fixed";
  return suffix;
}
