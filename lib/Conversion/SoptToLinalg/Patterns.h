//===- Patterns.h - One function per op of the dialect ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOLINALG_PATTERNS_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOLINALG_PATTERNS_H

#include "mlir/IR/PatternMatch.h"

namespace sopt {

void populateAttentionPattern(mlir::RewritePatternSet &patterns);
void populateLayerNormPattern(mlir::RewritePatternSet &patterns);
void populateLinearPattern(mlir::RewritePatternSet &patterns);
void populatePolyPattern(mlir::RewritePatternSet &patterns);
void populateSparseConstantPattern(mlir::RewritePatternSet &patterns);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOLINALG_PATTERNS_H
