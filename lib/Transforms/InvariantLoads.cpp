//===- InvariantLoads.cpp - Load once what a loop loads again -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InvariantLoads.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;

static bool runsAtLeastOnce(scf::ForOp loop) {
  std::optional<int64_t> begin = getConstantIntValue(loop.getLowerBound());
  std::optional<int64_t> end = getConstantIntValue(loop.getUpperBound());
  return begin && end && *begin < *end;
}

void sopt::hoistLoads(scf::ForOp loop) {
  if (!runsAtLeastOnce(loop))
    return;
  llvm::SmallPtrSet<Value, 2> written;
  for (Operation &op : loop.getBody()->without_terminator()) {
    if (op.getNumRegions() || isa<CallOpInterface>(op))
      return;
    if (auto store = dyn_cast<memref::StoreOp>(op))
      written.insert(store.getMemRef());
  }
  moveLoopInvariantCode(
      loop.getLoopRegions(),
      [&](Value value, Region *) { return loop.isDefinedOutsideOfLoop(value); },
      [&](Operation *op, Region *) {
        auto load = dyn_cast<memref::LoadOp>(op);
        return load ? !written.contains(load.getMemRef()) : isPure(op);
      },
      [&](Operation *op, Region *) { loop.moveOutOfLoop(op); });
}
