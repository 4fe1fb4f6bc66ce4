//===- CacheUpdate.cpp - TensorScatter, which writes into a cache ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sopt;

/// `a` where `condition` holds, else `b`; only that one is computed.
static Value choose(Emitter &e, Value condition, function_ref<Value()> a,
                    function_ref<Value()> b, Type type) {
  auto branch = scf::IfOp::create(e, type, condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(e, a());
  e.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(e, b());
  return branch.getResult(0);
}

// Each element of the present cache comes from the update, whose first element
// along the axis goes to the batch's write index, or else from the past cache.
static Lowered lowerTensorScatter(onnx::TensorScatterOp op,
                                  onnx::TensorScatterOp::Adaptor operands,
                                  Emitter &e) {
  Value past = operands.getPastCache(), update = operands.getUpdate();
  SmallVector<Value> sizes = e.sizes(past), updateSizes(sizes);
  int64_t rank = sizes.size(), axis = normalizeAxis(op.getAxis(), rank);
  bool isCircular = op.getMode() == "circular";
  if (axis < 1 || axis >= rank || getRank(update) != rank ||
      (!isCircular && op.getMode() != "linear"))
    return e.refuse("its axis, ranks or mode do not fit");
  Value length = e.size(update, axis);
  updateSizes[axis] = length;
  update = e.fit(update, updateSizes);
  Value starts = operands.getWriteIndices();
  if (starts) {
    starts = e.fit(starts, {sizes[0]});
    e.checkIndices(starts, /*isUnsigned=*/false, sizes[axis]);
  }
  Type type = getElementType(past);
  return e.generate(sizes, type, [&](ValueRange loops) {
    Value start = starts ? e.toIndex(e.element(starts, loops[0])) : e.index(0);
    Value place = e.sub(loops[axis], start);
    if (isCircular)
      place = e.remainder(place, sizes[axis]);
    Value isNew = e.compare(arith::CmpIPredicate::ult, place, length);
    SmallVector<Value> from(loops);
    from[axis] = place;
    return choose(
        e, isNew, [&] { return e.element(update, from); },
        [&] { return e.element(past, loops); }, type);
  });
}

void sopt::populateCacheUpdateLowerings(LoweringSet &set) {
  addLowering<onnx::TensorScatterOp>(set, lowerTensorScatter);
}
