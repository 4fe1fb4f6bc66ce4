//===- Patterns.h - The parts of onnx-raise ---------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_RAISE_PATTERNS_H
#define SPARSE_OPT_LIB_TRANSFORMS_RAISE_PATTERNS_H

#include "Report.h"
#include "mlir/IR/PatternMatch.h"
#include "sparse-opt/Analysis/ShapeAnalysis.h"

namespace sopt {

/// What the patterns of onnx-raise share.
struct RaiseContext {
  ShapeAnalysis &shapes;
  RaiseReport &report;
};

/// A pattern that raises operations around one of type OpTy.
template <typename OpTy> struct RaisePattern : mlir::OpRewritePattern<OpTy> {
  RaisePattern(mlir::MLIRContext *context, RaiseContext &raise)
      : mlir::OpRewritePattern<OpTy>(context), shapes(raise.shapes),
        report(raise.report) {}

  ShapeAnalysis &shapes;
  RaiseReport &report;
};

/// The values computed from `from` by sums, products and casts, nearest first:
/// where the formula around `from` may end.
llvm::SmallVector<mlir::Value> findFormulaResults(mlir::Value from);

void populateActivationPatterns(mlir::RewritePatternSet &, RaiseContext &);
void populateNormalizationPatterns(mlir::RewritePatternSet &, RaiseContext &);
void populateSoftmaxPatterns(mlir::RewritePatternSet &, RaiseContext &);
void populateLinearPatterns(mlir::RewritePatternSet &, RaiseContext &);
void populateEinsumPatterns(mlir::RewritePatternSet &, RaiseContext &);
void populateStackedPatterns(mlir::RewritePatternSet &, RaiseContext &);
void populateAttentionPatterns(mlir::RewritePatternSet &, RaiseContext &);
void populateOnnxAttentionPatterns(mlir::RewritePatternSet &, RaiseContext &);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_RAISE_PATTERNS_H
