//===- AvoidForks.cpp - One iteration needs one thread --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_AVOIDFORKS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;

/// The loop that is all of `region`'s work, null if there is more.
static omp::LoopNestOp getOnlyLoop(omp::ParallelOp region) {
  Block &body = region.getRegion().front();
  if (!llvm::hasNItems(body, 2))
    return nullptr;
  auto loop = dyn_cast<omp::WsloopOp>(body.front());
  return loop ? cast<omp::LoopNestOp>(loop.getWrappedLoop()) : nullptr;
}

/// Whether `loop` has a second iteration in some dimension, as is known before
/// `region`; null where that is not known.
static Value buildIsMore(OpBuilder &b, omp::ParallelOp region,
                         omp::LoopNestOp loop) {
  Value isMore;
  for (auto [begin, end, step] :
       llvm::zip_equal(loop.getLoopLowerBounds(), loop.getLoopUpperBounds(),
                       loop.getLoopSteps())) {
    for (Value bound : {begin, end, step})
      if (region.getRegion().isAncestor(bound.getParentRegion()))
        return nullptr;
    Location loc = region.getLoc();
    Value second = arith::AddIOp::create(b, loc, begin, step);
    Value isMoreHere =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, second, end);
    isMore =
        isMore ? arith::OrIOp::create(b, loc, isMore, isMoreHere) : isMoreHere;
  }
  return isMore;
}

namespace {
class AvoidForks : public sopt::impl::AvoidForksBase<AvoidForks> {
  void runOnOperation() override {
    getOperation().walk([](omp::ParallelOp region) {
      omp::LoopNestOp loop = getOnlyLoop(region);
      if (!loop || region.getIfExpr())
        return;
      OpBuilder b(region);
      if (Value isMore = buildIsMore(b, region, loop))
        region.getIfExprMutable().assign(isMore);
    });
  }
};
} // namespace
