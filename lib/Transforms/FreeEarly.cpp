//===- FreeEarly.cpp - Free buffers after their last use ----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_FREEEARLY
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;

/// The last operation of `free`'s block that uses the buffer or an alias, or
/// null if none stands before `free`.
static Operation *findLastUse(memref::DeallocOp free,
                              const BufferViewFlowAnalysis &aliases) {
  Block *block = free->getBlock();
  Operation *last = nullptr;
  for (Value alias : aliases.resolve(free.getMemref())) {
    if (Operation *definition = alias.getDefiningOp();
        definition && definition->getBlock() == block &&
        (!last || last->isBeforeInBlock(definition)))
      last = definition;
    for (Operation *user : alias.getUsers()) {
      Operation *inBlock = block->findAncestorOpInBlock(*user);
      if (!inBlock || inBlock == free)
        continue;
      if (!last || last->isBeforeInBlock(inBlock))
        last = inBlock;
    }
  }
  return last && last->isBeforeInBlock(free) ? last : nullptr;
}

namespace {
struct FreeEarly : sopt::impl::FreeEarlyBase<FreeEarly> {
  void runOnOperation() override {
    BufferViewFlowAnalysis aliases(getOperation());
    SmallVector<memref::DeallocOp> frees;
    getOperation().walk([&](memref::DeallocOp free) { frees.push_back(free); });
    for (memref::DeallocOp free : frees)
      if (Operation *last = findLastUse(free, aliases))
        free->moveAfter(last);
  }
};
} // namespace
