//===- OwnDestinations.cpp - One result buffer for each operation ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_OWNDESTINATIONS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;

/// Whether `use` is written to, so that sharing it costs a copy.
static bool isDestination(OpOperand &use) {
  auto op = dyn_cast<DestinationStyleOpInterface>(use.getOwner());
  return op && op.isDpsInit(&use);
}

/// Gives each operation that writes to `shared` a copy of it but one. The
/// copies stand beside `shared`, outside of loops around the writer, and as
/// late as they can: their buffers are allocated where they stand.
static void copyForEachWriter(Operation *shared) {
  SmallVector<OpOperand *> destinations;
  for (OpOperand &use : shared->getUses())
    if (isDestination(use))
      destinations.push_back(&use);
  if (destinations.empty() || shared->hasOneUse())
    return;
  OpBuilder builder(shared->getContext());
  for (OpOperand *use : destinations) {
    builder.setInsertionPoint(
        shared->getBlock()->findAncestorOpInBlock(*use->getOwner()));
    use->set(builder.clone(*shared)->getResult(0));
  }
}

namespace {
struct OwnDestinations : sopt::impl::OwnDestinationsBase<OwnDestinations> {
  void runOnOperation() override {
    // Fills first: their copies share an empty tensor.
    SmallVector<Operation *> fills, empties;
    getOperation()->walk([&](linalg::FillOp fill) {
      if (fill.hasPureTensorSemantics())
        fills.push_back(fill);
    });
    llvm::for_each(fills, copyForEachWriter);
    getOperation()->walk(
        [&](tensor::EmptyOp empty) { empties.push_back(empty); });
    llvm::for_each(empties, copyForEachWriter);
    for (auto *ops : {&fills, &empties})
      for (Operation *op : *ops)
        if (op->use_empty())
          op->erase();
  }
};
} // namespace
