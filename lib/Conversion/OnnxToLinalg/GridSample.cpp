//===- GridSample.cpp - Samples at coordinates that are data --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace sopt;

namespace {
enum class Padding { Zeros, Border, Reflection };

struct GridMode {
  int64_t numTaps; ///< Elements that each sample reads along a dimension.
  Padding padding;
  bool alignsCorners;
};

/// An element that a sample reads along one dimension.
struct Tap {
  Value position, weight;
  Value isInside; ///< Null where it always is.
};
} // namespace

/// `x` mirrored at `low` and `high` until it lies between them.
static Value reflect(Emitter &e, Value x, Value low, Value high) {
  Type type = x.getType();
  Value zero = e.constant(type, 0), two = e.constant(type, 2);
  Value range = e.make<arith::SubFOp>(high, low);
  Value period = e.make<arith::MulFOp>(range, two);
  Value distance = e.make<math::AbsFOp>(e.make<arith::SubFOp>(x, low));
  // A range of 0 has one point.
  Value isPoint = e.make<arith::CmpFOp>(arith::CmpFPredicate::OLE, range, zero);
  Value phase = e.make<arith::RemFOp>(
      distance, e.select(isPoint, e.constant(type, 1), period));
  Value back = e.make<arith::SubFOp>(period, phase);
  Value folded = e.make<arith::MinNumFOp>(phase, back);
  return e.select(isPoint, low, e.make<arith::AddFOp>(low, folded));
}

static Value limit(Emitter &e, Value x, Value low, Value high) {
  return e.make<arith::MinNumFOp>(e.make<arith::MaxNumFOp>(x, low), high);
}

/// The coordinate in elements that `x`, in [-1, 1], means.
static Value denormalize(Emitter &e, const GridMode &mode, Value x,
                         Value size) {
  Type type = x.getType();
  Value one = e.constant(type, 1), half = e.constant(type, 0.5);
  Value moved = e.make<arith::AddFOp>(x, one);
  if (mode.alignsCorners)
    return e.make<arith::MulFOp>(e.make<arith::MulFOp>(moved, half),
                                 e.make<arith::SubFOp>(size, one));
  return e.make<arith::MulFOp>(
      e.make<arith::SubFOp>(e.make<arith::MulFOp>(moved, size), one), half);
}

/// Weights of `numTaps` neighbours for a point at distance `s` after the one
/// before it.
static SmallVector<Value> getWeights(Emitter &e, int64_t numTaps, Value s) {
  Type type = s.getType();
  auto num = [&](double value) { return e.constant(type, value); };
  Value one = num(1), rest = e.make<arith::SubFOp>(one, s);
  if (numTaps == 1)
    return {one};
  if (numTaps == 2)
    return {rest, s};
  auto evaluate = [&](Value x, ArrayRef<double> coefficients) {
    Value result = num(coefficients.front());
    for (double c : coefficients.drop_front())
      result = e.make<arith::AddFOp>(e.make<arith::MulFOp>(result, x), num(c));
    return result;
  };
  constexpr double a = -0.75;
  auto near = [&](Value x) { return evaluate(x, {a + 2, -(a + 3), 0, 1}); };
  auto far = [&](Value x) { return evaluate(x, {a, -5 * a, 8 * a, -4 * a}); };
  return {far(e.make<arith::AddFOp>(s, one)), near(s), near(rest),
          far(e.make<arith::AddFOp>(rest, one))};
}

/// What a sample at `x`, in [-1, 1], reads along a dimension of `count`.
static SmallVector<Tap> getTaps(Emitter &e, const GridMode &mode, Value x,
                                Value count) {
  Type type = x.getType();
  auto num = [&](double value) { return e.constant(type, value); };
  Value size = e.toFloat(count, type);
  Value last = e.make<arith::SubFOp>(size, num(1));
  Value low = num(mode.alignsCorners ? 0 : -0.5);
  Value high =
      mode.alignsCorners ? last : e.make<arith::SubFOp>(size, num(0.5));
  x = denormalize(e, mode, x, size);
  if (mode.numTaps == 1)
    x = e.make<math::RoundEvenOp>(x);
  // Four taps are limited one by one, beside a point that is not.
  if (mode.padding == Padding::Border && mode.numTaps != 4)
    x = limit(e, x, num(0), last);
  if (mode.padding == Padding::Reflection)
    x = reflect(e, x, low, high);
  // Far outside, all taps are; nearer, the conversion to integers is safe.
  x = limit(e, x, num(-8), e.make<arith::AddFOp>(size, num(8)));
  Value floor = e.make<math::FloorOp>(x);
  if (mode.numTaps == 1)
    floor = x;
  SmallVector<Value> weights =
      getWeights(e, mode.numTaps, e.make<arith::SubFOp>(x, floor));
  Value lastIndex = e.sub(count, e.index(1));
  SmallVector<Tap> taps;
  for (auto [i, weight] : llvm::enumerate(weights)) {
    double offset = mode.numTaps == 4 ? double(i) - 1 : double(i);
    Value at = e.make<arith::AddFOp>(floor, num(offset));
    if (mode.padding == Padding::Reflection)
      at = reflect(e, at, low, high);
    Value position = e.toIndex(e.convert(at, e.getI64Type(), false, false));
    Value isInside;
    if (mode.padding == Padding::Zeros)
      isInside = e.compare(arith::CmpIPredicate::ult, position, count);
    taps.push_back({e.clamp(position, lastIndex), weight, isInside});
  }
  return taps;
}

/// The weighted sum of the elements at all combinations of taps, of which
/// `taps` holds those of each spatial dimension.
static Value sumTaps(Emitter &e, Value x, ArrayRef<SmallVector<Tap>> taps,
                     SmallVectorImpl<Value> &position) {
  if (taps.empty())
    return e.element(x, position);
  Value sum;
  for (const Tap &tap : taps.front()) {
    position.push_back(tap.position);
    Value inner = sumTaps(e, x, taps.drop_front(), position);
    position.pop_back();
    Value term = e.make<arith::MulFOp>(
        inner, e.convert(tap.weight, inner.getType(), false, false));
    if (tap.isInside)
      term = e.select(tap.isInside, term, e.constant(term.getType(), 0));
    sum = sum ? e.make<arith::AddFOp>(sum, term) : term;
  }
  return sum;
}

static Lowered lowerGridSample(onnx::GridSampleOp op,
                               onnx::GridSampleOp::Adaptor operands,
                               Emitter &e) {
  Value x = operands.getX(), grid = operands.getGrid();
  Type type = getElementType(x);
  int64_t rank = getRank(x), spatial = rank - 2;
  if (spatial < 1 || getRank(grid) != rank || !isa<FloatType>(type) ||
      !isa<FloatType>(getElementType(grid)))
    return e.refuse("its operands are not floats of one rank of at least 3");
  StringRef modeName = op.getMode(), paddingName = op.getPaddingMode();
  int64_t numTaps = llvm::StringSwitch<int64_t>(modeName)
                        .Case("nearest", 1)
                        .Cases({"linear", "bilinear"}, 2)
                        .Cases({"cubic", "bicubic"}, 4)
                        .Default(0);
  auto padding = llvm::StringSwitch<std::optional<Padding>>(paddingName)
                     .Case("zeros", Padding::Zeros)
                     .Case("border", Padding::Border)
                     .Case("reflection", Padding::Reflection)
                     .Default(std::nullopt);
  if (!numTaps || !padding)
    return e.refuse("mode '" + modeName + "' or padding '" + paddingName +
                    "' is not known");
  // The code for each tap is written out.
  if (spatial > 3 || (numTaps == 4 && spatial > 2))
    return e.refuse("it has too many dimensions for mode '" + modeName + "'");
  GridMode mode{numTaps, *padding, bool(op.getAlignCorners())};

  SmallVector<Value> sizes = e.sizes(x), gridSizes = e.sizes(grid);
  gridSizes.front() = sizes.front();
  gridSizes.back() = e.index(spatial);
  grid = e.fit(e.widen(grid), gridSizes);
  x = e.refine(e.widen(x));
  SmallVector<Value> resultSizes = {sizes[0], sizes[1]};
  for (int64_t dim = 0; dim < spatial; ++dim) {
    // Of nothing there are no samples.
    Value isEmpty = e.equal(sizes[dim + 2], e.index(0));
    resultSizes.push_back(e.select(isEmpty, e.index(0), gridSizes[dim + 1]));
  }
  Value result =
      e.generate(resultSizes, getElementType(x), [&](ValueRange loops) {
        SmallVector<Value> point = {loops[0]};
        llvm::append_range(point, loops.drop_front(2));
        point.push_back({});
        SmallVector<SmallVector<Tap>> taps;
        // Coordinates come innermost dimension first.
        for (int64_t dim = 0; dim < spatial; ++dim) {
          point.back() = e.index(spatial - 1 - dim);
          taps.push_back(
              getTaps(e, mode, e.element(grid, point), sizes[dim + 2]));
        }
        SmallVector<Value> position = {loops[0], loops[1]};
        return sumTaps(e, x, taps, position);
      });
  return e.convertElements(result, type);
}

//===----------------------------------------------------------------------===//
// AffineGrid
//===----------------------------------------------------------------------===//

// The points of a regular grid over [-1, 1], each times a matrix
static Lowered lowerAffineGrid(onnx::AffineGridOp op,
                               onnx::AffineGridOp::Adaptor operands,
                               Emitter &e) {
  Value theta = operands.getTheta();
  int64_t rank = cast<RankedTensorType>(op.getGrid().getType()).getRank();
  int64_t spatial = rank - 2;
  FailureOr<SmallVector<Value>> size = e.indices(operands.getSize(), rank);
  if (failed(size) || (spatial != 2 && spatial != 3) || getRank(theta) != 3 ||
      !isa<FloatType>(getElementType(theta)))
    return e.refuse("its size is not that of a 2-D or 3-D image, or its "
                    "matrices are not floats");
  Type type = getElementType(theta);
  SmallVector<Value> resultSizes = {e.size(theta, 0)};
  for (int64_t dim = 0; dim < spatial; ++dim)
    resultSizes.push_back(e.max((*size)[dim + 2], e.index(0)));
  theta = e.widen(
      e.fit(theta, {resultSizes[0], e.index(spatial), e.index(spatial + 1)}));
  Type wide = getElementType(theta);
  resultSizes.push_back(e.index(spatial));
  auto getCoordinate = [&](Value index, Value count) {
    Value i = e.toFloat(index, wide), n = e.toFloat(count, wide);
    Value one = e.constant(wide, 1), two = e.constant(wide, 2);
    if (op.getAlignCorners()) {
      // -1 + 2i / (n - 1); one point lies at the start.
      Value steps =
          e.make<arith::MaxNumFOp>(e.make<arith::SubFOp>(n, one), one);
      return e.make<arith::SubFOp>(
          e.make<arith::DivFOp>(e.make<arith::MulFOp>(i, two), steps), one);
    }
    Value twice = e.make<arith::AddFOp>(e.make<arith::MulFOp>(i, two), one);
    return e.make<arith::SubFOp>(e.make<arith::DivFOp>(twice, n), one);
  };
  Value result = e.generate(resultSizes, wide, [&](ValueRange loops) {
    auto entry = [&](int64_t column) {
      return e.element(theta, {loops[0], loops.back(), e.index(column)});
    };
    Value sum = entry(spatial);
    // Coordinates come innermost dimension first.
    for (int64_t column = 0; column < spatial; ++column) {
      int64_t dim = spatial - column;
      Value x = getCoordinate(loops[dim], resultSizes[dim]);
      sum = e.make<arith::AddFOp>(sum, e.make<arith::MulFOp>(entry(column), x));
    }
    return sum;
  });
  return e.convertElements(result, type);
}

void sopt::populateGridSampleLowerings(LoweringSet &set) {
  addLowering<onnx::AffineGridOp>(set, lowerAffineGrid);
  addLowering<onnx::GridSampleOp>(set, lowerGridSample);
}
