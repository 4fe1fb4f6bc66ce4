//===- CheckWork.cpp - Refuse what takes too long to generate code for ----===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContentHash.h"
#include "Outline.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/ADT/DenseSet.h"

namespace sopt {
#define GEN_PASS_DEF_CHECKWORK
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

/// How much longer LLVM takes for an operation in a loop than MLIR's passes.
static constexpr uint64_t kCodeCost = 10;

static uint64_t countOperations(Operation *op) {
  uint64_t count = 0;
  op->walk([&](Operation *) { ++count; });
  return count;
}

/// Loops over the same types that do the same are the same code.
static llvm::hash_code hashCode(Operation *loop) {
  return hashContent(loop, [](Value value) {
    return llvm::hash_value(value.getType().getAsOpaquePointer());
  });
}

/// In operations of MLIR, each of which some seventy passes look at.
static uint64_t estimateWork(ModuleOp module) {
  uint64_t work = 0;
  llvm::DenseSet<size_t> known;
  for (auto function : module.getOps<func::FuncOp>()) {
    bool isModel = function.getName() == kModelName;
    for (Block &block : function.getBody())
      for (Operation &op : block) {
        uint64_t count = countOperations(&op);
        work += count;
        bool isCode = !isModel || op.getNumRegions() > 0;
        if (isCode && (!isModel || known.insert(hashCode(&op)).second))
          work += count * kCodeCost;
      }
  }
  return work;
}

namespace {
struct CheckWork : sopt::impl::CheckWorkBase<CheckWork> {
  using CheckWorkBase::CheckWorkBase;

  void runOnOperation() override {
    markAllAnalysesPreserved();
    if (most == 0)
      return;
    uint64_t work = estimateWork(getOperation());
    if (work <= most)
      return;
    getOperation().emitError()
        << "the model needs " << work << " units of work, more than the "
        << uint64_t(most) << " that are compiled for its few weights; "
        << "--no-work-limit compiles it whatever it takes";
    signalPassFailure();
  }
};
} // namespace
