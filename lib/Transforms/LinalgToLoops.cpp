//===- LinalgToLoops.cpp - Loops for linalg on buffers ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_LINALGTOLOOPS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using linalg::LinalgOp;

/// Whether every operand that walks loop `dim` does so in its last dimension,
/// and plainly: then the loop has stride one.
static bool hasUnitStride(LinalgOp op, unsigned dim) {
  for (AffineMap map : op.getIndexingMapsArray()) {
    if (!map.isFunctionOfDim(dim))
      continue;
    auto last = dyn_cast<AffineDimExpr>(map.getResults().back());
    if (!last || last.getPosition() != dim)
      return false;
    for (AffineExpr index : map.getResults().drop_back())
      if (index.isFunctionOfDim(dim))
        return false;
  }
  return true;
}

/// Puts the parallel loops first, in their order, then the reductions, then
/// the loop of stride one, if there is one that is not innermost already.
static FailureOr<LinalgOp> orderLoops(RewriterBase &rewriter, LinalgOp op) {
  unsigned numLoops = op.getNumLoops();
  if (numLoops < 2 || hasUnitStride(op, numLoops - 1))
    return op;
  SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
  unsigned innermost = numLoops - 1;
  for (unsigned dim : llvm::seq(numLoops))
    if (hasUnitStride(op, dim) && linalg::isParallelIterator(kinds[dim]))
      innermost = dim;
  SmallVector<unsigned> order;
  for (auto kind :
       {utils::IteratorType::parallel, utils::IteratorType::reduction})
    for (unsigned dim : llvm::seq(numLoops))
      if (kinds[dim] == kind && dim != innermost)
        order.push_back(dim);
  order.push_back(innermost);
  if (llvm::is_sorted(order))
    return op;

  auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
  if (!generic) {
    FailureOr<linalg::GenericOp> made = linalg::generalizeNamedOp(rewriter, op);
    if (failed(made))
      return op;
    generic = *made;
  }
  FailureOr<linalg::GenericOp> ordered =
      linalg::interchangeGenericOp(rewriter, generic, order);
  if (failed(ordered))
    return cast<LinalgOp>(generic.getOperation());
  return cast<LinalgOp>(ordered->getOperation());
}

/// Makes one scf.parallel of `loops`, a perfect nest whose bounds are all
/// defined outside it.
static void parallelize(RewriterBase &rewriter, ArrayRef<scf::ForOp> loops) {
  scf::ForOp outer = loops.front(), inner = loops.back();
  SmallVector<Value> lower, upper, step;
  for (scf::ForOp loop : loops) {
    lower.push_back(loop.getLowerBound());
    upper.push_back(loop.getUpperBound());
    step.push_back(loop.getStep());
  }
  rewriter.setInsertionPoint(outer);
  auto parallel =
      scf::ParallelOp::create(rewriter, outer.getLoc(), lower, upper, step);
  rewriter.eraseOp(inner.getBody()->getTerminator());
  SmallVector<Value> indices(parallel.getInductionVars());
  for (auto [loop, index] : llvm::zip_equal(loops, indices)) {
    Value variable = scf::ForOp(loop).getInductionVar();
    rewriter.replaceAllUsesWith(variable, index);
  }
  rewriter.inlineBlockBefore(
      inner.getBody(), parallel.getBody()->getTerminator(), indices.back());
  rewriter.eraseOp(outer);
}

namespace {
struct LinalgToLoops : sopt::impl::LinalgToLoopsBase<LinalgToLoops> {
  using LinalgToLoopsBase::LinalgToLoopsBase;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    expandCopies(rewriter);
    SmallVector<LinalgOp> ops;
    getOperation().walk([&](LinalgOp op) { ops.push_back(op); });
    for (LinalgOp op : ops) {
      rewriter.setInsertionPoint(op);
      if (failed(lower(rewriter, op)))
        return signalPassFailure();
    }
  }

  /// Copies between strided buffers become loops: memcpy cannot do them, and
  /// LLVM lowering would call a runtime function that walks element by element.
  void expandCopies(RewriterBase &rewriter) {
    SmallVector<memref::CopyOp> copies;
    getOperation().walk([&](memref::CopyOp copy) {
      auto isContiguous = [](Value value) {
        auto type = dyn_cast<MemRefType>(value.getType());
        return !type || type.getLayout().isIdentity();
      };
      if (!isContiguous(copy.getSource()) || !isContiguous(copy.getTarget()))
        copies.push_back(copy);
    });
    for (memref::CopyOp copy : copies) {
      rewriter.setInsertionPoint(copy);
      rewriter.replaceOpWithNewOp<linalg::CopyOp>(copy, copy.getSource(),
                                                  copy.getTarget());
    }
  }

  LogicalResult lower(RewriterBase &rewriter, LinalgOp op) {
    bool isInParallel = op->getParentOfType<scf::ParallelOp>() != nullptr;
    FailureOr<LinalgOp> ordered = orderLoops(rewriter, op);
    if (failed(ordered))
      return failure();
    op = *ordered;
    rewriter.setInsertionPoint(op);
    unsigned numParallel =
        isWorthAFork(op) && !isInParallel ? countOuterParallel(op) : 0;
    FailureOr<linalg::LinalgLoops> loops =
        linalg::linalgOpToLoops(rewriter, op);
    if (failed(loops))
      return op.emitOpError("cannot be lowered to loops");
    SmallVector<scf::ForOp> outer;
    for (Operation *loop : ArrayRef(*loops).take_front(numParallel))
      outer.push_back(cast<scf::ForOp>(loop));
    rewriter.eraseOp(op);
    if (!outer.empty())
      parallelize(rewriter, outer);
    return success();
  }

  /// Leading parallel loops, leaving one loop inside.
  unsigned countOuterParallel(LinalgOp op) {
    unsigned count = 0;
    SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
    if (!kinds.empty())
      kinds.pop_back();
    for (utils::IteratorType kind : kinds) {
      if (!linalg::isParallelIterator(kind))
        break;
      ++count;
    }
    return count;
  }

  bool isWorthAFork(LinalgOp op) {
    int64_t work = 1;
    for (int64_t size : op.getStaticLoopRanges())
      work *= ShapedType::isDynamic(size) ? assumedSize : size;
    return work >= minWork;
  }
};
} // namespace
