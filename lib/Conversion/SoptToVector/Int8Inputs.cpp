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

/// `x` held to what an input can be; a NaN is 0.
static Value clamp(VectorBuilder &b, Value x) {
  return b.atMost(b.atLeast(x, b.constantLike(x, 0.0f)),
                  b.constantLike(x, kMostInput));
}

Int8Scale sopt::buildInt8Scale(VectorBuilder &b, const Int8Ends &ends) {
  Value none = b.constantLike(ends.low, 0.0f);
  Value most = b.constantLike(ends.low, kMostInput);
  Value below = b.sub(none, ends.low), range = b.add(ends.high, below);
  Value isRange =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, range, none);
  Value factor = b.select(isRange, b.div(most, range), none);
  Value zero = math::RoundEvenOp::create(b, b.mul(below, factor));
  return {factor, b.div(range, most), clamp(b, zero)};
}

Value sopt::roundToInput(VectorBuilder &b, Value x, Value factor, Value zero) {
  Value rounded = math::RoundEvenOp::create(b, b.mul(x, factor));
  Value held = clamp(b, b.add(rounded, zero));
  return arith::FPToSIOp::create(b, b.getIntVectorType(), held);
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
