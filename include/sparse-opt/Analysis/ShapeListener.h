//===- ShapeListener.h - Keep shapes right while rewriting ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_ANALYSIS_SHAPELISTENER_H
#define SPARSE_OPT_ANALYSIS_SHAPELISTENER_H

#include "mlir/IR/PatternMatch.h"
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

} // namespace sopt

#endif // SPARSE_OPT_ANALYSIS_SHAPELISTENER_H
