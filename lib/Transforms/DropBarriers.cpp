//===- DropBarriers.cpp - Let threads meet once after a loop --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_DROPBARRIERS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;

/// Whether nothing follows `loop` but the end of its parallel region.
static bool isLast(omp::WsloopOp loop) {
  return isa<omp::ParallelOp>(loop->getParentOp()) &&
         isa_and_present<omp::TerminatorOp>(loop->getNextNode());
}

namespace {
class DropBarriers : public sopt::impl::DropBarriersBase<DropBarriers> {
  void runOnOperation() override {
    getOperation().walk([](omp::WsloopOp loop) {
      // What a loop reduces is combined before its barrier.
      if (isLast(loop) && loop.getReductionVars().empty())
        loop.setNowait(true);
    });
  }
};
} // namespace
