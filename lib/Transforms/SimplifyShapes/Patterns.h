//===- Patterns.h - The parts of onnx-simplify-shapes -----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_SIMPLIFYSHAPES_PATTERNS_H
#define SPARSE_OPT_LIB_TRANSFORMS_SIMPLIFYSHAPES_PATTERNS_H

#include "mlir/IR/PatternMatch.h"
#include "sparse-opt/Analysis/ShapeAnalysis.h"

namespace sopt {

/// The elements of a constant shape that reshapes a tensor of shape `from` to
/// `to`, if one exists: sizes, 0 where a dimension stays, at most one -1.
std::optional<llvm::SmallVector<int64_t>>
encodeReshape(llvm::ArrayRef<DimExpr> from, llvm::ArrayRef<DimExpr> to);

/// Operations that return their operand.
void populateNoOpPatterns(mlir::RewritePatternSet &patterns,
                          ShapeAnalysis &analysis);
/// Reshapes and transposes, single and in a row.
void populateReshapePatterns(mlir::RewritePatternSet &patterns,
                             ShapeAnalysis &analysis);
/// Expands that broadcasting makes superfluous.
void populateExpandPatterns(mlir::RewritePatternSet &patterns,
                            ShapeAnalysis &analysis);
/// Tensors of sizes.
void populateSizePatterns(mlir::RewritePatternSet &patterns,
                          ShapeAnalysis &analysis);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_SIMPLIFYSHAPES_PATTERNS_H
