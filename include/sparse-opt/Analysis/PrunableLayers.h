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
#include <optional>
#include <string>
#include <vector>

namespace sopt {

/// A product with a constant weight whose zeros save work.
struct PrunableLayer {
  std::string name;          ///< The node's, or the weight's where it has none.
  mlir::Value input;         ///< […, inputs].
  onnx::ConstantOp constant; ///< inputs × outputs, or its transpose.
  bool isTransposed;         ///< Whether it is outputs × inputs.
  mlir::Value output;        ///< […, outputs]: input·weight + addend.
  /// What is added to every row of the product, a number for each output or
  /// one for all; null if there is none.
  onnx::ConstantOp addend = nullptr;
  /// The addend, if no other layer adds it, too; null otherwise.
  onnx::ConstantOp bias = nullptr;
  /// What the output is added to, as in a residual connection; null if nothing.
  mlir::Value stream = nullptr;
  /// So many neighbouring inputs can go together with what makes them: 1 where
  /// they are neurons, the size of a head where they are heads; 0 where that is
  /// not known or cannot be.
  int64_t part = 0;
  /// The layers that make the inputs, whose outputs go with them: as many
  /// parts, or `segments` times as many.
  llvm::SmallVector<unsigned> producers = {};
  /// The layer whose producer this is.
  std::optional<unsigned> reader = std::nullopt;
  /// Of a producer: so many times its outputs are all the parts, 3 where q, k
  /// and v are one product.
  int64_t segments = 1;

  /// The operation that multiplies with the weight.
  mlir::Operation *getProduct() const;

  int64_t getInputs() const;
  int64_t getOutputs() const;

  /// The weight, inputs × outputs, row by row.
  std::vector<float> getWeight() const;

  /// Replaces the weight, given as getWeight gives it.
  void setWeight(llvm::ArrayRef<float> weight) const;

  /// A number for each output, zeros without an addend.
  std::vector<float> getAddend() const;

  /// The bias, which must exist.
  std::vector<float> getBias() const;
  void setBias(llvm::ArrayRef<float> bias) const;
};

/// In execution order, the layers of `function` that pruning may touch: MatMul
/// and Gemm of a value of known rank whose second operand is an f32 matrix of
/// their own, with at least 64 inputs and outputs. A Gemm must do no more than
/// multiply and add a constant. Embeddings are looked up, not multiplied with,
/// and so are none.
std::vector<PrunableLayer> findPrunableLayers(mlir::func::FuncOp function);

} // namespace sopt

#endif // SPARSE_OPT_ANALYSIS_PRUNABLELAYERS_H
