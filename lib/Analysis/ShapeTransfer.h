//===- ShapeTransfer.h - What each operator does to shapes ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_ANALYSIS_SHAPETRANSFER_H
#define SPARSE_OPT_LIB_ANALYSIS_SHAPETRANSFER_H

#include "sparse-opt/Analysis/ShapeAnalysis.h"

namespace sopt::onnx {
class SliceOp;
} // namespace sopt::onnx

namespace sopt {

/// The transfer functions of ShapeAnalysis: one operator at a time, from what
/// is known of its operands.
class ShapeTransfer {
public:
  explicit ShapeTransfer(ShapeAnalysis &analysis) : analysis(analysis) {}

  /// The shape of `result`, if its operator is known here; `declared` is what
  /// its type says, empty if that has no rank.
  std::optional<SymbolicShape> inferShape(mlir::OpResult result,
                                          llvm::ArrayRef<DimExpr> declared);

  /// The elements of `result`, if its operator is known here.
  std::optional<SymbolicContents> inferContents(mlir::OpResult result);

  /// Constant integers, e.g. axes.
  std::optional<llvm::SmallVector<int64_t>> getConstants(mlir::Value value);

private:
  ShapeAnalysis &analysis;
};

/// The shape of a slice; symbols of their own for sizes that are not known.
std::optional<SymbolicShape>
inferSlice(ShapeAnalysis &analysis, ShapeTransfer &transfer, onnx::SliceOp op);

} // namespace sopt

#endif // SPARSE_OPT_LIB_ANALYSIS_SHAPETRANSFER_H
