//===- Detection.cpp - Boxes: NonMaxSuppression, RoiAlign -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "Sorting.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sopt;

static Value sub(Emitter &e, Value a, Value b) {
  return e.make<arith::SubFOp>(a, b);
}
static Value div(Emitter &e, Value a, Value b) {
  return e.make<arith::DivFOp>(a, b);
}
static Value least(Emitter &e, Value a, Value b) {
  return e.make<arith::MinNumFOp>(a, b);
}
static Value most(Emitter &e, Value a, Value b) {
  return e.make<arith::MaxNumFOp>(a, b);
}
static Value isGreater(Emitter &e, Value a, Value b) {
  return e.make<arith::CmpFOp>(arith::CmpFPredicate::OGT, a, b);
}
//===----------------------------------------------------------------------===//
// NonMaxSuppression
//===----------------------------------------------------------------------===//

namespace {
struct Suppression {
  Value boxes, scores; ///< Batch × box × 4; batch × class × box.
  Value most;          ///< Boxes kept of each batch and class.
  Value overlap;       ///< What boxes have in common at most.
  Value score;         ///< A box must have a greater one; null if it need not.
  bool isCentred;      ///< Boxes are centre and size, not two corners.
};

/// Sides of a rectangle.
struct Box {
  Value top, left, bottom, right;
};
} // namespace

static Box readBox(Emitter &e, const Suppression &s, Value batch, Value box) {
  SmallVector<Value> n;
  for (int64_t i = 0; i < 4; ++i)
    n.push_back(e.element(s.boxes, {batch, box, e.index(i)}));
  if (!s.isCentred)
    return {least(e, n[0], n[2]), least(e, n[1], n[3]), most(e, n[0], n[2]),
            most(e, n[1], n[3])};
  Value half = e.constant(n[0].getType(), 0.5);
  Value x = e.mulFloat(n[2], half), y = e.mulFloat(n[3], half);
  return {sub(e, n[1], y), sub(e, n[0], x), e.addFloat(n[1], y),
          e.addFloat(n[0], x)};
}

static Value getArea(Emitter &e, const Box &box) {
  return e.mulFloat(sub(e, box.bottom, box.top), sub(e, box.right, box.left));
}

/// Whether the boxes' intersection is more than `overlap` of their union.
static Value doOverlap(Emitter &e, const Box &a, const Box &b, Value overlap) {
  Value zero = e.constant(overlap.getType(), 0);
  Box common = {most(e, a.top, b.top), most(e, a.left, b.left),
                least(e, a.bottom, b.bottom), least(e, a.right, b.right)};
  Value isCommon = e.both(isGreater(e, common.bottom, common.top),
                          isGreater(e, common.right, common.left));
  Value intersection = getArea(e, common);
  Value areaA = getArea(e, a), areaB = getArea(e, b);
  Value whole = sub(e, e.addFloat(areaA, areaB), intersection);
  Value isProper =
      e.both(e.both(isGreater(e, areaA, zero), isGreater(e, areaB, zero)),
             isGreater(e, whole, zero));
  return e.both(e.both(isCommon, isProper),
                isGreater(e, div(e, intersection, whole), overlap));
}

/// Whether `box`, if it `mayBe`, overlaps none of those kept from `start` to
/// `count`.
static Value isKept(Emitter &e, const Suppression &s, Value kept, Value start,
                    Value count, Value batch, Value box, Value mayBe) {
  SmallVector<Value> initial = {start, mayBe};
  SmallVector<Type> types(ValueRange(initial).getTypes());
  SmallVector<Location> locations(2, e.getLoc());
  Box own = readBox(e, s, batch, box);
  auto loop = scf::WhileOp::create(e, types, initial);
  OpBuilder::InsertionGuard guard(e);
  Block *before = e.createBlock(&loop.getBefore(), {}, types, locations);
  Value isLeft = e.less(before->getArgument(0), count);
  scf::ConditionOp::create(e, e.both(isLeft, before->getArgument(1)),
                           before->getArguments());
  Block *after = e.createBlock(&loop.getAfter(), {}, types, locations);
  Value next = after->getArgument(0);
  Value other = e.toIndex(e.element(kept, {next, e.index(2)}));
  Value overlaps = doOverlap(e, own, readBox(e, s, batch, other), s.overlap);
  scf::YieldOp::create(e,
                       ValueRange{e.add(next, e.index(1)), e.negate(overlaps)});
  return loop.getResult(1);
}

/// Adds the boxes kept of one batch and class to the `count` in `kept`.
static std::pair<Value, Value> suppress(Emitter &e, const Suppression &s,
                                        Value kept, Value count, Value batch,
                                        Value category) {
  SmallVector<Value> scoreSizes = e.sizes(s.scores);
  Value zero = e.index(0), one = e.index(1);
  auto getScore = [&](Value box) {
    return e.element(s.scores, {batch, category, box});
  };
  Value order = sortPositions(e, scoreSizes[2], [&](Value a, Value b) {
    return isGreater(e, getScore(a), getScore(b));
  });
  auto loop =
      scf::ForOp::create(e, zero, scoreSizes[2], one, ValueRange{kept, count});
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(loop.getBody());
  Value soFar = loop.getRegionIterArgs()[0];
  Value numSoFar = loop.getRegionIterArgs()[1];
  Value box = e.element(order, loop.getInductionVar());
  Value mayBe = e.less(e.sub(numSoFar, count), s.most);
  if (s.score)
    mayBe = e.both(mayBe, isGreater(e, getScore(box), s.score));
  Value keep = isKept(e, s, soFar, count, numSoFar, batch, box, mayBe);
  auto branch = scf::IfOp::create(e, ValueRange{soFar, numSoFar}.getTypes(),
                                  keep, /*withElseRegion=*/true);
  e.setInsertionPointToStart(branch.thenBlock());
  Value written = soFar;
  for (auto [column, value] :
       llvm::enumerate(SmallVector<Value>{batch, category, box}))
    written =
        tensor::InsertOp::create(e, e.fromIndex(value, e.getI64Type()), written,
                                 ValueRange{numSoFar, e.index(column)});
  scf::YieldOp::create(e, ValueRange{written, e.add(numSoFar, one)});
  e.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(e, ValueRange{soFar, numSoFar});
  e.setInsertionPointAfter(branch);
  scf::YieldOp::create(e, branch.getResults());
  return {loop.getResult(0), loop.getResult(1)};
}

static Lowered
lowerNonMaxSuppression(onnx::NonMaxSuppressionOp op,
                       onnx::NonMaxSuppressionOp::Adaptor operands,
                       Emitter &e) {
  Suppression s;
  if (getRank(operands.getBoxes()) != 3 || getRank(operands.getScores()) != 3 ||
      !isa<FloatType>(getElementType(operands.getBoxes())))
    return e.refuse("its boxes and scores are not floats of rank 3");
  SmallVector<Value> sizes = e.sizes(operands.getScores());
  s.scores = e.refine(operands.getScores());
  s.boxes = e.fit(operands.getBoxes(), {sizes[0], sizes[2], e.index(4)});
  s.isCentred = op.getCenterPointBox();
  Type f32 = e.getF32Type();
  auto number = [&](Value tensor) {
    return e.convert(e.single(tensor), f32, false, false);
  };
  s.overlap = operands.getIouThreshold() ? number(operands.getIouThreshold())
                                         : e.constant(f32, 0);
  if (operands.getScoreThreshold())
    s.score = number(operands.getScoreThreshold());
  s.most = e.index(0);
  if (operands.getMaxOutputBoxesPerClass())
    s.most = e.clamp(e.toIndex(e.single(operands.getMaxOutputBoxesPerClass())),
                     sizes[2]);

  Value zero = e.index(0), one = e.index(1);
  Value room = e.mul(e.mul(sizes[0], sizes[1]), s.most);
  Value kept = e.empty({room, e.index(3)}, e.getI64Type());
  scf::LoopNest nest = scf::buildLoopNest(
      e, e.getLoc(), {zero, zero}, {sizes[0], sizes[1]}, {one, one},
      ValueRange{kept, zero},
      [&](OpBuilder &, Location, ValueRange loops, ValueRange carried) {
        auto [found, count] =
            suppress(e, s, carried[0], carried[1], loops[0], loops[1]);
        return scf::ValueVector{found, count};
      });
  kept = e.withSizes(nest.results[0], {room, e.index(3)});
  return e.slice(kept, {zero, zero},
                 SmallVector<Value>{nest.results[1], e.index(3)});
}

//===----------------------------------------------------------------------===//
// RoiAlign
//===----------------------------------------------------------------------===//

namespace {
/// One dimension of a region: where its bins and their samples lie.
struct Extent {
  Value start, binSize; ///< In elements of the operand, as floats.
  Value samples;        ///< Of each bin.
  Value size;           ///< Of the operand.
};

/// A sample between two elements of one dimension.
struct Sample {
  Value low, high, lowWeight, highWeight;
  Value isOutside;
};
} // namespace

/// Sample `i` of bin `bin`.
static Sample getSample(Emitter &e, const Extent &extent, Value bin, Value i) {
  Type type = extent.start.getType();
  auto num = [&](double value) { return e.constant(type, value); };
  Value step = div(e, extent.binSize, e.toFloat(extent.samples, type));
  Value x =
      e.addFloat(e.addFloat(extent.start,
                            e.mulFloat(e.toFloat(bin, type), extent.binSize)),
                 e.mulFloat(e.addFloat(e.toFloat(i, type), num(0.5)), step));
  Value size = e.toFloat(extent.size, type);
  Value isOutside = e.either(isGreater(e, num(-1), x), isGreater(e, x, size));
  Value last = sub(e, size, num(1));
  x = most(e, least(e, x, last), num(0));
  Value floor = e.make<math::FloorOp>(x);
  Value low = e.toIndex(e.convert(floor, e.getI64Type(), false, false));
  Value lastIndex = e.sub(extent.size, e.index(1));
  Value highWeight = sub(e, x, floor);
  return {e.clamp(low, lastIndex), e.clamp(e.add(low, e.index(1)), lastIndex),
          sub(e, num(1), highWeight), highWeight, isOutside};
}

/// Combines the samples of one bin, of which `loops` is (region, channel, row,
/// column).
static Value poolBin(Emitter &e, Value x, Value batch, ValueRange loops,
                     const Extent &rows, const Extent &columns, bool isMax) {
  Type type = getElementType(x);
  Value zero = e.index(0), one = e.index(1);
  // Nothing was seen yet; the greatest of no samples is 0.
  Value start = e.constant(type, isMax ? -HUGE_VAL : 0);
  auto pixel = [&](Value row, Value column) {
    return e.element(x, {batch, loops[1], row, column});
  };
  scf::LoopNest nest = scf::buildLoopNest(
      e, e.getLoc(), {zero, zero}, {rows.samples, columns.samples}, {one, one},
      ValueRange{start},
      [&](OpBuilder &, Location, ValueRange samples, ValueRange carried) {
        Sample y = getSample(e, rows, loops[2], samples[0]);
        Sample z = getSample(e, columns, loops[3], samples[1]);
        Value isOutside = e.either(y.isOutside, z.isOutside);
        Value corners[] = {e.mulFloat(e.mulFloat(y.lowWeight, z.lowWeight),
                                      pixel(y.low, z.low)),
                           e.mulFloat(e.mulFloat(y.lowWeight, z.highWeight),
                                      pixel(y.low, z.high)),
                           e.mulFloat(e.mulFloat(y.highWeight, z.lowWeight),
                                      pixel(y.high, z.low)),
                           e.mulFloat(e.mulFloat(y.highWeight, z.highWeight),
                                      pixel(y.high, z.high))};
        Value value = corners[0];
        for (Value corner : ArrayRef(corners).drop_front())
          value = isMax ? most(e, value, corner) : e.addFloat(value, corner);
        value = e.select(isOutside, e.constant(type, 0), value);
        return scf::ValueVector{isMax ? most(e, carried[0], value)
                                      : e.addFloat(carried[0], value)};
      });
  Value count = e.mul(rows.samples, columns.samples);
  Value divisor = e.toFloat(e.max(count, one), type);
  return isMax ? e.select(e.equal(count, zero), e.constant(type, 0),
                          nest.results[0])
               : div(e, nest.results[0], divisor);
}

static Lowered lowerRoiAlign(onnx::RoiAlignOp op,
                             onnx::RoiAlignOp::Adaptor operands, Emitter &e) {
  Value x = e.widen(operands.getX()), rois = e.widen(operands.getRois());
  Type type = getElementType(x);
  if (getRank(x) != 4 || getRank(rois) != 2 || !isa<FloatType>(type) ||
      getRank(operands.getBatchIndices()) != 1 || getElementType(rois) != type)
    return e.refuse("its operands are not an image and regions of one type");
  if (op.getMode() != "avg" && op.getMode() != "max")
    return e.refuse("mode '" + op.getMode() + "' is not known");
  SmallVector<Value> sizes = e.sizes(x);
  x = e.refine(x);
  Value count = e.size(rois, 0);
  rois = e.fit(rois, {count, e.index(4)});
  Value batches = e.fit(operands.getBatchIndices(), {count});
  e.checkIndices(batches, /*isUnsigned=*/false, sizes[0]);
  bool isHalfPixel = op.getCoordinateTransformationMode() == "half_pixel";
  int64_t ratio = op.getSamplingRatio();
  double scale = op.getSpatialScale().convertToDouble();

  // Corner `corner` of a region is its start along a dimension, the one two
  // further on its end.
  auto getExtent = [&](Value region, int64_t corner, int64_t bins, Value size) {
    auto coordinate = [&](int64_t which) {
      Value given = e.element(rois, {region, e.index(which)});
      Value scaled = e.mulFloat(given, e.constant(type, scale));
      return isHalfPixel ? sub(e, scaled, e.constant(type, 0.5)) : scaled;
    };
    Value start = coordinate(corner);
    Value length = sub(e, coordinate(corner + 2), start);
    if (!isHalfPixel)
      length = most(e, length, e.constant(type, 1));
    Value binSize = div(e, length, e.constant(type, bins));
    Value samples = e.index(ratio);
    if (ratio <= 0) {
      // As many as elements; no more than any image has.
      Value limited =
          least(e, e.make<math::CeilOp>(binSize), e.constant(type, 1 << 20));
      limited = most(e, limited, e.constant(type, 0));
      samples = e.toIndex(e.convert(limited, e.getI64Type(), false, false));
    }
    return Extent{start, binSize, samples, size};
  };
  int64_t height = op.getOutputHeight(), width = op.getOutputWidth();
  if (height < 0 || width < 0)
    return e.refuse("its output size is negative");
  SmallVector<Value> resultSizes = {count, sizes[1], e.index(height),
                                    e.index(width)};
  Value result = e.generate(resultSizes, type, [&](ValueRange loops) {
    Value batch = e.safeIndex(e.element(batches, loops[0]),
                              /*isUnsigned=*/false, sizes[0]);
    return poolBin(e, x, batch, loops, getExtent(loops[0], 1, height, sizes[2]),
                   getExtent(loops[0], 0, width, sizes[3]),
                   op.getMode() == "max");
  });
  return e.convertElements(result, getElementType(operands.getX()));
}

void sopt::populateDetectionLowerings(LoweringSet &set) {
  addLowering<onnx::NonMaxSuppressionOp>(set, lowerNonMaxSuppression);
  addLowering<onnx::RoiAlignOp>(set, lowerRoiAlign);
}
