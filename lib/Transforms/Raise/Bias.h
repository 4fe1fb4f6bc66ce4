//===- Bias.h - What is added to scores, in their dimensions ----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Scores are added to while batch and heads are merged, or while the batch is
// windows of images. Attention wants batch × heads × queries × keys.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_RAISE_BIAS_H
#define SPARSE_OPT_LIB_TRANSFORMS_RAISE_BIAS_H

#include "mlir/IR/PatternMatch.h"
#include "sparse-opt/Analysis/ShapeAnalysis.h"

namespace sopt {

/// Makes tensors that were added to scores in other dimensions broadcast to
/// batch × heads × queries × keys, the dimensions in `scores`.
class BiasLifter {
public:
  /// `product` gives the scores; its first operand tells the batch at run time.
  BiasLifter(ShapeAnalysis &shapes, llvm::ArrayRef<DimExpr> scores,
             mlir::Value firstOperand)
      : shapes(shapes), scores(scores), firstOperand(firstOperand) {}

  /// Whether scores of shape `sum` are those of attention in other dimensions.
  bool isScores(llvm::ArrayRef<DimExpr> sum) const;

  /// A tensor of the graph that says in the dimensions of attention what
  /// `term`, added at `sum`, does; null if there is none yet.
  mlir::Value find(mlir::Value term, llvm::ArrayRef<DimExpr> sum) const;

  /// Whether `build` can make one.
  bool canBuild(mlir::Value term, llvm::ArrayRef<DimExpr> sum) const;
  mlir::Value build(mlir::Value term, llvm::ArrayRef<DimExpr> sum,
                    mlir::PatternRewriter &rewriter) const;

private:
  bool isMerged(llvm::ArrayRef<DimExpr> sum) const;
  bool isWindowed(llvm::ArrayRef<DimExpr> sum) const;
  mlir::Value repeatForImages(mlir::Value term, llvm::ArrayRef<DimExpr> sum,
                              const DimExpr &heads,
                              mlir::PatternRewriter &rewriter) const;

  ShapeAnalysis &shapes;
  llvm::ArrayRef<DimExpr> scores;
  mlir::Value firstOperand;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_RAISE_BIAS_H
