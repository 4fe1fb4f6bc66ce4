//===- Heads.h - How heads are split off and shared -------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_RAISE_HEADS_H
#define SPARSE_OPT_LIB_TRANSFORMS_RAISE_HEADS_H

#include "mlir/IR/PatternMatch.h"
#include "sparse-opt/Analysis/ShapeAnalysis.h"

namespace sopt {

/// An operand of attention.
struct HeadOperand {
  /// Batch × heads × length × size. Null if only `transposed` exists.
  mlir::Value byHead;
  /// Batch × heads × size × length, as kᵀ may be given; without heads if all
  /// of q, k and v are.
  mlir::Value transposed;
  /// Batch × length × (heads · size), if the heads were split off that.
  mlir::Value packed;
  /// What `packed` lost of the scalars it was multiplied by before the split.
  double packedFactor = 1;
  int64_t heads = 0;
  DimExpr batch, length, size;
};

/// If `value`, (batch · heads) × …, is a Reshape of batch × heads × … that
/// merges no more, that; otherwise `value`.
mlir::Value skipMergedBatch(mlir::Value value, ShapeAnalysis &shapes);

/// Reads q or v, batch × heads × length × size. Scalars it is multiplied by are
/// moved to `factor`, except for those of `packedFactor`.
std::optional<HeadOperand> readHeads(mlir::Value value, ShapeAnalysis &shapes,
                                     double &factor);

/// The same for kᵀ, batch × heads × size × length.
std::optional<HeadOperand>
readTransposedHeads(mlir::Value value, ShapeAnalysis &shapes, double &factor);

/// If each of the heads is repeated for several queries' heads, goes on to the
/// heads themselves.
void skipRepeatedHeads(HeadOperand &operand, ShapeAnalysis &shapes);

/// The operand by head, transposed if it must be.
mlir::Value getByHead(const HeadOperand &operand, mlir::PatternRewriter &);

/// The operand with its heads packed, which it must have been, or have none.
mlir::Value getPacked(const HeadOperand &operand, mlir::PatternRewriter &);

/// Whether it has a dimension for heads.
bool hasHeads(const HeadOperand &operand);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_RAISE_HEADS_H
