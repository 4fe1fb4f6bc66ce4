//===- Tile.h - The inner loop of every matrix kernel -----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TILE_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TILE_H

#include "VectorBuilder.h"

namespace sopt {

/// What `multiplyAdd` makes of sums[r][v] over k in [0, depth), taken in order,
/// from left(r, k), a vector, and right(k, v). The sums, rows × the isa's
/// vectors of them, row by row, stay in registers over the whole loop.
llvm::SmallVector<mlir::Value> accumulateTile(
    VectorBuilder &b, int64_t rows, mlir::Value depth, mlir::ValueRange sums,
    llvm::function_ref<mlir::Value(int64_t row, mlir::Value k)> left,
    llvm::function_ref<mlir::Value(mlir::Value k, int64_t vector)> right,
    llvm::function_ref<mlir::Value(mlir::Value left, mlir::Value right,
                                   mlir::Value sum)>
        multiplyAdd);

/// Returns sums[r][v] + Σₖ left(r, k) · right(k, v) for k in [0, depth), where
/// `left` loads a scalar and `right` a vector, as accumulateTile does.
llvm::SmallVector<mlir::Value> multiplyTile(
    VectorBuilder &b, int64_t rows, mlir::Value depth, mlir::ValueRange sums,
    llvm::function_ref<mlir::Value(int64_t row, mlir::Value k)> left,
    llvm::function_ref<mlir::Value(mlir::Value k, int64_t vector)> right);

/// Keeps LLVM from unrolling `loop`: once more, its sums would no longer fit
/// the registers.
void keepRolled(mlir::Operation *loop);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TILE_H
