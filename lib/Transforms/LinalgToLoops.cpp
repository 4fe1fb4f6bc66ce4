//===- LinalgToLoops.cpp - Loops for linalg on buffers ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Accumulators.h"
#include "InvariantLoads.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Utils/MemRefUtils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/Support/MathExtras.h"

namespace sopt {
#define GEN_PASS_DEF_LINALGTOLOOPS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;
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

/// Indices come as affine.apply of a loop's variable even where they are that
/// variable.
static void foldPlainIndices(RewriterBase &rewriter, Operation *nest) {
  nest->walk([&](affine::AffineApplyOp apply) {
    if (apply.getAffineMap().isIdentity())
      rewriter.replaceOp(apply, apply.getMapOperands().front());
  });
}

/// Whether LLVM's lowering copies `type` by memcpy. It would call a function of
/// MLIR's runtime library for others.
static bool isContiguous(BaseMemRefType type) {
  auto memref = dyn_cast<MemRefType>(type);
  return memref && (memref.getLayout().isIdentity() ||
                    (memref.hasStaticShape() && memref.getNumElements() > 0 &&
                     memref::isStaticShapeAndContiguousRowMajor(memref)));
}

/// memref.copy of views with strides → linalg.generic
static void expandCopies(RewriterBase &rewriter, func::FuncOp function) {
  function.walk([&](memref::CopyOp copy) {
    if (isContiguous(copy.getSource().getType()) &&
        isContiguous(copy.getTarget().getType()))
      return;
    rewriter.setInsertionPoint(copy);
    linalg::makeMemRefCopyOp(rewriter, copy.getLoc(), copy.getSource(),
                             copy.getTarget());
    rewriter.eraseOp(copy);
  });
}

/// Whether `op` reports errors, which the runtime takes only from the thread
/// that runs the model.
static bool mayFail(LinalgOp op) {
  return op->walk([](func::CallOp) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

/// Leading parallel loops, leaving one loop inside.
static unsigned countOuterParallel(LinalgOp op) {
  SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
  if (kinds.empty())
    return 0;
  auto *end = llvm::find_if_not(ArrayRef(kinds).drop_back(),
                                linalg::isParallelIterator);
  return end - kinds.begin();
}

namespace {
class LinalgToLoops : public sopt::impl::LinalgToLoopsBase<LinalgToLoops> {
public:
  using LinalgToLoopsBase::LinalgToLoopsBase;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    expandCopies(rewriter, getOperation());
    SmallVector<LinalgOp> ops;
    getOperation().walk([&](LinalgOp op) {
      if (op.hasPureBufferSemantics())
        ops.push_back(op);
    });
    for (LinalgOp op : ops)
      if (failed(lower(rewriter, op)))
        return signalPassFailure();
  }

private:
  LogicalResult lower(RewriterBase &rewriter, LinalgOp op);
  bool isWorthAFork(LinalgOp op);
};
} // namespace

LogicalResult LinalgToLoops::lower(RewriterBase &rewriter, LinalgOp op) {
  rewriter.setInsertionPoint(op);
  FailureOr<LinalgOp> ordered = orderLoops(rewriter, op);
  if (failed(ordered))
    return failure();
  op = *ordered;
  rewriter.setInsertionPoint(op);
  unsigned numParallel = isWorthAFork(op) ? countOuterParallel(op) : 0;
  FailureOr<linalg::LinalgLoops> loops = linalg::linalgOpToLoops(rewriter, op);
  if (failed(loops))
    return op.emitOpError("cannot be lowered to loops");
  rewriter.eraseOp(op);
  SmallVector<scf::ForOp> nest;
  for (Operation *loop : *loops)
    nest.push_back(cast<scf::ForOp>(loop));
  if (nest.empty())
    return success();
  foldPlainIndices(rewriter, nest.front());
  hoistLoads(nest.back());
  keepAccumulators(rewriter, nest.back());
  if (numParallel)
    parallelize(rewriter, ArrayRef(nest).take_front(numParallel));
  return success();
}

bool LinalgToLoops::isWorthAFork(LinalgOp op) {
  if (op->getParentOfType<scf::ParallelOp>() || mayFail(op))
    return false;
  int64_t work = 1;
  for (int64_t size : op.getStaticLoopRanges())
    if (llvm::MulOverflow(
            work, ShapedType::isDynamic(size) ? assumedSize : size, work))
      return true;
  return work >= minWork;
}
