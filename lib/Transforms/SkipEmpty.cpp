//===- SkipEmpty.cpp - Compute nothing for tensors without elements -------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_SKIPEMPTY
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

static bool isEmpty(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && llvm::is_contained(tensor.getShape(), 0);
}

/// Whether `op` computes one tensor, which has no elements, and nothing else.
static bool makesEmptyTensor(Operation *op) {
  if (op->getNumResults() != 1 || !isMemoryEffectFree(op) ||
      !isa<RankedTensorType>(op->getResultTypes()[0]) ||
      isa<tensor::EmptyOp, tensor::CastOp>(op))
    return false;
  // To upstream's tensors, 0 times an unknown size is unknown.
  auto collapse = dyn_cast<tensor::CollapseShapeOp>(op);
  return isEmpty(op->getResultTypes()[0]) ||
         (collapse && isEmpty(collapse.getSrcType()));
}

namespace {
struct SkipEmpty : sopt::impl::SkipEmptyBase<SkipEmpty> {
  void runOnOperation() override {
    SmallVector<ReifyRankedShapedTypeOpInterface> found;
    getOperation()->walk([&](ReifyRankedShapedTypeOpInterface op) {
      if (makesEmptyTensor(op))
        found.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (ReifyRankedShapedTypeOpInterface op : found) {
      rewriter.setInsertionPoint(op);
      ReifiedRankedShapedTypeDims shapes;
      if (failed(op.reifyResultShapes(rewriter, shapes)))
        continue;
      auto type = cast<RankedTensorType>(op->getResultTypes()[0]);
      Value empty = tensor::EmptyOp::create(rewriter, op.getLoc(), shapes[0],
                                            type.getElementType());
      if (empty.getType() != type)
        empty = tensor::CastOp::create(rewriter, op.getLoc(), type, empty);
      rewriter.replaceOp(op, empty);
    }
  }
};
} // namespace
