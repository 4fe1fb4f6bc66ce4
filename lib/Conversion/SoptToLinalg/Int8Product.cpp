//===- Int8Product.cpp - x * w, both rounded to 8 bits --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Int8Product.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace sopt;

static Value mul(ImplicitLocOpBuilder &b, Value x, Value y) {
  return arith::MulFOp::create(b, x, y);
}

static Value constant(ImplicitLocOpBuilder &b, double value) {
  return constantFloat(b, b.getF32Type(), value);
}

/// How many steps make 1 where `levels` of them make `range`; 0 for no range.
static Value getFactor(ImplicitLocOpBuilder &b, double levels, Value range) {
  Value isRange = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, range,
                                        constant(b, 0));
  Value factor = arith::DivFOp::create(b, constant(b, levels), range);
  return arith::SelectOp::create(b, isRange, factor, constant(b, 0));
}

/// `x` held between `least` and `most`; a NaN is 0.
static Value clamp(ImplicitLocOpBuilder &b, Value x, double least,
                   double most) {
  Value held = arith::MinNumFOp::create(
      b, arith::MaxNumFOp::create(b, x, constant(b, least)), constant(b, most));
  Value isNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, x, x);
  return arith::SelectOp::create(b, isNaN, constant(b, 0), held);
}

static Value toInteger(ImplicitLocOpBuilder &b, Value x) {
  return arith::FPToSIOp::create(b, b.getI32Type(), x);
}

namespace {
/// The product while it is being made. The loops of the widest nest are x's
/// leading dimensions, k, and the weight's columns.
class Int8Product {
public:
  Int8Product(ImplicitLocOpBuilder &b, Value x, Value weight,
              PrecisionAttr precision, Sizes sizes)
      : b(b), x(x), weight(weight), precision(precision), sizes(sizes),
        rank(sizes.size()), leading(llvm::to_vector(llvm::seq(rank - 1))) {}

  Value create();

private:
  /// Moves what is large from x to the weight, or the other way.
  void smooth();
  /// Finds or takes low and high.
  void createRange();
  /// One number for each row of x: body(element, so far), from 0 on.
  Value reduceRows(ScalarBody body);
  Value createRowIntegers();
  Value createColumnIntegers();

  Access accessRow(Value tensor, unsigned loops) {
    return accessAt(tensor, loops, leading);
  }

  ImplicitLocOpBuilder &b;
  Value x, weight;
  PrecisionAttr precision;
  Sizes sizes;
  unsigned rank;
  SmallVector<unsigned> leading;
  Value low, high, spoilt; ///< Of each row: its ends; NaN if it has such.
  Value largest;           ///< Of each column: its largest magnitude.
};
} // namespace

Value Int8Product::reduceRows(ScalarBody body) {
  Value zero = splat(b, sizes.drop_back(), b.getF32FloatAttr(0));
  return reduce(b, accessRow(zero, rank),
                {accessAt(x, rank, llvm::to_vector(llvm::seq(rank)))}, body);
}

/// The zero point of a row that goes from `low` to `high`, as a float.
static Value getZero(ImplicitLocOpBuilder &inner, Value low, Value high) {
  Value factor = getFactor(inner, 255, arith::SubFOp::create(inner, high, low));
  Value zero = math::RoundEvenOp::create(
      inner, mul(inner, arith::NegFOp::create(inner, low), factor));
  return clamp(inner, zero, 0, 255);
}

/// q − z for each element of x.
Value Int8Product::createRowIntegers() {
  SmallVector<OpFoldResult> xSizes(sizes);
  xSizes.back() = tensor::getMixedSize(b, b.getLoc(), weight, 0);
  return mapElements(
      b, xSizes, b.getI32Type(),
      {accessAt(x, rank, llvm::to_vector(llvm::seq(rank))),
       accessRow(low, rank), accessRow(high, rank)},
      [&](ImplicitLocOpBuilder &inner, ValueRange args) -> Value {
        Value zero = getZero(inner, args[1], args[2]);
        Value factor = getFactor(
            inner, 255, arith::SubFOp::create(inner, args[2], args[1]));
        Value rounded =
            math::RoundEvenOp::create(inner, mul(inner, args[0], factor));
        Value held =
            clamp(inner, arith::AddFOp::create(inner, rounded, zero), 0, 255);
        return arith::SubIOp::create(inner, toInteger(inner, held),
                                     toInteger(inner, zero));
      });
}

Value Int8Product::createColumnIntegers() {
  SmallVector<OpFoldResult> weightSizes =
      tensor::getMixedSizes(b, b.getLoc(), weight);
  return mapElements(
      b, weightSizes, b.getI32Type(),
      {accessAt(weight, 2, {0, 1}), accessAt(largest, 2, {1})},
      [](ImplicitLocOpBuilder &inner, ValueRange args) -> Value {
        Value factor = getFactor(inner, 127, args[1]);
        Value rounded =
            math::RoundEvenOp::create(inner, mul(inner, args[0], factor));
        return toInteger(inner, clamp(inner, rounded, -127, 127));
      });
}

/// combine(element, factor) for each element of `tensor`, with the factor of
/// its place in dimension `dim`.
static Value scaleBy(ImplicitLocOpBuilder &b, Value tensor, unsigned dim,
                     Value factors, ScalarBody combine) {
  unsigned rank = cast<RankedTensorType>(tensor.getType()).getRank();
  return mapElements(b, tensor::getMixedSizes(b, b.getLoc(), tensor),
                     b.getF32Type(),
                     {accessAt(tensor, rank, llvm::to_vector(llvm::seq(rank))),
                      accessAt(factors, rank, {dim})},
                     combine);
}

void Int8Product::smooth() {
  SmallVector<float> powers = precision.getFactors();
  if (powers.empty())
    return;
  auto type = RankedTensorType::get(int64_t(powers.size()), b.getF32Type());
  Value factors = arith::ConstantOp::create(
      b, DenseElementsAttr::get(type, ArrayRef<float>(powers)));
  x = scaleBy(b, x, rank - 1, factors,
              [](ImplicitLocOpBuilder &inner, ValueRange args) -> Value {
                return arith::MulFOp::create(inner, args[0], args[1]);
              });
  weight = scaleBy(b, weight, 0, factors,
                   [](ImplicitLocOpBuilder &inner, ValueRange args) -> Value {
                     return arith::DivFOp::create(inner, args[0], args[1]);
                   });
}

void Int8Product::createRange() {
  if (DenseF32ArrayAttr range = precision.getRange()) {
    low = splat(b, sizes.drop_back(), b.getF32FloatAttr(range[0]));
    high = splat(b, sizes.drop_back(), b.getF32FloatAttr(range[1]));
    return;
  }
  low = reduceRows([](ImplicitLocOpBuilder &inner, ValueRange args) -> Value {
    return arith::MinimumFOp::create(inner, args[0], args[1]);
  });
  high = reduceRows([](ImplicitLocOpBuilder &inner, ValueRange args) -> Value {
    return arith::MaximumFOp::create(inner, args[0], args[1]);
  });
}

Value Int8Product::create() {
  smooth();
  createRange();
  spoilt =
      reduceRows([](ImplicitLocOpBuilder &inner, ValueRange args) -> Value {
        Value zero = mul(inner, args[0], constant(inner, 0));
        return arith::AddFOp::create(inner, args[1], zero);
      });
  largest =
      reduce(b, accessAt(splat(b, sizes.back(), b.getF32FloatAttr(0)), 2, {1}),
             {accessAt(weight, 2, {0, 1})},
             [](ImplicitLocOpBuilder &inner, ValueRange args) -> Value {
               return arith::MaximumFOp::create(
                   inner, math::AbsFOp::create(inner, args[0]), args[1]);
             });

  SmallVector<unsigned> xLoops = llvm::to_vector(llvm::seq(rank));
  SmallVector<unsigned> resultLoops = xLoops;
  resultLoops.back() = rank;
  Value sums = reduce(
      b,
      accessAt(splat(b, sizes, b.getI32IntegerAttr(0)), rank + 1, resultLoops),
      {accessAt(createRowIntegers(), rank + 1, xLoops),
       accessAt(createColumnIntegers(), rank + 1, {rank - 1, rank})},
      [](ImplicitLocOpBuilder &inner, ValueRange args) -> Value {
        return arith::AddIOp::create(
            inner, args[2], arith::MulIOp::create(inner, args[0], args[1]));
      });
  return mapElements(
      b, sizes, b.getF32Type(),
      {accessAt(sums, rank, xLoops), accessRow(low, rank),
       accessRow(high, rank), accessRow(spoilt, rank),
       accessAt(largest, rank, {rank - 1})},
      [](ImplicitLocOpBuilder &inner, ValueRange args) -> Value {
        Value range = arith::SubFOp::create(inner, args[2], args[1]);
        Value step = arith::AddFOp::create(
            inner, arith::DivFOp::create(inner, range, constant(inner, 255)),
            args[3]);
        Value columnStep =
            arith::DivFOp::create(inner, args[4], constant(inner, 127));
        Value sum = arith::SIToFPOp::create(inner, inner.getF32Type(), args[0]);
        return mul(inner, sum, mul(inner, step, columnStep));
      });
}

Value sopt::createInt8Product(ImplicitLocOpBuilder &b, Value x, Value weight,
                              PrecisionAttr precision, Sizes sizes) {
  return Int8Product(b, x, weight, precision, sizes).create();
}
