//===- Accumulators.cpp - Keep reductions in registers --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Accumulators.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace sopt;

namespace {
/// An element that every iteration reads and writes.
struct Accumulator {
  memref::LoadOp load;
  memref::StoreOp store;
};
} // namespace

/// The accumulator that `store` writes, its load null if there is none.
static Accumulator findAccumulator(scf::ForOp loop, memref::StoreOp store) {
  Accumulator found{nullptr, store};
  if (!llvm::all_of(store->getOperands().drop_front(), [&](Value operand) {
        return loop.isDefinedOutsideOfLoop(operand);
      }))
    return found;
  for (Operation &op : loop.getBody()->without_terminator()) {
    auto load = dyn_cast<memref::LoadOp>(op);
    if (!load || load.getMemRef() != store.getMemRef())
      continue;
    if (found.load || load.getIndices() != store.getIndices() ||
        store->isBeforeInBlock(load))
      return {nullptr, store};
    found.load = load;
  }
  return found;
}

static bool writesOnce(scf::ForOp loop, Value buffer) {
  return llvm::count_if(loop.getBody()->getOps<memref::StoreOp>(),
                        [&](memref::StoreOp store) {
                          return store.getMemRef() == buffer;
                        }) == 1;
}

/// Allows what adds to or multiplies `accumulator` to be done in any order.
static void allowReassociation(Value accumulator) {
  constexpr auto flags =
      arith::FastMathFlags::reassoc | arith::FastMathFlags::contract;
  for (Operation *user : accumulator.getUsers())
    if (isa<arith::AddFOp, arith::MulFOp>(user))
      user->setAttr("fastmath",
                    arith::FastMathFlagsAttr::get(user->getContext(), flags));
}

static void carry(RewriterBase &rewriter, scf::ForOp &loop,
                  Accumulator accumulator) {
  auto [load, store] = accumulator;
  Location loc = loop.getLoc();
  SmallVector<Value> indices(store.getIndices());
  Value buffer = store.getMemRef(), next = store.getValueToStore();
  rewriter.setInsertionPoint(loop);
  Value start = memref::LoadOp::create(rewriter, loc, buffer, indices);
  FailureOr<LoopLikeOpInterface> carried = loop.replaceWithAdditionalYields(
      rewriter, start, /*replaceInitOperandUsesInLoop=*/false,
      [&](OpBuilder &, Location, ArrayRef<BlockArgument>) {
        return SmallVector<Value>{next};
      });
  assert(succeeded(carried) && "scf.for carries any value");
  loop = cast<scf::ForOp>(carried->getOperation());
  Value current = loop.getRegionIterArgs().back();
  rewriter.replaceOp(load, current);
  rewriter.eraseOp(store);
  allowReassociation(current);
  rewriter.setInsertionPointAfter(loop);
  memref::StoreOp::create(rewriter, loc, loop.getResults().back(), buffer,
                          indices);
}

void sopt::keepAccumulators(RewriterBase &rewriter, scf::ForOp loop) {
  for (Operation &op : loop.getBody()->without_terminator())
    if (op.getNumRegions() || isa<CallOpInterface>(op))
      return;
  for (auto store :
       llvm::to_vector(loop.getBody()->getOps<memref::StoreOp>())) {
    Accumulator accumulator = findAccumulator(loop, store);
    if (accumulator.load && writesOnce(loop, store.getMemRef()))
      carry(rewriter, loop, accumulator);
  }
}
