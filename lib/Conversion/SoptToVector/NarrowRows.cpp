//===- NarrowRows.cpp - Inputs of layers, rounded row by row --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NarrowRows.h"
#include "Int8Inputs.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

/// Features of a row, those past the last included, come in multiples of this.
static int64_t getFeatureUnit(const NarrowForm &form, const Isa &isa) {
  return std::max(isa.lanes, form.group * form.getWordUnit());
}

namespace {
/// Rounds the rows of x, each by one task.
class RowRounding {
public:
  RowRounding(const NarrowForm &form, PrecisionAttr precision, VectorBuilder &b,
              ValueRange arguments)
      : form(form), b(b), x(arguments[0]), words(arguments[1]),
        features(cast<MemRefType>(x.getType()).getDimSize(1)),
        padded(NarrowRows::getPadded(form, b.getIsa(), features)) {
    if (form.number == Number::Bf16)
      return;
    steps = arguments[2];
    zeros = arguments[3];
    details = Int8Details(precision, arguments.drop_front(4));
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
  void buildInt8(Value row);
  void buildBf16(Value row);
  Int8Ends findEnds(Value row);
  /// Of the features from k on; of those past the last, 0.
  Value load(Value row, Value k);
  void store(Value integers, Value row, Value k);

  const NarrowForm &form;
  VectorBuilder &b;
  Value x, words, steps, zeros;
  Int8Details details;
  int64_t features, padded;
};
} // namespace

Value RowRounding::load(Value row, Value k) {
  Value mask;
  if (features != padded)
    mask = b.firstLanes(b.sub(b.index(features), k));
  Value part = b.load(x, {row, k}, mask);
  return details.factors ? b.mul(part, b.load(details.factors, k, mask)) : part;
}

void RowRounding::store(Value integers, Value row, Value k) {
  Type element = cast<MemRefType>(words.getType()).getElementType();
  if (!element.isInteger(32))
    integers = arith::TruncIOp::create(
        b, VectorType::get(b.getLanes(), element), integers);
  b.store(integers, words, {row, k});
}

Int8Ends RowRounding::findEnds(Value row) {
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

void RowRounding::buildInt8(Value row) {
  Int8Scale scale =
      buildInt8Scale(b, details.fixed ? *details.fixed : findEnds(row));
  Int8Rounding rounding(b, b.broadcast(scale.factor), b.broadcast(scale.zero));
  // The sum of all times 0: NaN where one is no number.
  SmallVector<Value> spoilt =
      b.loop(b.index(0), b.index(padded), b.getLanes(), b.splat(0.0f),
             [&](Value k, ValueRange so) -> SmallVector<Value> {
               Value part = load(row, k);
               store(rounding.round(b, part), row, k);
               return {b.add(so[0], b.mul(part, b.splat(0.0f)))};
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

static std::string getName(int64_t features, PrecisionAttr precision) {
  std::string name = llvm::formatv("round_{0}_{1}", features,
                                   stringifyNumber(precision.getNumber()));
  return name + Int8Details::getSuffix(precision);
}

int64_t NarrowRows::getPadded(const NarrowForm &form, const Isa &isa,
                              int64_t features) {
  return llvm::alignTo(features, getFeatureUnit(form, isa));
}

void NarrowRows::build(VectorBuilder &b, const NarrowForm &form,
                       PrecisionAttr precision, ValueRange arguments) {
  RowRounding(form, precision, b, arguments).build();
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
    Int8Details::append(b, precision, arguments);
  }
  kernels.call(b, getName(features, precision), kernels.getIsa(), arguments,
               [&](VectorBuilder &b, ValueRange arguments) {
                 build(b, form, precision, arguments);
               });
  return rows;
}
