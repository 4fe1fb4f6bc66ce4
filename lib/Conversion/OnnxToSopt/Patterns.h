//===- Patterns.h - The parts of convert-onnx-to-sopt -----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOSOPT_PATTERNS_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOSOPT_PATTERNS_H

#include "mlir/IR/PatternMatch.h"
#include "sparse-opt/Analysis/ShapeAnalysis.h"

namespace sopt {

void populateLinearConversion(mlir::RewritePatternSet &patterns,
                              ShapeAnalysis &shapes);
void populateLayerNormConversion(mlir::RewritePatternSet &patterns,
                                 ShapeAnalysis &shapes);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOSOPT_PATTERNS_H
