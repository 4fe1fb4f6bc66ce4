//===- FreeLocals.cpp - Free buffers that nothing keeps -------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_FREELOCALS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;

static bool isMemref(Type type) { return isa<BaseMemRefType>(type); }

/// Whether a buffer that `user` takes is free of it when `user` is done.
static bool isTransient(Operation *user) {
  if (isa<memref::DeallocOp, memref::ExtractAlignedPointerAsIndexOp>(user) ||
      user->hasTrait<OpTrait::IsTerminator>() ||
      llvm::any_of(user->getResultTypes(), isMemref))
    return false;
  // What loops carry is another value inside.
  return llvm::all_of(user->getRegions(), [](Region &region) {
    return llvm::none_of(region.getArgumentTypes(), isMemref);
  });
}

/// The last operation of the block of `alloc` that uses the buffer or a view of
/// it; null if there is none, or if something else may refer to the buffer.
static Operation *findLastUse(memref::AllocOp alloc) {
  Block *block = alloc->getBlock();
  Operation *last = nullptr;
  SmallVector<Value> views = {alloc};
  while (!views.empty())
    for (Operation *user : views.pop_back_val().getUsers()) {
      Operation *inBlock = block->findAncestorOpInBlock(*user);
      if (!inBlock)
        return nullptr;
      if (isa<ViewLikeOpInterface>(user))
        llvm::append_range(views, user->getResults());
      else if (!isTransient(user))
        return nullptr;
      if (!last || last->isBeforeInBlock(inBlock))
        last = inBlock;
    }
  return last;
}

namespace {
struct FreeLocals : sopt::impl::FreeLocalsBase<FreeLocals> {
  void runOnOperation() override {
    SmallVector<std::pair<memref::AllocOp, Operation *>> locals;
    getOperation()->walk([&](memref::AllocOp alloc) {
      if (Operation *last = findLastUse(alloc))
        locals.push_back({alloc, last});
    });
    OpBuilder builder(&getContext());
    StringRef mark = bufferization::BufferizationDialect::kManualDeallocation;
    for (auto [alloc, last] : locals) {
      builder.setInsertionPointAfter(last);
      auto free = memref::DeallocOp::create(builder, alloc.getLoc(), alloc);
      alloc->setAttr(mark, builder.getUnitAttr());
      free->setAttr(mark, builder.getUnitAttr());
    }
  }
};
} // namespace
