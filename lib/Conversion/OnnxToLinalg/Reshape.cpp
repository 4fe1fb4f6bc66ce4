//===- Reshape.cpp - Operators that only change the shape ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "RunTimeAxes.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace sopt;

//===----------------------------------------------------------------------===//
// Reshape
//===----------------------------------------------------------------------===//

/// What −1 stands for: the elements of `source` over the product of `others`.
static Value inferSize(Emitter &e, ArrayRef<Value> source,
                       ArrayRef<Value> others) {
  SizeProduct total, known;
  for (Value size : source)
    total.multiply(size);
  for (Value size : others)
    known.multiply(size);
  SizeProduct::cancel(total, known);
  Value dividend = e.mul(e.product(total.factors), e.index(total.constant));
  if (known.isOne())
    return dividend;
  Value divisor = e.mul(e.product(known.factors), e.index(known.constant));
  return e.div(dividend, e.max(divisor, e.index(1)));
}

static Lowered lowerReshape(onnx::ReshapeOp op,
                            onnx::ReshapeOp::Adaptor operands, Emitter &e) {
  int64_t rank = cast<RankedTensorType>(op.getReshaped().getType()).getRank();
  FailureOr<SmallVector<Value>> shape = e.indices(operands.getShape(), rank);
  if (failed(shape))
    return e.refuse("its shape is not a vector of integers");
  SmallVector<Value> source = e.sizes(operands.getData());
  if (!op.getAllowzero())
    for (auto [size, own] : llvm::zip(*shape, source))
      if (!isKnownNonNegative(size) || getConstantSize(size) == 0)
        size = e.select(e.equal(size, e.index(0)), own, size);

  // At most one size is −1. Where that is not a constant, each size that may be
  // is decided at run time.
  Value minusOne = e.index(-1);
  auto isMinusOne = [](Value size) { return getConstantSize(size) == -1; };
  bool isPlaceKnown = llvm::any_of(*shape, isMinusOne);
  SmallVector<Value> result(*shape);
  for (auto [dim, size] : llvm::enumerate(*shape)) {
    if (isKnownNonNegative(size) || (isPlaceKnown && !isMinusOne(size)))
      continue;
    SmallVector<Value> others;
    for (auto [otherDim, other] : llvm::enumerate(*shape))
      if (otherDim != dim)
        others.push_back(
            isKnownNonNegative(other)
                ? other
                : e.select(e.equal(other, minusOne), e.index(1), other));
    result[dim] =
        e.select(e.equal(size, minusOne), inferSize(e, source, others), size);
  }
  return e.reshape(operands.getData(), result);
}

//===----------------------------------------------------------------------===//
// Flatten, Squeeze, Unsqueeze
//===----------------------------------------------------------------------===//

static Lowered lowerFlatten(onnx::FlattenOp op,
                            onnx::FlattenOp::Adaptor operands, Emitter &e) {
  SmallVector<Value> sizes = e.sizes(operands.getInput());
  int64_t axis = normalizeAxis(op.getAxis(), sizes.size());
  if (axis < 0 || axis > int64_t(sizes.size()))
    return e.refuse("axis " + Twine(axis) + " is out of range");
  auto all = ArrayRef<Value>(sizes);
  return e.reshape(operands.getInput(), {e.product(all.take_front(axis)),
                                         e.product(all.drop_front(axis))});
}

static Lowered squeezeAtRunTime(onnx::SqueezeOp op,
                                onnx::SqueezeOp::Adaptor operands, Emitter &e) {
  SmallVector<Value> sizes = e.sizes(operands.getData());
  if (getRank(operands.getAxes()) > 1)
    return e.refuse("its axes are not a vector");
  SmallVector<Value> dropped = findAxes(e, operands.getAxes(), sizes.size());
  for (auto [size, isDropped] : llvm::zip_equal(sizes, dropped)) {
    Value isWrong = e.both(isDropped, e.negate(e.equal(size, e.index(1))));
    e.reportIf(isWrong, kReportBadShape, size, e.index(1));
  }
  int64_t rank = cast<RankedTensorType>(op.getSqueezed().getType()).getRank();
  return e.reshape(operands.getData(), dropSizes(e, sizes, dropped, rank));
}

static Lowered lowerSqueeze(onnx::SqueezeOp op,
                            onnx::SqueezeOp::Adaptor operands, Emitter &e) {
  SmallVector<Value> sizes = e.sizes(operands.getData()), kept;
  int64_t rank = sizes.size();
  llvm::SmallDenseSet<int64_t> dropped;
  if (operands.getAxes()) {
    std::optional<SmallVector<int64_t>> axes =
        e.constantInts(operands.getAxes());
    if (!axes)
      return squeezeAtRunTime(op, operands, e);
    for (int64_t axis : *axes)
      dropped.insert(normalizeAxis(axis, rank));
  } else {
    for (auto [dim, size] : llvm::enumerate(sizes))
      if (getConstantSize(size) == 1)
        dropped.insert(dim);
  }
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    if (dropped.contains(dim))
      size = e.index(1);
    else
      kept.push_back(size);
  }
  return e.reshape(e.fit(operands.getData(), sizes), kept);
}

static Lowered lowerUnsqueeze(onnx::UnsqueezeOp op,
                              onnx::UnsqueezeOp::Adaptor operands, Emitter &e) {
  std::optional<SmallVector<int64_t>> axes = e.constantInts(operands.getAxes());
  SmallVector<Value> sizes = e.sizes(operands.getData()), result;
  if (!axes) {
    if (getRank(operands.getAxes()) > 1)
      return e.refuse("its axes are not a vector");
    int64_t resultRank =
        cast<RankedTensorType>(op.getExpanded().getType()).getRank();
    SmallVector<Value> isNew = findAxes(e, operands.getAxes(), resultRank);
    return e.reshape(operands.getData(), insertOnes(e, sizes, isNew));
  }
  int64_t rank = sizes.size() + axes->size();
  for (int64_t &axis : *axes)
    axis = normalizeAxis(axis, rank);
  auto *next = sizes.begin();
  for (int64_t dim = 0; dim < rank; ++dim) {
    bool isNew = llvm::is_contained(*axes, dim);
    if (!isNew && next == sizes.end())
      return e.refuse("an axis is given twice or out of range");
    result.push_back(isNew ? e.index(1) : *next++);
  }
  return e.reshape(operands.getData(), result);
}

//===----------------------------------------------------------------------===//
// Transpose and what is made of reshapes and a transpose
//===----------------------------------------------------------------------===//

static Lowered lowerTranspose(onnx::TransposeOp op,
                              onnx::TransposeOp::Adaptor operands, Emitter &e) {
  int64_t rank = getRank(operands.getData());
  SmallVector<int64_t> perm;
  if (op.getPerm())
    perm.assign(op.getPerm()->begin(), op.getPerm()->end());
  else
    perm = llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, rank)));
  if (int64_t(perm.size()) != rank || !isPermutationVector(perm))
    return e.refuse("'perm' is not a permutation of the dimensions");
  if (isIdentityPermutation(perm))
    return operands.getData();
  return e.transpose(operands.getData(), perm);
}

static Lowered lowerDepthToSpace(onnx::DepthToSpaceOp op,
                                 onnx::DepthToSpaceOp::Adaptor operands,
                                 Emitter &e) {
  SmallVector<Value> s = e.sizes(operands.getInput());
  if (s.size() != 4 || int64_t(op.getBlocksize()) <= 0)
    return e.refuse("it needs rank 4 and a positive block size");
  Value block = e.index(op.getBlocksize());
  Value depth = e.div(s[1], e.mul(block, block));
  bool isDepthFirst = op.getMode() == "DCR";
  Value split = e.reshape(
      operands.getInput(),
      isDepthFirst ? ArrayRef<Value>{s[0], block, block, depth, s[2], s[3]}
                   : ArrayRef<Value>{s[0], depth, block, block, s[2], s[3]});
  Value moved =
      e.transpose(split, isDepthFirst ? ArrayRef<int64_t>{0, 3, 4, 1, 5, 2}
                                      : ArrayRef<int64_t>{0, 1, 4, 2, 5, 3});
  return e.reshape(moved,
                   {s[0], depth, e.mul(s[2], block), e.mul(s[3], block)});
}

static Lowered lowerSpaceToDepth(onnx::SpaceToDepthOp op,
                                 onnx::SpaceToDepthOp::Adaptor operands,
                                 Emitter &e) {
  SmallVector<Value> s = e.sizes(operands.getInput());
  if (s.size() != 4 || int64_t(op.getBlocksize()) <= 0)
    return e.refuse("it needs rank 4 and a positive block size");
  Value block = e.index(op.getBlocksize());
  Value height = e.div(s[2], block), width = e.div(s[3], block);
  Value split =
      e.reshape(operands.getInput(), {s[0], s[1], height, block, width, block});
  Value moved = e.transpose(split, op.getMode() == "DCR"
                                       ? ArrayRef<int64_t>{0, 3, 5, 1, 2, 4}
                                       : ArrayRef<int64_t>{0, 1, 3, 5, 2, 4});
  return e.reshape(moved,
                   {s[0], e.mul(s[1], e.mul(block, block)), height, width});
}

//===----------------------------------------------------------------------===//
// Operators that keep their operand, or only its shape
//===----------------------------------------------------------------------===//

static Lowered lowerIdentity(onnx::IdentityOp,
                             onnx::IdentityOp::Adaptor operands, Emitter &) {
  return operands.getInput();
}

static Lowered lowerDropout(onnx::DropoutOp op,
                            onnx::DropoutOp::Adaptor operands, Emitter &e) {
  // Exporters leave a constant true behind; a model that is run drops nothing.
  bool isTraining =
      operands.getTrainingMode() &&
      e.constantInts(operands.getTrainingMode()) != SmallVector<int64_t>{0};
  bool isConstant =
      operands.getTrainingMode() && e.constantInts(operands.getTrainingMode());
  if (isTraining && (!isConstant || op.getMask()))
    return e.refuse("it may be in training mode");
  SmallVector<Value> results = {operands.getData()};
  if (op.getMask())
    results.push_back(
        e.full(e.sizes(operands.getData()), e.constantInt(e.getI1Type(), 1)));
  return results;
}

static Lowered lowerShape(onnx::ShapeOp op, onnx::ShapeOp::Adaptor operands,
                          Emitter &e) {
  SmallVector<Value> sizes = e.sizes(operands.getData());
  int64_t rank = sizes.size();
  auto limit = [&](int64_t position) {
    return std::clamp<int64_t>(normalizeAxis(position, rank), 0, rank);
  };
  int64_t start = limit(op.getStart());
  int64_t end = std::max(start, limit(op.getEnd().value_or(rank)));
  SmallVector<Value> elements;
  for (Value size : ArrayRef<Value>(sizes).slice(start, end - start))
    elements.push_back(e.fromIndex(size, e.getI64Type()));
  return e.fromScalars(elements, {end - start}, e.getI64Type());
}

static Lowered lowerSize(onnx::SizeOp, onnx::SizeOp::Adaptor operands,
                         Emitter &e) {
  Value count = e.numElements(operands.getData());
  return e.fromScalars({e.fromIndex(count, e.getI64Type())}, {},
                       e.getI64Type());
}

void sopt::populateReshapeLowerings(LoweringSet &set) {
  addLowering<onnx::DepthToSpaceOp>(set, lowerDepthToSpace);
  addLowering<onnx::DropoutOp>(set, lowerDropout);
  addLowering<onnx::FlattenOp>(set, lowerFlatten);
  addLowering<onnx::IdentityOp>(set, lowerIdentity);
  addLowering<onnx::ReshapeOp>(set, lowerReshape);
  addLowering<onnx::ShapeOp>(set, lowerShape);
  addLowering<onnx::SizeOp>(set, lowerSize);
  addLowering<onnx::SpaceToDepthOp>(set, lowerSpaceToDepth);
  addLowering<onnx::SqueezeOp>(set, lowerSqueeze);
  addLowering<onnx::TransposeOp>(set, lowerTranspose);
  addLowering<onnx::UnsqueezeOp>(set, lowerUnsqueeze);
}
