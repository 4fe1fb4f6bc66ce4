//===- Sorting.cpp - TopK, Unique and the order they need -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Sorting.h"
#include "Lowering.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace sopt;

//===----------------------------------------------------------------------===//
// Merge sort
//===----------------------------------------------------------------------===//

/// Writes to a new vector the positions in `from`, of which every `width` on
/// end are sorted, so that every 2 · `width` are.
static Value mergeRuns(Emitter &e, Value from, Value count, Value width,
                       function_ref<Value(Value a, Value b)> isBefore) {
  Value zero = e.index(0), one = e.index(1);
  Value pair = e.mul(width, e.index(2));
  Value last = e.sub(count, one);
  Value merged = e.empty({count}, e.getIndexType());
  // `left` and `right` are the next to take from either run.
  auto loop =
      scf::ForOp::create(e, zero, count, one, ValueRange{merged, zero, zero});
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(loop.getBody());
  Value place = loop.getInductionVar();
  Value inPair = e.make<arith::RemSIOp>(place, pair);
  Value start = e.sub(place, inPair), isStart = e.equal(inPair, zero);
  Value middle = e.min(e.add(start, width), count);
  Value end = e.min(e.add(start, pair), count);
  Value left = e.select(isStart, start, loop.getRegionIterArgs()[1]);
  Value right = e.select(isStart, middle, loop.getRegionIterArgs()[2]);
  // What is read beyond the end of a run does not count.
  Value a = e.element(from, e.min(left, last));
  Value b = e.element(from, e.min(right, last));
  Value isLeftOver = e.negate(e.less(left, middle));
  Value isRightFirst = e.both(e.less(right, end), isBefore(b, a));
  Value takeRight = e.either(isLeftOver, isRightFirst);
  Value written = tensor::InsertOp::create(e, e.select(takeRight, b, a),
                                           loop.getRegionIterArgs()[0], place);
  scf::YieldOp::create(
      e, ValueRange{written, e.select(takeRight, left, e.add(left, one)),
                    e.select(takeRight, e.add(right, one), right)});
  return loop.getResult(0);
}

Value sopt::sortPositions(Emitter &e, Value count,
                          function_ref<Value(Value a, Value b)> isBefore) {
  Value order = e.generate({count}, e.getIndexType(),
                           [](ValueRange loops) { return loops[0]; });
  SmallVector<Value> initial = {e.index(1), order};
  SmallVector<Type> types(ValueRange(initial).getTypes());
  SmallVector<Location> locations(2, e.getLoc());
  auto loop = scf::WhileOp::create(e, types, initial);
  OpBuilder::InsertionGuard guard(e);
  Block *before = e.createBlock(&loop.getBefore(), {}, types, locations);
  scf::ConditionOp::create(e, e.less(before->getArgument(0), count),
                           before->getArguments());
  Block *after = e.createBlock(&loop.getAfter(), {}, types, locations);
  Value width = after->getArgument(0);
  Value merged = mergeRuns(e, after->getArgument(1), count, width, isBefore);
  scf::YieldOp::create(e, ValueRange{e.mul(width, e.index(2)), merged});
  return e.withSizes(loop.getResult(1), {count});
}

Value sopt::isNumberBefore(Emitter &e, Value a, Value b, bool isDescending,
                           bool isUnsigned) {
  if (isDescending)
    std::swap(a, b);
  if (isa<FloatType>(a.getType()))
    return e.make<arith::CmpFOp>(arith::CmpFPredicate::OLT, a, b);
  return isUnsigned ? e.compare(arith::CmpIPredicate::ult, a, b) : e.less(a, b);
}

//===----------------------------------------------------------------------===//
// TopK
//===----------------------------------------------------------------------===//

/// The first `k` of each row's positions in the order of its elements, as i64.
static Value findTop(Emitter &e, Value rows, Value k, bool isLargest,
                     bool isUnsigned) {
  SmallVector<Value> sizes = e.sizes(rows);
  Value zero = e.index(0), one = e.index(1);
  SmallVector<Value> foundSizes = {sizes[0], k};
  rows = e.refine(rows);
  auto loop = scf::ForOp::create(
      e, zero, sizes[0], one, ValueRange{e.empty(foundSizes, e.getI64Type())});
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(loop.getBody());
  Value row = loop.getInductionVar();
  Value order = sortPositions(e, sizes[1], [&](Value a, Value b) {
    return isNumberBefore(e, e.element(rows, {row, a}),
                          e.element(rows, {row, b}), isLargest, isUnsigned);
  });
  Value first = e.generate({one, k}, e.getI64Type(), [&](ValueRange loops) {
    return e.fromIndex(e.element(order, loops[1]), e.getI64Type());
  });
  SmallVector<OpFoldResult> offsets = {row, e.getIndexAttr(0)};
  SmallVector<OpFoldResult> taken = {e.getIndexAttr(1), getAsOpFoldResult(k)};
  SmallVector<OpFoldResult> steps(2, e.getIndexAttr(1));
  Value written = tensor::InsertSliceOp::create(
      e, first, loop.getRegionIterArgs()[0], offsets, taken, steps);
  scf::YieldOp::create(e, written);
  return e.withSizes(loop.getResult(0), foundSizes);
}

static Lowered lowerTopK(onnx::TopKOp op, onnx::TopKOp::Adaptor operands,
                         Emitter &e) {
  Value x = operands.getX();
  SmallVector<Value> sizes = e.sizes(x);
  int64_t rank = sizes.size(), axis = normalizeAxis(op.getAxis(), rank);
  if (axis < 0 || axis >= rank)
    return e.refuse("its axis is out of range");
  Value wanted = e.max(e.toIndex(e.single(operands.getK())), e.index(0));
  Value size = sizes[axis];
  e.reportIf(e.less(size, wanted), kReportBadShape, wanted, size);
  Value k = e.min(wanted, size);
  if (getConstantSize(k) == 0) {
    // Upstream's operations on slices do not take one of no elements at the
    // end of a dimension, which for a row of none is also its start.
    sizes[axis] = k;
    return SmallVector<Value>{e.empty(sizes, getElementType(x)),
                              e.empty(sizes, e.getI64Type())};
  }

  // The axis goes last, and what comes before it are rows.
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::swap(perm[axis], perm.back());
  Value moved = axis == rank - 1 ? x : e.transpose(x, perm);
  SmallVector<Value> movedSizes = e.sizes(moved);
  Value count = e.product(ArrayRef<Value>(movedSizes).drop_back());
  Value rows = e.reshape(moved, {count, size});
  Value positions =
      findTop(e, rows, k, op.getLargest(), isUnsigned(op.getX().getType()));
  AffineMap identity = e.getMultiDimIdentityMap(2);
  Value values = e.map({count, k}, getElementType(x), {{positions, identity}},
                       [&](ValueRange args) {
                         Value row = linalg::IndexOp::create(e, 0);
                         return e.element(rows, {row, e.toIndex(args[0])});
                       });
  movedSizes.back() = k;
  SmallVector<Value> results;
  for (Value result : {values, positions}) {
    result = e.reshape(result, movedSizes);
    results.push_back(axis == rank - 1 ? result : e.transpose(result, perm));
  }
  return results;
}

//===----------------------------------------------------------------------===//
// Unique
//===----------------------------------------------------------------------===//

namespace {
/// Groups of equal items, in the order of the result.
struct Groups {
  Value count;
  /// For each group its first item and the number of its items; for each item
  /// its group. The first two have room for more.
  Value first, sizes, groupOf;
};
} // namespace

/// Compares rows `a` and `b` of `items` element by element: whether row a comes
/// before, and whether the two differ.
static std::pair<Value, Value> compareRows(Emitter &e, Value items, Value a,
                                           Value b, bool isUnsigned) {
  Value no = e.constantInt(e.getI1Type(), 0);
  auto loop = scf::ForOp::create(e, e.index(0), e.size(items, 1), e.index(1),
                                 ValueRange{no, no});
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(loop.getBody());
  Value column = loop.getInductionVar();
  Value isBefore = loop.getRegionIterArgs()[0];
  Value differs = loop.getRegionIterArgs()[1];
  Value x = e.element(items, {a, column}), y = e.element(items, {b, column});
  Value isLess = isNumberBefore(e, x, y, /*isDescending=*/false, isUnsigned);
  Value isEqual = isa<FloatType>(x.getType())
                      ? e.make<arith::CmpFOp>(arith::CmpFPredicate::OEQ, x, y)
                      : e.equal(x, y);
  // The first difference decides.
  scf::YieldOp::create(e, ValueRange{e.select(differs, isBefore, isLess),
                                     e.either(differs, e.negate(isEqual))});
  return {loop.getResult(0), loop.getResult(1)};
}

/// Groups of the rows of `items`, in ascending order.
static Groups groupRows(Emitter &e, Value items, bool isUnsigned) {
  Value count = e.size(items, 0), zero = e.index(0), one = e.index(1);
  Value order = sortPositions(e, count, [&](Value a, Value b) {
    return compareRows(e, items, a, b, isUnsigned).first;
  });
  auto loop = scf::ForOp::create(e, zero, count, one,
                                 ValueRange{zero, e.full({count}, zero),
                                            e.full({count}, zero),
                                            e.full({count}, zero)});
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(loop.getBody());
  Value place = loop.getInductionVar();
  auto carried = loop.getRegionIterArgs();
  Value item = e.element(order, place);
  Value previous = e.element(order, e.max(e.sub(place, one), zero));
  Value isNew =
      e.either(e.equal(place, zero),
               compareRows(e, items, previous, item, isUnsigned).second);
  Value groups = e.select(isNew, e.add(carried[0], one), carried[0]);
  Value group = e.sub(groups, one);
  Value first = e.select(isNew, item, e.element(carried[1], group));
  Value size = e.add(e.element(carried[2], group), one);
  scf::YieldOp::create(
      e,
      ValueRange{groups, tensor::InsertOp::create(e, first, carried[1], group),
                 tensor::InsertOp::create(e, size, carried[2], group),
                 tensor::InsertOp::create(e, group, carried[3], item)});
  return {loop.getResult(0), loop.getResult(1), loop.getResult(2),
          loop.getResult(3)};
}

/// The same groups in the order of their first items.
static Groups orderByFirst(Emitter &e, const Groups &groups, Value numItems) {
  Value order = sortPositions(e, groups.count, [&](Value a, Value b) {
    return e.less(e.element(groups.first, a), e.element(groups.first, b));
  });
  auto reorder = [&](Value tensor) {
    return e.generate({groups.count}, e.getIndexType(), [&](ValueRange loops) {
      return e.element(tensor, e.element(order, loops[0]));
    });
  };
  // Where each group went.
  auto loop = scf::ForOp::create(e, e.index(0), groups.count, e.index(1),
                                 ValueRange{e.full({numItems}, e.index(0))});
  {
    OpBuilder::InsertionGuard guard(e);
    e.setInsertionPointToStart(loop.getBody());
    Value place = loop.getInductionVar();
    Value written = tensor::InsertOp::create(
        e, place, loop.getRegionIterArgs()[0], e.element(order, place));
    scf::YieldOp::create(e, written);
  }
  Value placeOf = loop.getResult(0);
  Value groupOf =
      e.generate({numItems}, e.getIndexType(), [&](ValueRange loops) {
        return e.element(placeOf, e.element(groups.groupOf, loops[0]));
      });
  return {groups.count, reorder(groups.first), reorder(groups.sizes), groupOf};
}

static Lowered lowerUnique(onnx::UniqueOp op, onnx::UniqueOp::Adaptor operands,
                           Emitter &e) {
  Value x = operands.getX();
  SmallVector<Value> sizes = e.sizes(x);
  int64_t rank = sizes.size();
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  Value items;
  if (op.getAxis()) {
    int64_t axis = normalizeAxis(*op.getAxis(), rank);
    if (axis < 0 || axis >= rank)
      return e.refuse("its axis is out of range");
    // The others keep their order, by which slices are compared.
    std::rotate(perm.begin(), perm.begin() + axis, perm.begin() + axis + 1);
    x = axis == 0 ? x : e.transpose(x, perm);
    sizes = e.sizes(x);
    items = e.reshape(
        x, {sizes[0], e.product(ArrayRef<Value>(sizes).drop_front())});
  } else {
    items = e.reshape(x, {e.product(sizes), e.index(1)});
  }
  items = e.refine(items);
  bool unsignedData = isUnsigned(op.getX().getType());
  Value numItems = e.size(items, 0);
  Groups groups = groupRows(e, items, unsignedData);
  if (!op.getSorted())
    groups = orderByFirst(e, groups, numItems);

  SmallVector<Value> foundSizes = {groups.count, e.size(items, 1)};
  Value found =
      e.generate(foundSizes, getElementType(x), [&](ValueRange loops) {
        return e.element(items, {e.element(groups.first, loops[0]), loops[1]});
      });
  if (op.getAxis()) {
    sizes[0] = groups.count;
    found = e.reshape(found, sizes);
    if (perm.front() != 0)
      found = e.transpose(found, invertPermutationVector(perm));
  } else {
    found = e.reshape(found, {groups.count});
  }
  Type i64 = e.getI64Type();
  auto toI64 = [&](Value tensor, Value count) {
    return e.generate({count}, i64, [&](ValueRange loops) {
      return e.fromIndex(e.element(tensor, loops[0]), i64);
    });
  };
  SmallVector<Value> results = {found};
  if (op.getIndices())
    results.push_back(toI64(groups.first, groups.count));
  if (op.getInverseIndices())
    results.push_back(toI64(groups.groupOf, numItems));
  if (op.getCounts())
    results.push_back(toI64(groups.sizes, groups.count));
  return results;
}

void sopt::populateSortingLowerings(LoweringSet &set) {
  addLowering<onnx::TopKOp>(set, lowerTopK);
  addLowering<onnx::UniqueOp>(set, lowerUnique);
}
