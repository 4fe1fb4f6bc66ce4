//===- SoptToLinalg.h - What each sopt op means -----------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_CONVERSION_SOPTTOLINALG_H
#define SPARSE_OPT_CONVERSION_SOPTTOLINALG_H

namespace mlir {
class RewritePatternSet;
} // namespace mlir

namespace sopt {

/// Adds one pattern for every sopt op: its decomposition to linalg, tensor,
/// arith and math on tensors. The decomposition is the op's definition, so it
/// applies to every op that verifies, whatever is dynamic in it.
void populateSoptToLinalgPatterns(mlir::RewritePatternSet &patterns);

} // namespace sopt

#endif // SPARSE_OPT_CONVERSION_SOPTTOLINALG_H
