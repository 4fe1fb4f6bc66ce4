//===- Cumulative.cpp - Running sums and products -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "RunTimeAxes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sopt;

namespace {
/// A running sum or product.
struct Scan {
  double init;
  bool isExclusive, isReverse;
  function_ref<Value(Value acc, Value element)> combine;
};
} // namespace

/// One step along `axis` after the other: each adds a slice of the operand to a
/// running slice and writes it to its place.
static Value scanAlong(Emitter &e, Value x, int64_t axis, const Scan &scan) {
  SmallVector<Value> sizes = e.sizes(x);
  int64_t rank = sizes.size();
  // Without elements there are no slices that upstream's operations take.
  if (llvm::any_of(sizes,
                   [](Value size) { return getConstantSize(size) == 0; }))
    return x;
  Type type = getElementType(x);
  SmallVector<Value> sliceSizes(sizes);
  sliceSizes[axis] = e.index(1);
  Value running = e.full(sliceSizes, e.constant(type, scan.init));
  Value one = e.index(1), zero = e.index(0);
  auto loop = scf::ForOp::create(e, zero, sizes[axis], one,
                                 ValueRange{running, e.empty(sizes, type)});
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(loop.getBody());
  Value step = loop.getInductionVar();
  Value position = scan.isReverse ? e.sub(e.sub(sizes[axis], one), step) : step;
  SmallVector<Value> offsets(rank, zero);
  offsets[axis] = position;
  Value before = e.withSizes(loop.getRegionIterArgs()[0], sliceSizes);
  Value part = e.slice(x, offsets, sliceSizes);
  AffineMap identity = e.getMultiDimIdentityMap(rank);
  Value after =
      e.map(sliceSizes, type, {{before, identity}, {part, identity}},
            [&](ValueRange args) { return scan.combine(args[0], args[1]); });
  SmallVector<OpFoldResult> strides(rank, e.getIndexAttr(1));
  Value written = tensor::InsertSliceOp::create(
      e, scan.isExclusive ? before : after, loop.getRegionIterArgs()[1],
      getAsOpFoldResult(offsets), getAsOpFoldResult(sliceSizes), strides);
  scf::YieldOp::create(e, ValueRange{after, written});
  return e.withSizes(loop.getResult(1), sizes);
}

/// One element after the other, each from the one before it along the axis for
/// which `isAxis` holds at run time.
static Value scanAlong(Emitter &e, Value x, ArrayRef<Value> isAxis,
                       const Scan &scan) {
  SmallVector<Value> sizes = e.sizes(x);
  int64_t rank = sizes.size();
  Value zero = e.index(0), one = e.index(1);
  Value init = e.constant(getElementType(x), scan.init);
  SmallVector<Value> zeros(rank, zero), ones(rank, one);
  scf::LoopNest nest = scf::buildLoopNest(
      e, e.getLoc(), zeros, sizes, ones,
      ValueRange{e.empty(sizes, getElementType(x))},
      [&](OpBuilder &, Location, ValueRange loops, ValueRange carried) {
        SmallVector<Value> here, before;
        Value isFirst = e.constantInt(e.getI1Type(), 0);
        for (auto [loop, size, isHere] :
             llvm::zip_equal(loops, sizes, isAxis)) {
          Value last = e.sub(size, one);
          here.push_back(scan.isReverse ? e.sub(last, loop) : loop);
          // In bounds for the first element too, which does not use it.
          Value previous = scan.isReverse ? e.min(e.add(here.back(), one), last)
                                          : e.max(e.sub(loop, one), zero);
          before.push_back(e.select(isHere, previous, here.back()));
          isFirst = e.either(isFirst, e.both(isHere, e.equal(loop, zero)));
        }
        Value acc = e.select(isFirst, init, e.element(carried[0], before));
        Value added = scan.isExclusive
                          ? e.select(isFirst, init,
                                     scan.combine(acc, e.element(x, before)))
                          : scan.combine(acc, e.element(x, here));
        return scf::ValueVector{
            tensor::InsertOp::create(e, added, carried[0], here)};
      });
  return e.withSizes(nest.results.front(), sizes);
}

static Lowered lowerScan(Emitter &e, Value x, Value axisTensor,
                         const Scan &scan) {
  int64_t rank = getRank(x);
  std::optional<SmallVector<int64_t>> axes = e.constantInts(axisTensor);
  if (!axes) {
    return scanAlong(e, x, findAxes(e, axisTensor, rank), scan);
  }
  if (axes->size() != 1)
    return e.refuse("it has not one axis");
  int64_t axis = normalizeAxis(axes->front(), rank);
  if (axis < 0 || axis >= rank)
    return e.refuse("axis " + Twine(axes->front()) + " is out of range");
  return scanAlong(e, x, axis, scan);
}

static Lowered lowerCumSum(onnx::CumSumOp op, onnx::CumSumOp::Adaptor operands,
                           Emitter &e) {
  auto combine = [&](Value acc, Value element) {
    return isa<FloatType>(acc.getType()) ? e.make<arith::AddFOp>(acc, element)
                                         : e.add(acc, element);
  };
  return lowerScan(
      e, operands.getX(), operands.getAxis(),
      {0, bool(op.getExclusive()), bool(op.getReverse()), combine});
}

static Lowered lowerCumProd(onnx::CumProdOp op,
                            onnx::CumProdOp::Adaptor operands, Emitter &e) {
  auto combine = [&](Value acc, Value element) {
    return isa<FloatType>(acc.getType()) ? e.make<arith::MulFOp>(acc, element)
                                         : e.mul(acc, element);
  };
  return lowerScan(
      e, operands.getX(), operands.getAxis(),
      {1, bool(op.getExclusive()), bool(op.getReverse()), combine});
}

void sopt::populateCumulativeLowerings(LoweringSet &set) {
  addLowering<onnx::CumProdOp>(set, lowerCumProd);
  addLowering<onnx::CumSumOp>(set, lowerCumSum);
}
