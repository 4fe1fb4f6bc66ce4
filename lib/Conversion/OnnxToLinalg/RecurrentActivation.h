//===- RecurrentActivation.h - Activations of recurrent operators *- C++
//-*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_RECURRENTACTIVATION_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_RECURRENTACTIVATION_H

#include "Emitter.h"

namespace sopt {

struct ActivationFunction;

/// A function and its numbers, as an attribute `activations` names them.
struct RecurrentActivation {
  const ActivationFunction *function;
  double alpha, beta;
};

/// The activations of all directions, one after the other: those given, or
/// `fallback` for each direction. `alphas` and `betas` are for those that take
/// such numbers, in order. Refuses names that are not known and a wrong count.
mlir::FailureOr<llvm::SmallVector<RecurrentActivation>>
readActivations(Emitter &e, std::optional<mlir::ArrayAttr> given,
                std::optional<llvm::ArrayRef<float>> alphas,
                std::optional<llvm::ArrayRef<float>> betas,
                llvm::ArrayRef<llvm::StringRef> fallback,
                int64_t numDirections);

mlir::Value applyActivation(Emitter &e, const RecurrentActivation &activation,
                            mlir::Value x);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_RECURRENTACTIVATION_H
