//===- Patterns.h - The spellings of sopt's operations in onnx --*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOONNX_PATTERNS_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOONNX_PATTERNS_H

#include "mlir/IR/PatternMatch.h"

namespace sopt {

void populateLayerToOnnxPatterns(mlir::RewritePatternSet &patterns);
void populateAttentionToOnnxPatterns(mlir::RewritePatternSet &patterns);
void populatePolyToOnnxPatterns(mlir::RewritePatternSet &patterns);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOONNX_PATTERNS_H
