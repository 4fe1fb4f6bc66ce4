//===- NarrowRows.cpp - Inputs of layers, rounded row by row --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NarrowRows.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

/// The largest number of an input in int8.
static constexpr float kMostInput = 255;

/// Features of a row, those past the last included, come in multiples of this.
static int64_t getFeatureUnit(const NarrowForm &form, const Isa &isa) {
  return std::max(isa.lanes, form.group * form.getWordUnit());
}

namespace {
/// Rounds the rows of x, each by one task.
class RowRounding {
public:
  /// The arguments are x, the words and, for int8, steps and zeros; the factors
  /// of x's features, if there are; the ends of the range, if it is fixed.
  RowRounding(const NarrowForm &form, PrecisionAttr precision, VectorBuilder &b,
              ValueRange arguments)
      : form(form), b(b), x(arguments[0]), words(arguments[1]),
        features(cast<MemRefType>(x.getType()).getDimSize(1)),
        padded(llvm::alignTo(features, getFeatureUnit(form, b.getIsa()))) {
    if (form.number == Number::Bf16)
      return;
    auto next = arguments.begin() + 2;
    steps = *next++;
    zeros = *next++;
    if (precision.getSmooth())
      factors = *next++;
    if (precision.getRange()) {
      fixed.low = *next++;
      fixed.high = *next++;
    }
  }

  void build() {
    b.parallel(memref::DimOp::create(b, x, 0).getResult(), [&](ValueRange at) {
      if (form.number == Number::Int8)
        buildInt8(at[0]);
      else
        buildBf16(at[0]);
    });
  }

private:
  /// How a row is rounded to 0 … 255: in so many steps of 1, from the zero
  /// point on.
  struct Scale {
    Value factor, step, zero;
  };

  /// Of a row or of all: one not above and one not below 0.
  struct Ends {
    Value low, high;
  };

  void buildInt8(Value row);
  void buildBf16(Value row);
  Ends findEnds(Value row);
  Scale buildScale(const Ends &ends);
  /// Of the features from k on; of those past the last, 0.
  Value load(Value row, Value k);
  void store(Value integers, Value row, Value k);

  const NarrowForm &form;
  VectorBuilder &b;
  Value x, words, steps, zeros, factors;
  Ends fixed; ///< Null where each row has its own.
  int64_t features, padded;
};
} // namespace

Value RowRounding::load(Value row, Value k) {
  Value mask;
  if (features != padded)
    mask = b.firstLanes(b.sub(b.index(features), k));
  Value part = b.load(x, {row, k}, mask);
  return factors ? b.mul(part, b.load(factors, k, mask)) : part;
}

void RowRounding::store(Value integers, Value row, Value k) {
  Type element = cast<MemRefType>(words.getType()).getElementType();
  if (!element.isInteger(32))
    integers = arith::TruncIOp::create(
        b, VectorType::get(b.getLanes(), element), integers);
  b.store(integers, words, {row, k});
}

/// `x` held to what an input can be; a NaN is 0.
static Value clamp(VectorBuilder &b, Value x, Value least, Value most) {
  return b.atMost(b.atLeast(x, least), most);
}

RowRounding::Ends RowRounding::findEnds(Value row) {
  Value zero = b.splat(0.0f);
  SmallVector<Value> found =
      b.loop(b.index(0), b.index(features), b.getLanes(), {zero, zero},
             [&](Value k, ValueRange so) -> SmallVector<Value> {
               Value part = load(row, k);
               return {b.atMost(part, so[0]), b.atLeast(part, so[1])};
             });
  Value below = b.maximum(b.sub(zero, found[0]));
  return {b.sub(b.scalar(0.0f), below), b.maximum(found[1])};
}

RowRounding::Scale RowRounding::buildScale(const Ends &ends) {
  Value none = b.scalar(0.0f), most = b.scalar(kMostInput);
  Value below = b.sub(none, ends.low), range = b.add(ends.high, below);
  Value isRange =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, range, none);
  Value factor = b.select(isRange, b.div(most, range), none);
  Value zero = math::RoundEvenOp::create(b, b.mul(below, factor));
  return {factor, b.div(range, most), clamp(b, zero, none, most)};
}

void RowRounding::buildInt8(Value row) {
  Scale scale = buildScale(fixed.low ? fixed : findEnds(row));
  Value factor = b.broadcast(scale.factor), zero = b.broadcast(scale.zero);
  Value none = b.splat(0.0f), most = b.splat(kMostInput);
  // The sum of all times 0: NaN where one is no number.
  SmallVector<Value> spoilt = b.loop(
      b.index(0), b.index(padded), b.getLanes(), none,
      [&](Value k, ValueRange so) -> SmallVector<Value> {
        Value part = load(row, k);
        Value rounded = math::RoundEvenOp::create(b, b.mul(part, factor));
        Value held = clamp(b, b.add(rounded, zero), none, most);
        store(arith::FPToSIOp::create(b, b.getIntVectorType(), held), row, k);
        return {b.add(so[0], b.mul(part, none))};
      });
  memref::StoreOp::create(b, b.add(scale.step, b.sum(spoilt[0])), steps, row);
  memref::StoreOp::create(
      b, arith::FPToSIOp::create(b, b.getI32Type(), scale.zero), zeros, row);
}

/// The nearest numbers in bf16, of which each is the upper half of a word.
static Value roundInWords(VectorBuilder &b, Value x) {
  Value bits = arith::BitcastOp::create(b, b.getIntVectorType(), x);
  Value upper = arith::ShRUIOp::create(b, bits, b.splatInt(16));
  Value isOdd = arith::AndIOp::create(b, upper, b.splatInt(1));
  Value half = arith::AddIOp::create(b, isOdd, b.splatInt(0x7fff));
  Value isNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, x, x);
  Value rounded =
      b.select(isNaN, arith::OrIOp::create(b, bits, b.splatInt(0x400000)),
               arith::AddIOp::create(b, bits, half));
  return arith::AndIOp::create(b, rounded, b.splatInt(-0x10000));
}

/// The same as halves, by the instruction of those who can multiply them.
static Value roundToHalves(VectorBuilder &b, Value x) {
  Value rounded = arith::TruncFOp::create(
      b, VectorType::get(b.getLanes(), b.getBF16Type()), x);
  return vector::BitCastOp::create(
      b, VectorType::get(b.getLanes(), b.getI16Type()), rounded);
}

void RowRounding::buildBf16(Value row) {
  b.loop(b.index(0), b.index(padded), b.getLanes(), {},
         [&](Value k, ValueRange) {
           Value x = load(row, k);
           b.store(form.group == 1 ? roundInWords(b, x) : roundToHalves(b, x),
                   words, {row, k});
           return SmallVector<Value>();
         });
}

/// The least multiple of `unit` that is not below `count`.
static Value roundUp(ImplicitLocOpBuilder &b, Value count, int64_t unit) {
  if (unit == 1)
    return count;
  Value size = arith::ConstantIndexOp::create(b, unit);
  return arith::MulIOp::create(b, arith::CeilDivUIOp::create(b, count, size),
                               size);
}

/// What a kernel needs to know of `precision`: factors and ends.
static void addDetails(ImplicitLocOpBuilder &b, PrecisionAttr precision,
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

static std::string getName(int64_t features, PrecisionAttr precision) {
  std::string name = llvm::formatv("round_{0}_{1}", features,
                                   stringifyNumber(precision.getNumber()));
  if (precision.getSmooth())
    name += "_smooth";
  if (precision.getRange())
    name += "_fixed";
  return name;
}

NarrowRows::Rows NarrowRows::get(ImplicitLocOpBuilder &b, Value tensor, Value x,
                                 const NarrowForm &form,
                                 PrecisionAttr precision) {
  Rows &rows = known[{tensor, b.getInsertionBlock(), &form, precision}];
  if (rows.words)
    return rows;
  int64_t features = cast<MemRefType>(x.getType()).getDimSize(1);
  int64_t unit = getFeatureUnit(form, kernels.getIsa());
  int64_t lines = llvm::divideCeilSigned(features, unit);
  // A tile register takes the same line of 16 rows: an odd number of lines
  // between them spreads these over the sets of the first-level cache.
  if (form.hasTiles && lines % 2 == 0)
    ++lines;
  Value count = memref::DimOp::create(b, x, 0);
  rows.words = allocate(b,
                        {OpFoldResult(roundUp(b, count, form.getRowUnit())),
                         b.getIndexAttr(lines * unit)},
                        b.getIntegerType(form.getInputBits()));
  SmallVector<Value> arguments = {x, rows.words};
  if (form.number == Number::Int8) {
    rows.steps = allocate(b, OpFoldResult(count));
    rows.zeros = allocate(b, OpFoldResult(count), b.getI32Type());
    arguments.append({rows.steps, rows.zeros});
    addDetails(b, precision, arguments);
  }
  kernels.call(b, getName(features, precision), kernels.getIsa(), arguments,
               [&](VectorBuilder &b, ValueRange arguments) {
                 RowRounding(form, precision, b, arguments).build();
               });
  return rows;
}
