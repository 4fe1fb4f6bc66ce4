//===- Patterns.h - One set of patterns per operation -----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PATTERNS_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PATTERNS_H

#include "NarrowRows.h"
#include "NarrowTiles.h"
#include "PackSparse.h"
#include "PackWeights.h"
#include "TokenTiles.h"
#include "mlir/IR/PatternMatch.h"

namespace sopt {

/// sopt.linear → a call of a matrix kernel with packed weights. `features` are
/// the processor's beyond the isa (NarrowForm.h).
void populateLinearToKernel(mlir::RewritePatternSet &patterns,
                            KernelLibrary &kernels, WeightPacker &packer,
                            NarrowRows &rows,
                            llvm::ArrayRef<std::string> features);

/// Fails, and says why, if `op` is scheduled for a kernel that it cannot have.
llvm::LogicalResult verifySparseSchedule(LinearOp op);

/// sopt.linear scheduled as csr or block → a call of a kernel that skips zeros,
/// with x in tiles of tokens, which are rounded to int8 where a precision says
/// so. All schedules must have been verified. `features` are as above.
void populateSparseLinearToKernel(mlir::RewritePatternSet &patterns,
                                  KernelLibrary &kernels,
                                  WeightPacker &densePacker,
                                  SparseWeightPacker &packer, TokenTiles &tiles,
                                  NarrowTiles &narrowTiles,
                                  llvm::ArrayRef<std::string> features);

/// sopt.attention, but with top_k, → a call of a kernel per head and tile.
void populateAttentionToKernel(mlir::RewritePatternSet &patterns,
                               KernelLibrary &kernels);

/// linalg.conv_2d_nchw_fchw and linalg.conv_2d_ngchw_gfchw of a constant filter
/// → a call of a kernel that multiplies windows, gathered or not, by filters.
void populateConvolutionToKernel(mlir::RewritePatternSet &patterns,
                                 KernelLibrary &kernels, WeightPacker &packer);

/// sopt.layer_norm → a call of a kernel per row, which also makes the tiles
/// that layers with sparse weights read.
void populateLayerNormToKernel(mlir::RewritePatternSet &patterns,
                               KernelLibrary &kernels, TokenTiles &tiles);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PATTERNS_H
