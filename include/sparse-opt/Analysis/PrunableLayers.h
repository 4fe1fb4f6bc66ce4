//===- PrunableLayers.h - Weights that pruning may touch --------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_ANALYSIS_PRUNABLELAYERS_H
#define SPARSE_OPT_ANALYSIS_PRUNABLELAYERS_H

#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <string>
#include <vector>

namespace sopt {

/// A product with a constant weight whose zeros save work.
struct PrunableLayer {
  std::string name;          ///< The node's, or the weight's where it has none.
  mlir::Value input;         ///< […, inputs].
  onnx::ConstantOp constant; ///< inputs × outputs, or its transpose.
  bool isTransposed;         ///< Whether it is outputs × inputs.
  /// What is added to every row of the product, a number for each output; null
  /// if there is none or another layer adds it, too.
  onnx::ConstantOp bias = nullptr;
  /// What product and bias are added to, as in a residual connection; null if
  /// nothing.
  mlir::Value stream = nullptr;

  int64_t getInputs() const;
  int64_t getOutputs() const;

  /// The weight, inputs × outputs, row by row.
  std::vector<float> getWeight() const;

  /// Replaces the weight, given as getWeight gives it.
  void setWeight(llvm::ArrayRef<float> weight) const;

  /// The bias, which must exist.
  std::vector<float> getBias() const;
  void setBias(llvm::ArrayRef<float> bias) const;
};

/// In execution order, the layers of `function` that pruning may touch: MatMul
/// and Gemm whose second operand is an f32 matrix of their own, with at least
/// 64 inputs and outputs. Embeddings are looked up, not multiplied with, and so
/// are none.
std::vector<PrunableLayer> findPrunableLayers(mlir::func::FuncOp function);

} // namespace sopt

#endif // SPARSE_OPT_ANALYSIS_PRUNABLELAYERS_H
