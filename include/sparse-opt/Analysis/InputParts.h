//===- InputParts.h - Inputs that can go with what makes them ---*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_ANALYSIS_INPUTPARTS_H
#define SPARSE_OPT_ANALYSIS_INPUTPARTS_H

#include "dialects/Sopt/IR/Sopt.h"
#include <vector>

namespace sopt {

/// The parts of a layer's input that other layers make for it alone, so that
/// one it does not read need not be made: single features, where they are what
/// another layer computes, or the heads of an attention.
struct InputParts {
  int64_t count = 0; ///< Of parts, all of one size; 0 if there are none.
  /// Layers with as many parts of outputs.
  llvm::SmallVector<LinearOp, 3> producers = {};
  AttentionOp attention = nullptr; ///< What parts are the heads of.
};

/// The layer that computes `value` with a constant weight and, if it has one, a
/// constant bias; null if none does.
LinearOp getConstantLayer(mlir::Value value);

/// The same, if it computes `value` for one user alone.
LinearOp getOwnLayer(mlir::Value value);

/// None if a producer has other readers or a weight or bias that is no
/// constant, if q, k and v are parts of one product, if heads share keys, or if
/// each has a bias of its own.
InputParts findInputParts(LinearOp layer);

/// Of `count` parts of a layer's input, each as many rows of its `weight`,
/// those that are not multiplied by zeros alone.
std::vector<bool> findReadParts(llvm::ArrayRef<float> weight, int64_t count);

} // namespace sopt

#endif // SPARSE_OPT_ANALYSIS_INPUTPARTS_H
