//===- MergeEqual.cpp - Compute what is equal once ------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContentHash.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/ADT/ScopedHashTable.h"

namespace sopt {
#define GEN_PASS_DEF_MERGEEQUAL
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;

namespace {
struct ByContent : llvm::DenseMapInfo<Operation *> {
  static unsigned getHashValue(const Operation *op) {
    return sopt::hashContent(const_cast<Operation *>(op),
                             OperationEquivalence::directHashValue);
  }
  static bool isEqual(const Operation *a, const Operation *b) {
    if (a == b)
      return true;
    auto isNone = [](const Operation *op) {
      return op == getTombstoneKey() || op == getEmptyKey();
    };
    return !isNone(a) && !isNone(b) &&
           OperationEquivalence::isEquivalentTo(
               const_cast<Operation *>(a), const_cast<Operation *>(b),
               OperationEquivalence::IgnoreLocations);
  }
};

/// What is known in a block and those around it.
using Known = llvm::ScopedHashTable<Operation *, Operation *, ByContent>;
} // namespace

static bool isMergeable(Operation *op) {
  return !op->hasTrait<OpTrait::IsTerminator>() && isMemoryEffectFree(op) &&
         llvm::all_of(op->getRegions(), [](Region &region) {
           return region.empty() || region.hasOneBlock();
         });
}

static void mergeIn(Block &block, Known &known);

static void mergeInside(Operation &op, Known &known) {
  bool isIsolated = op.mightHaveTrait<OpTrait::IsIsolatedFromAbove>();
  for (Region &region : op.getRegions())
    for (Block &block : region) {
      Known nothing;
      mergeIn(block, isIsolated ? nothing : known);
    }
}

static void mergeIn(Block &block, Known &known) {
  Known::ScopeTy scope(known);
  bool isOrdered = mayHaveSSADominance(*block.getParent());
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (isOpTriviallyDead(&op)) {
      op.erase();
      continue;
    }
    mergeInside(op, known);
    if (!isOrdered || !isMergeable(&op))
      continue;
    Operation *equal = known.lookup(&op);
    if (!equal) {
      known.insert(&op, &op);
      continue;
    }
    if (isa<UnknownLoc>(equal->getLoc()))
      equal->setLoc(op.getLoc());
    op.replaceAllUsesWith(equal);
    op.erase();
  }
}

namespace {
struct MergeEqual : sopt::impl::MergeEqualBase<MergeEqual> {
  void runOnOperation() override {
    Known known;
    mergeInside(*getOperation(), known);
  }
};
} // namespace
