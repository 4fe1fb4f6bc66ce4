//===- Softmax.cpp - Softmax, LogSoftmax, Hardmax -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace sopt;

namespace {
/// A tensor, and how it and what is reduced over one axis are read in loops
/// over it.
struct Rows {
  Value tensor;
  Type type;
  int64_t axis;
  AffineMap whole, reduced;
};
} // namespace

static FailureOr<Rows> getRows(Emitter &e, Value input, int64_t axis) {
  int64_t rank = getRank(input), fromFront = normalizeAxis(axis, rank);
  if (fromFront < 0 || fromFront >= rank)
    return e.refuse("axis " + Twine(axis) + " is out of range");
  if (!isa<FloatType>(getElementType(input)))
    return e.refuse("its elements are not floats");
  Value wide = e.widen(input);
  AffineMap whole = e.getMultiDimIdentityMap(rank);
  return Rows{wide, getElementType(wide), fromFront, whole,
              whole.dropResult(fromFront)};
}

static Value getMaxima(Emitter &e, const Rows &rows) {
  // A NaN may get lost here; exp(x - max) brings it back.
  return e.reduce(
      rows.tensor, {rows.axis}, /*keepDims=*/false,
      {e.extreme(rows.type, false, /*least=*/true),
       [&](Value x, Value acc) { return e.make<arith::MaxNumFOp>(acc, x); }});
}

static Value getSums(Emitter &e, const Rows &rows, Value tensor) {
  return e.reduce(tensor, {rows.axis}, /*keepDims=*/false,
                  {e.constant(rows.type, 0), [&](Value x, Value acc) {
                     return e.addReassociable(acc, x);
                   }});
}

// exp(x - max(x)) / sum(exp(x - max(x)))
static Lowered lowerSoftmax(onnx::SoftmaxOp op,
                            onnx::SoftmaxOp::Adaptor operands, Emitter &e) {
  FailureOr<Rows> rows = getRows(e, operands.getInput(), op.getAxis());
  if (failed(rows))
    return failure();
  SmallVector<Value> sizes = e.sizes(rows->tensor);
  Value maxima = getMaxima(e, *rows);
  Value powers = e.map(
      sizes, rows->type, {{rows->tensor, rows->whole}, {maxima, rows->reduced}},
      [&](ValueRange args) {
        return e.make<math::ExpOp>(e.make<arith::SubFOp>(args[0], args[1]));
      });
  Value sums = getSums(e, *rows, powers);
  Value result = e.map(
      sizes, rows->type, {{powers, rows->whole}, {sums, rows->reduced}},
      [&](ValueRange args) { return e.make<arith::DivFOp>(args[0], args[1]); });
  return e.convertElements(result, getElementType(operands.getInput()));
}

// (x - max(x)) - log(sum(exp(x - max(x))))
static Lowered lowerLogSoftmax(onnx::LogSoftmaxOp op,
                               onnx::LogSoftmaxOp::Adaptor operands,
                               Emitter &e) {
  FailureOr<Rows> rows = getRows(e, operands.getInput(), op.getAxis());
  if (failed(rows))
    return failure();
  SmallVector<Value> sizes = e.sizes(rows->tensor);
  Value maxima = getMaxima(e, *rows);
  Value shifted = e.map(
      sizes, rows->type, {{rows->tensor, rows->whole}, {maxima, rows->reduced}},
      [&](ValueRange args) { return e.make<arith::SubFOp>(args[0], args[1]); });
  Value powers =
      e.map(sizes, rows->type, {{shifted, rows->whole}},
            [&](ValueRange args) { return e.make<math::ExpOp>(args[0]); });
  Value sums = getSums(e, *rows, powers);
  Value result = e.map(
      sizes, rows->type, {{shifted, rows->whole}, {sums, rows->reduced}},
      [&](ValueRange args) {
        return e.make<arith::SubFOp>(args[0], e.make<math::LogOp>(args[1]));
      });
  return e.convertElements(result, getElementType(operands.getInput()));
}

/// 1 at the first of the largest elements along the axis, 0 elsewhere.
static Lowered lowerHardmax(onnx::HardmaxOp op,
                            onnx::HardmaxOp::Adaptor operands, Emitter &e) {
  FailureOr<Rows> rows = getRows(e, operands.getInput(), op.getAxis());
  if (failed(rows))
    return failure();
  SmallVector<Value> sizes = e.sizes(rows->tensor);
  Value maxima = getMaxima(e, *rows);
  Value never = e.index(std::numeric_limits<int64_t>::max());
  Value positions = e.map(
      sizes, e.getIndexType(),
      {{rows->tensor, rows->whole}, {maxima, rows->reduced}},
      [&](ValueRange args) {
        Value isMax =
            e.make<arith::CmpFOp>(arith::CmpFPredicate::OEQ, args[0], args[1]);
        return e.select(isMax, linalg::IndexOp::create(e, rows->axis), never);
      });
  Value first =
      e.reduce(positions, {rows->axis}, /*keepDims=*/false,
               {never, [&](Value x, Value acc) { return e.min(x, acc); }});
  Type type = getElementType(operands.getInput());
  return e.map(sizes, type, {{first, rows->reduced}}, [&](ValueRange args) {
    Value here = linalg::IndexOp::create(e, rows->axis);
    return e.select(e.equal(here, args[0]), e.constant(type, 1),
                    e.constant(type, 0));
  });
}

void sopt::populateSoftmaxLowerings(LoweringSet &set) {
  addLowering<onnx::HardmaxOp>(set, lowerHardmax);
  addLowering<onnx::LogSoftmaxOp>(set, lowerLogSoftmax);
  addLowering<onnx::SoftmaxOp>(set, lowerSoftmax);
}
