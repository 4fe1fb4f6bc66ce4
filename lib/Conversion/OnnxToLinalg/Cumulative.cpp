//===- Cumulative.cpp - Running sums and products -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sopt;

/// One step along the axis after the other: each adds a slice of the operand to
/// a running slice and writes it to its place.
static Lowered scan(Value x, Value axisTensor, bool isExclusive, bool isReverse,
                    double init,
                    function_ref<Value(Value acc, Value element)> combine,
                    Emitter &e) {
  SmallVector<Value> sizes = e.sizes(x);
  std::optional<SmallVector<int64_t>> axes = e.constantInts(axisTensor);
  if (!axes || axes->size() != 1)
    return e.refuse("its axis is not constant");
  int64_t rank = sizes.size();
  int64_t axis = normalizeAxis(axes->front(), rank);
  if (axis < 0 || axis >= rank)
    return e.refuse("axis " + Twine(axes->front()) + " is out of range");
  // Without elements there are no slices that upstream's operations take.
  if (llvm::any_of(sizes,
                   [](Value size) { return getConstantSize(size) == 0; }))
    return x;
  Type type = getElementType(x);
  SmallVector<Value> sliceSizes(sizes);
  sliceSizes[axis] = e.index(1);
  Value running = e.full(sliceSizes, e.constant(type, init));
  Value one = e.index(1), zero = e.index(0);
  auto loop = scf::ForOp::create(e, zero, sizes[axis], one,
                                 ValueRange{running, e.empty(sizes, type)});
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(loop.getBody());
  Value step = loop.getInductionVar();
  Value position = isReverse ? e.sub(e.sub(sizes[axis], one), step) : step;
  SmallVector<Value> offsets(rank, zero);
  offsets[axis] = position;
  Value before = e.withSizes(loop.getRegionIterArgs()[0], sliceSizes);
  Value part = e.slice(x, offsets, sliceSizes);
  AffineMap identity = e.getMultiDimIdentityMap(rank);
  Value after =
      e.map(sliceSizes, type, {{before, identity}, {part, identity}},
            [&](ValueRange args) { return combine(args[0], args[1]); });
  SmallVector<OpFoldResult> strides(rank, e.getIndexAttr(1));
  Value written = tensor::InsertSliceOp::create(
      e, isExclusive ? before : after, loop.getRegionIterArgs()[1],
      getAsOpFoldResult(offsets), getAsOpFoldResult(sliceSizes), strides);
  scf::YieldOp::create(e, ValueRange{after, written});
  return e.withSizes(loop.getResult(1), sizes);
}

static Lowered lowerCumSum(onnx::CumSumOp op, onnx::CumSumOp::Adaptor operands,
                           Emitter &e) {
  return scan(
      operands.getX(), operands.getAxis(), op.getExclusive(), op.getReverse(),
      0,
      [&](Value acc, Value element) {
        return isa<FloatType>(acc.getType())
                   ? e.make<arith::AddFOp>(acc, element)
                   : e.add(acc, element);
      },
      e);
}

static Lowered lowerCumProd(onnx::CumProdOp op,
                            onnx::CumProdOp::Adaptor operands, Emitter &e) {
  return scan(
      operands.getX(), operands.getAxis(), op.getExclusive(), op.getReverse(),
      1,
      [&](Value acc, Value element) {
        return isa<FloatType>(acc.getType())
                   ? e.make<arith::MulFOp>(acc, element)
                   : e.mul(acc, element);
      },
      e);
}

void sopt::populateCumulativeLowerings(LoweringSet &set) {
  addLowering<onnx::CumProdOp>(set, lowerCumProd);
  addLowering<onnx::CumSumOp>(set, lowerCumSum);
}
