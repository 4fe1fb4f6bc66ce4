//===- SoptToLinalg.cpp - The pass that decomposes every sopt op ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Conversion/SoptToLinalg.h"
#include "Patterns.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "sparse-opt/Conversion/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_CONVERTSOPTTOLINALG
#include "sparse-opt/Conversion/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

void sopt::populateSoptToLinalgPatterns(RewritePatternSet &patterns) {
  populateAttentionPattern(patterns);
  populateLayerNormPattern(patterns);
  populateLinearPattern(patterns);
  populatePolyPattern(patterns);
  populateSparseConstantPattern(patterns);
}

namespace {
struct ConvertSoptToLinalg
    : sopt::impl::ConvertSoptToLinalgBase<ConvertSoptToLinalg> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateSoptToLinalgPatterns(patterns);
    // No decomposition makes another sopt op, so one walk meets them all.
    walkAndApplyPatterns(getOperation(), std::move(patterns));
    // Only a constant whose indices are found to be wrong is left behind.
    if (getOperation()
            ->walk([](SparseConstantOp) { return WalkResult::interrupt(); })
            .wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
