//===- Raise.cpp - Find whole operations in chains of small ones ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../SimplifyShapes/Patterns.h"
#include "Patterns.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "sparse-opt/Analysis/ShapeListener.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/Support/raw_ostream.h"

namespace sopt {
#define GEN_PASS_DEF_RAISEONNX
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

namespace {
struct RaiseListener : ShapeListener {
  RaiseListener(RaiseContext &raise)
      : ShapeListener(raise.shapes), report(raise.report) {}

  void notifyOperationErased(Operation *op) override {
    ShapeListener::notifyOperationErased(op);
    report.noteErased(op);
  }

  RaiseReport &report;
};

struct RaiseONNX : sopt::impl::RaiseONNXBase<RaiseONNX> {
  using RaiseONNXBase::RaiseONNXBase;

  void runOnOperation() override {
    RaiseReport notes;
    RaiseContext raise{getAnalysis<ShapeAnalysis>(), notes};
    // Attention is found around a Softmax, so after those written out. Its
    // heads are no longer merged by a Reshape then, which may reveal a Gemm on
    // flattened rows.
    run(raise, {populateEinsumPatterns, populateSoftmaxPatterns,
                populateActivationPatterns, populateNormalizationPatterns,
                populateLinearPatterns,
                [](RewritePatternSet &patterns, RaiseContext &raise) {
                  populateReshapePatterns(patterns, raise.shapes);
                }});
    run(raise, {populateStackedPatterns, populateAttentionPatterns,
                populateOnnxAttentionPatterns, populateLinearPatterns,
                [](RewritePatternSet &patterns, RaiseContext &raise) {
                  populateReshapePatterns(patterns, raise.shapes);
                }});
    if (report)
      notes.print(llvm::errs());
  }

  void run(RaiseContext &raise,
           ArrayRef<void (*)(RewritePatternSet &, RaiseContext &)> populate) {
    RewritePatternSet patterns(&getContext());
    for (auto *add : populate)
      add(patterns, raise);
    RaiseListener listener(raise);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns),
                                     getGraphRewriteConfig(listener))))
      getOperation()->emitWarning("some operations may not have been raised");
  }
};
} // namespace
