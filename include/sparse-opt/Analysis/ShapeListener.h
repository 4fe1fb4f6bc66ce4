//===- ShapeListener.h - Keep shapes right while rewriting ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_ANALYSIS_SHAPELISTENER_H
#define SPARSE_OPT_ANALYSIS_SHAPELISTENER_H

#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "sparse-opt/Analysis/ShapeAnalysis.h"

namespace sopt {

/// Makes a ShapeAnalysis forget what a rewriter erases or changes.
struct ShapeListener : mlir::RewriterBase::Listener {
  explicit ShapeListener(ShapeAnalysis &analysis) : analysis(analysis) {}

  void notifyOperationErased(mlir::Operation *op) override {
    analysis.forget(op);
  }
  void notifyOperationModified(mlir::Operation *op) override {
    analysis.forget(op);
  }

  ShapeAnalysis &analysis;
};

/// How patterns are applied to a graph whose shapes `listener` keeps right:
/// those patterns alone. Constants are folded by onnx-fold-constants, which
/// knows when a weight is no longer held.
inline mlir::GreedyRewriteConfig
getGraphRewriteConfig(mlir::RewriterBase::Listener &listener) {
  return mlir::GreedyRewriteConfig()
      .setListener(&listener)
      .enableFolding(false)
      .setRegionSimplificationLevel(mlir::GreedySimplifyRegionLevel::Disabled);
}

} // namespace sopt

#endif // SPARSE_OPT_ANALYSIS_SHAPELISTENER_H
