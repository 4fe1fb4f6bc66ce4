//===- Scores.h - What is done to scores before a softmax -------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_RAISE_SCORES_H
#define SPARSE_OPT_LIB_TRANSFORMS_RAISE_SCORES_H

#include "dialects/ONNX/IR/ONNX.h"

namespace sopt {

/// One of the tensors added to, or put in place of, the scores.
struct ScoreTerm {
  mlir::Value value; ///< What is added; null if scores are replaced.
  double factor = 1;
  /// The scores with it.
  mlir::Value sum;
  /// Where scores are replaced, by `fill`.
  onnx::WhereOp where;
  double fill = 0;
};

/// scale · (q · kᵀ) and what is done to it before the softmax
struct Scores {
  onnx::MatMulOp product;
  double scale = 1;
  /// A tensor that multiplies the product and is the same for all keys, such as
  /// a temperature of each head; null if there is none.
  mlir::Value queryFactor;
  llvm::SmallVector<ScoreTerm> terms; ///< The last that is added is first.

  /// Follows `value`, which is multiplied by `factor` later, down to the
  /// product. Returns why it leads to none, or nothing.
  llvm::StringRef collect(mlir::Value value, double factor);

private:
  /// Takes in the operand of `mul` that is the same for all keys and goes on to
  /// the other in `value`.
  llvm::StringRef multiply(onnx::MulOp mul, mlir::Value &value);
  llvm::StringRef replace(onnx::WhereOp where, double factor);
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_RAISE_SCORES_H
