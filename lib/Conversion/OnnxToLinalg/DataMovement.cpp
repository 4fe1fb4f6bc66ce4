//===- DataMovement.cpp - Operators that select, join or repeat elements ===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sopt;

//===----------------------------------------------------------------------===//
// Concat and Split
//===----------------------------------------------------------------------===//

static Lowered lowerConcat(onnx::ConcatOp op, onnx::ConcatOp::Adaptor operands,
                           Emitter &e) {
  SmallVector<Value> inputs(operands.getInputs());
  int64_t rank = inputs.empty() ? 0 : getRank(inputs.front());
  int64_t axis = normalizeAxis(op.getAxis(), rank);
  if (axis < 0 || axis >= rank ||
      !llvm::all_of(inputs, [&](Value v) { return getRank(v) == rank; }))
    return e.refuse("its operands have no common dimension to join");
  // What is known to be empty has no place, not even at the end.
  Value first = inputs.front();
  llvm::erase_if(inputs, [&](Value input) {
    return cast<RankedTensorType>(input.getType()).getDimSize(axis) == 0;
  });
  if (inputs.empty())
    return first;
  if (inputs.size() == 1)
    return inputs.front();
  if (rank == 1 &&
      llvm::all_of(inputs, [&](Value v) { return e.isScalars(v); })) {
    SmallVector<Value> elements;
    for (Value input : inputs)
      llvm::append_range(elements, e.scalars(input));
    return e.fromScalars(elements, {int64_t(elements.size())},
                         getElementType(inputs.front()));
  }
  return e.concat(inputs, axis);
}

/// The sizes of the parts into which `total` elements are split.
static FailureOr<SmallVector<Value>>
getPartSizes(onnx::SplitOp op, onnx::SplitOp::Adaptor operands, Value total,
             Emitter &e) {
  int64_t count = op.getNumResults();
  if (operands.getSplit()) {
    FailureOr<SmallVector<Value>> sizes = e.indices(operands.getSplit(), count);
    if (succeeded(sizes))
      for (Value &size : *sizes)
        size = e.max(size, e.index(0));
    return sizes;
  }
  // All of one size, but for the last, which may be smaller.
  Value most = e.ceilDiv(total, e.index(count));
  SmallVector<Value> result;
  Value left = total;
  for (int64_t part = 0; part < count; ++part) {
    result.push_back(e.min(most, left));
    left = e.sub(left, result.back());
  }
  return result;
}

static Lowered lowerSplit(onnx::SplitOp op, onnx::SplitOp::Adaptor operands,
                          Emitter &e) {
  Value input = operands.getInput();
  SmallVector<Value> sizes = e.sizes(input);
  int64_t axis = normalizeAxis(op.getAxis(), sizes.size());
  if (axis < 0 || axis >= int64_t(sizes.size()))
    return e.refuse("axis " + Twine(int64_t(op.getAxis())) +
                    " is out of range");
  FailureOr<SmallVector<Value>> parts =
      getPartSizes(op, operands, sizes[axis], e);
  if (failed(parts))
    return e.refuse("'split' is not a vector of integers");
  if (operands.getSplit()) {
    Value total = e.index(0);
    for (Value part : *parts)
      total = e.add(total, part);
    sizes[axis] = total;
    input = e.fit(input, sizes);
  }
  SmallVector<Value> offsets(sizes.size(), e.index(0)), results;
  for (Value part : *parts) {
    sizes[axis] = part;
    results.push_back(e.slice(input, offsets, sizes));
    offsets[axis] = e.add(offsets[axis], part);
  }
  return results;
}

//===----------------------------------------------------------------------===//
// Slice
//===----------------------------------------------------------------------===//

namespace {
/// Elements first, first + step, … of a dimension, `count` of them.
struct SliceRange {
  Value first, count, step;
};
} // namespace

/// `bound` counted from the front and limited: to [0, size], or where the slice
/// runs backwards, to [0, size − 1] for its start and [−1, size − 1] for its
/// end.
static Value limitBound(Emitter &e, Value bound, Value size, bool isBackwards,
                        bool isStart) {
  std::optional<int64_t> constant = getConstantSize(bound);
  bool isFromEnd = !isKnownNonNegative(bound);
  if (!isBackwards) {
    if (constant && *constant >= std::numeric_limits<int32_t>::max())
      return size;
    Value position = isFromEnd ? e.wrapNegative(bound, size) : bound;
    return position == size ? size : e.clamp(position, size);
  }
  Value last = e.sub(size, e.index(1));
  Value position = isFromEnd ? e.wrapNegative(bound, size) : bound;
  Value low = e.index(isStart ? 0 : -1);
  // The smaller limit last: of nothing there is no first element, and a slice
  // that starts and ends at −1 is empty.
  return e.min(e.max(position, low), last);
}

static SliceRange getRange(Emitter &e, Value start, Value end, Value step,
                           Value size) {
  // How many steps of `stride`, which is positive, lead from `start` to `end`.
  auto getRangeTowards = [&](bool isBackwards, Value stride) {
    Value first = limitBound(e, start, size, isBackwards, /*isStart=*/true);
    Value last = limitBound(e, end, size, isBackwards, /*isStart=*/false);
    Value distance = isBackwards ? e.sub(first, last) : e.sub(last, first);
    Value count = e.max(e.ceilDiv(distance, stride), e.index(0));
    return SliceRange{first, count, step};
  };
  Value opposite = e.sub(e.index(0), step);
  if (std::optional<int64_t> constant = getConstantSize(step))
    return *constant > 0 ? getRangeTowards(false, step)
                         : getRangeTowards(true, opposite);
  // A step of 0 has no meaning; the divisions must not see it.
  SliceRange forwards = getRangeTowards(false, e.max(step, e.index(1)));
  SliceRange backwards = getRangeTowards(true, e.max(opposite, e.index(1)));
  Value isForwards = e.less(e.index(0), step);
  return {e.select(isForwards, forwards.first, backwards.first),
          e.select(isForwards, forwards.count, backwards.count), step};
}

static Lowered lowerSlice(onnx::SliceOp op, onnx::SliceOp::Adaptor operands,
                          Emitter &e) {
  Value data = operands.getData();
  SmallVector<Value> sizes = e.sizes(data);
  int64_t rank = sizes.size();
  auto startsType = getTensorType(operands.getStarts());
  if (startsType.getRank() != 1 || startsType.isDynamicDim(0))
    return e.refuse("how many axes it slices is not constant");
  int64_t count = startsType.getDimSize(0);
  auto orDefault = [&](Value given, auto makeDefault) {
    if (given)
      return e.indices(given, count);
    SmallVector<Value> values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(e.index(makeDefault(i)));
    return FailureOr<SmallVector<Value>>(values);
  };
  FailureOr<SmallVector<Value>> starts = e.indices(operands.getStarts(), count);
  FailureOr<SmallVector<Value>> ends = e.indices(operands.getEnds(), count);
  FailureOr<SmallVector<Value>> axes =
      orDefault(operands.getAxes(), [](int64_t i) { return i; });
  FailureOr<SmallVector<Value>> steps =
      orDefault(operands.getSteps(), [](int64_t) { return 1; });
  if (failed(starts) || failed(ends) || failed(axes) || failed(steps))
    return e.refuse("its bounds are not vectors of integers");

  SmallVector<Value> offsets, resultSizes, strides;
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    Value start = e.index(0), end = size, step = e.index(1);
    for (auto [i, axis] : llvm::enumerate(*axes)) {
      Value isHere = e.equal(e.wrapNegative(axis, e.index(rank)), e.index(dim));
      start = e.select(isHere, (*starts)[i], start);
      end = e.select(isHere, (*ends)[i], end);
      step = e.select(isHere, (*steps)[i], step);
    }
    if (getConstantSize(step) == 0)
      return e.refuse("a step is 0");
    SliceRange range = getRange(e, start, end, step, size);
    offsets.push_back(range.first);
    resultSizes.push_back(range.count);
    strides.push_back(range.step);
  }

  if (e.isScalars(data) && sizes.size() == 1 && getConstantSize(offsets[0]) &&
      getConstantSize(resultSizes[0]) && getConstantSize(strides[0])) {
    SmallVector<Value> elements;
    int64_t position = *getConstantSize(offsets[0]);
    int64_t length = *getConstantSize(resultSizes[0]);
    for (int64_t i = 0; i < length;
         ++i, position += *getConstantSize(strides[0]))
      elements.push_back(e.scalar(data, position));
    return e.fromScalars(elements, {length}, getElementType(data));
  }
  // Upstream's slices only go forwards, by a stride that is known.
  std::optional<SmallVector<int64_t>> known = SmallVector<int64_t>();
  for (Value stride : strides) {
    std::optional<int64_t> constant = getConstantSize(stride);
    if (constant && *constant > 0 && known)
      known->push_back(*constant);
    else
      known = std::nullopt;
  }
  if (known)
    return e.slice(data, offsets, resultSizes, *known);
  return e.generate(resultSizes, getElementType(data), [&](ValueRange loops) {
    SmallVector<Value> indices;
    for (auto [loop, offset, stride] : llvm::zip_equal(loops, offsets, strides))
      indices.push_back(e.add(offset, e.mul(loop, stride)));
    return e.element(data, indices);
  });
}

//===----------------------------------------------------------------------===//
// Expand and Tile
//===----------------------------------------------------------------------===//

static Lowered lowerExpand(onnx::ExpandOp op, onnx::ExpandOp::Adaptor operands,
                           Emitter &e) {
  auto shapeType = getTensorType(operands.getShape());
  if (shapeType.getRank() != 1)
    return e.refuse("its shape is not a vector");
  int64_t count =
      shapeType.isDynamicDim(0)
          ? cast<RankedTensorType>(op.getOutput().getType()).getRank()
          : shapeType.getDimSize(0);
  FailureOr<SmallVector<Value>> shape = e.indices(operands.getShape(), count);
  if (failed(shape))
    return e.refuse("its shape is not a vector of integers");
  for (Value &size : *shape)
    size = e.max(size, e.index(0));
  FailureOr<SmallVector<Value>> sizes =
      e.broadcastSizes({e.sizes(operands.getInput()), *shape});
  if (failed(sizes))
    return e.refuse("its operand does not broadcast to its shape");
  return e.broadcastTo(operands.getInput(), *sizes);
}

static Lowered lowerTile(onnx::TileOp op, onnx::TileOp::Adaptor operands,
                         Emitter &e) {
  Value input = operands.getInput();
  SmallVector<Value> sizes = e.sizes(input), resultSizes;
  FailureOr<SmallVector<Value>> repeats =
      e.indices(operands.getRepeats(), sizes.size());
  if (failed(repeats))
    return e.refuse("its repeats are not one integer per dimension");
  for (auto [size, repeat] : llvm::zip_equal(sizes, *repeats))
    resultSizes.push_back(e.mul(size, e.max(repeat, e.index(0))));
  return e.generate(resultSizes, getElementType(input), [&](ValueRange loops) {
    SmallVector<Value> indices;
    for (auto [loop, size, repeat] : llvm::zip_equal(loops, sizes, *repeats))
      indices.push_back(getConstantSize(repeat) == 1
                            ? loop
                            : e.make<arith::RemUIOp>(loop, size));
    return e.element(input, indices);
  });
}

//===----------------------------------------------------------------------===//
// Pad and CenterCropPad
//===----------------------------------------------------------------------===//

/// Where a dimension of `size` is read for `position`, which may lie outside.
static Value mapOutside(Emitter &e, StringRef mode, Value position,
                        Value size) {
  Value last = e.sub(size, e.index(1));
  if (mode == "wrap")
    return e.remainder(position, size);
  if (mode != "reflect")
    return e.clamp(position, last);
  // … 2 1 0 1 2 … last … 2 1 0: a period of 2·last, or 1 for one element.
  Value period = e.max(e.mul(last, e.index(2)), e.index(1));
  Value phase = e.remainder(position, period);
  return e.min(phase, e.sub(period, phase));
}

static Lowered lowerPad(onnx::PadOp op, onnx::PadOp::Adaptor operands,
                        Emitter &e) {
  Value data = operands.getData();
  SmallVector<Value> sizes = e.sizes(data);
  int64_t rank = sizes.size();
  int64_t count = rank;
  if (operands.getAxes()) {
    auto type = getTensorType(operands.getAxes());
    if (!type.hasStaticShape())
      return e.refuse("how many axes it pads is not constant");
    count = type.getNumElements();
  }
  FailureOr<SmallVector<Value>> pads = e.indices(operands.getPads(), 2 * count);
  FailureOr<SmallVector<Value>> axes = SmallVector<Value>();
  if (operands.getAxes())
    axes = e.indices(operands.getAxes(), count);
  if (failed(axes) || failed(pads))
    return e.refuse("its axes are no vector, or its pads are not two per axis");
  SmallVector<Value> low(rank, e.index(0)), high(low);
  for (int64_t i = 0; i < count; ++i) {
    if (axes->empty()) {
      low[i] = (*pads)[i];
      high[i] = (*pads)[i + count];
      continue;
    }
    Value axis = e.wrapNegative((*axes)[i], e.index(rank));
    Value isAxis = e.compare(arith::CmpIPredicate::ult, axis, e.index(rank));
    e.reportIf(e.negate(isAxis), kReportBadIndex, axis, e.index(rank));
    for (int64_t dim = 0; dim < rank; ++dim) {
      Value isHere = e.equal(axis, e.index(dim));
      low[dim] = e.select(isHere, (*pads)[i], low[dim]);
      high[dim] = e.select(isHere, (*pads)[i + count], high[dim]);
    }
  }
  Type type = getElementType(data);
  StringRef mode = op.getMode();
  Value fill = operands.getConstantValue()
                   ? e.single(operands.getConstantValue())
                   : e.constant(type, 0);
  if (mode == "constant" && llvm::all_of(low, isKnownNonNegative) &&
      llvm::all_of(high, isKnownNonNegative))
    return e.pad(data, low, high, fill);

  SmallVector<Value> resultSizes;
  for (auto [size, before, after] : llvm::zip_equal(sizes, low, high))
    resultSizes.push_back(e.max(e.add(e.add(before, size), after), e.index(0)));
  return e.generate(resultSizes, type, [&](ValueRange loops) {
    SmallVector<Value> indices;
    Value isInside = e.constantInt(e.getI1Type(), 1);
    for (auto [loop, before, size] : llvm::zip_equal(loops, low, sizes)) {
      Value position = e.sub(loop, before);
      isInside = e.both(isInside,
                        e.compare(arith::CmpIPredicate::ult, position, size));
      indices.push_back(mapOutside(e, mode, position, size));
    }
    Value inside = e.element(data, indices);
    return mode == "constant" ? e.select(isInside, inside, fill) : inside;
  });
}

static Lowered lowerCenterCropPad(onnx::CenterCropPadOp op,
                                  onnx::CenterCropPadOp::Adaptor operands,
                                  Emitter &e) {
  Value input = operands.getInputData();
  SmallVector<Value> sizes = e.sizes(input), resultSizes(sizes);
  int64_t rank = sizes.size();
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (op.getAxes())
    axes = llvm::to_vector(*op.getAxes());
  FailureOr<SmallVector<Value>> shape =
      e.indices(operands.getShape(), axes.size());
  if (failed(shape))
    return e.refuse("its shape is not one size per axis");
  // Of two halves, the first is the smaller.
  SmallVector<Value> cut(rank, e.index(0)), added(rank, e.index(0));
  for (auto [axis, wanted] : llvm::zip_equal(axes, *shape)) {
    axis = normalizeAxis(axis, rank);
    if (axis < 0 || axis >= rank)
      return e.refuse("an axis is out of range");
    wanted = e.max(wanted, e.index(0));
    Value two = e.index(2), size = sizes[axis];
    cut[axis] = e.div(e.max(e.sub(size, wanted), e.index(0)), two);
    added[axis] = e.div(e.max(e.sub(wanted, size), e.index(0)), two);
    resultSizes[axis] = wanted;
  }
  Type type = getElementType(input);
  SmallVector<Value> kept, high;
  for (auto [size, result, before] :
       llvm::zip_equal(sizes, resultSizes, added)) {
    kept.push_back(e.min(size, result));
    high.push_back(e.sub(e.sub(result, kept.back()), before));
  }
  return e.pad(e.slice(input, cut, kept), added, high, e.constant(type, 0));
}

//===----------------------------------------------------------------------===//
// ReverseSequence, Trilu
//===----------------------------------------------------------------------===//

static Lowered lowerReverseSequence(onnx::ReverseSequenceOp op,
                                    onnx::ReverseSequenceOp::Adaptor operands,
                                    Emitter &e) {
  Value input = operands.getInput();
  SmallVector<Value> sizes = e.sizes(input);
  int64_t time = op.getTimeAxis(), batch = op.getBatchAxis();
  if (sizes.size() < 2 || time + batch != 1 || time * batch != 0)
    return e.refuse("its axes are not 0 and 1");
  Value lengths = e.fit(operands.getSequenceLens(), {sizes[batch]});
  return e.generate(sizes, getElementType(input), [&](ValueRange loops) {
    Value length =
        e.min(e.toIndex(e.element(lengths, loops[batch])), sizes[time]);
    SmallVector<Value> indices(loops);
    Value mirrored = e.sub(e.sub(length, e.index(1)), loops[time]);
    indices[time] =
        e.select(e.less(loops[time], length), mirrored, loops[time]);
    return e.element(input, indices);
  });
}

static Lowered lowerTrilu(onnx::TriluOp op, onnx::TriluOp::Adaptor operands,
                          Emitter &e) {
  Value input = operands.getInput();
  SmallVector<Value> sizes = e.sizes(input);
  int64_t rank = sizes.size();
  if (rank < 2)
    return e.refuse("its operand has no matrices");
  Value shift =
      operands.getK() ? e.toIndex(e.single(operands.getK())) : e.index(0);
  Type type = getElementType(input);
  return e.map(sizes, type, {{input, e.getMultiDimIdentityMap(rank)}},
               [&](ValueRange args) {
                 Value row = linalg::IndexOp::create(e, rank - 2);
                 Value column = linalg::IndexOp::create(e, rank - 1);
                 Value diagonal = e.add(row, shift);
                 auto predicate = op.getUpper() ? arith::CmpIPredicate::sge
                                                : arith::CmpIPredicate::sle;
                 return e.select(e.compare(predicate, column, diagonal),
                                 args[0], e.constant(type, 0));
               });
}

void sopt::populateDataMovementLowerings(LoweringSet &set) {
  addLowering<onnx::CenterCropPadOp>(set, lowerCenterCropPad);
  addLowering<onnx::ConcatOp>(set, lowerConcat);
  addLowering<onnx::ExpandOp>(set, lowerExpand);
  addLowering<onnx::PadOp>(set, lowerPad);
  addLowering<onnx::ReverseSequenceOp>(set, lowerReverseSequence);
  addLowering<onnx::SliceOp>(set, lowerSlice);
  addLowering<onnx::SplitOp>(set, lowerSplit);
  addLowering<onnx::TileOp>(set, lowerTile);
  addLowering<onnx::TriluOp>(set, lowerTrilu);
}
