//===- FuseElementwise.cpp - Fuse elementwise operations, within limits ---===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_FUSEELEMENTWISE
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;

/// The number of operations in a body, or 0 for what has none.
static size_t getBodySize(Operation *op) {
  auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
  return generic ? generic.getBody()->getOperations().size() : 0;
}

/// Whether `op` adds to what its result held, as a sum over one element does.
/// In the loops of a consumer that has more of them, it would add repeatedly.
static bool readsItsResult(Operation *op) {
  auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
  return generic && llvm::any_of(generic.getRegionOutputArgs(),
                                 [](Value out) { return !out.use_empty(); });
}

static void addCleanUps(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  affine::AffineApplyOp::getCanonicalizationPatterns(patterns, context);
  linalg::GenericOp::getCanonicalizationPatterns(patterns, context);
  tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
  tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
  context->getLoadedDialect<linalg::LinalgDialect>()
      ->getCanonicalizationPatterns(patterns);
}

namespace {
struct FuseElementwise : sopt::impl::FuseElementwiseBase<FuseElementwise> {
  using FuseElementwiseBase::FuseElementwiseBase;

  void runOnOperation() override {
    // What two users read is computed once, and stored.
    auto hasOneUser = [](OpOperand *operand) {
      Operation *producer = operand->get().getDefiningOp();
      return producer && producer->hasOneUse();
    };
    auto mayFuse = [&](OpOperand *operand) {
      return hasOneUser(operand) &&
             !readsItsResult(operand->get().getDefiningOp()) &&
             getBodySize(operand->get().getDefiningOp()) +
                     getBodySize(operand->getOwner()) <=
                 largestBody;
    };
    RewritePatternSet patterns(&getContext());
    linalg::populateElementwiseOpsFusionPatterns(patterns, mayFuse);
    linalg::populateFoldReshapeOpsByExpansionPatterns(patterns, hasOneUser);
    linalg::populateConstantFoldLinalgOperations(patterns, hasOneUser);
    addCleanUps(patterns);
    // Top down, a producer has become as large as it gets before its users
    // look at it.
    GreedyRewriteConfig config;
    config.setUseTopDownTraversal();
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      signalPassFailure();
  }
};
} // namespace
