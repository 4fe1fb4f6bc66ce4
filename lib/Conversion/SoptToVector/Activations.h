//===- Activations.h - Activation functions on vectors ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_ACTIVATIONS_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_ACTIVATIONS_H

#include "VectorBuilder.h"
#include "dialects/Sopt/IR/Sopt.h"

namespace sopt {

/// eˣ, within 2 ulp for −87.3 ≤ x ≤ 88.3. Below that 0, above it ∞; NaN gives
/// NaN.
mlir::Value emitExp(VectorBuilder &b, mlir::Value x);

/// The same for x that is nowhere above 0.
mlir::Value emitExpOfNegative(VectorBuilder &b, mlir::Value x);

/// erf(x), absolute error below 4e-7.
mlir::Value emitErf(VectorBuilder &b, mlir::Value x);

/// `activation` of x. Errors are at most 4e-7 · max(1, |x|).
mlir::Value emitActivation(VectorBuilder &b, Activation activation,
                           mlir::Value x);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_ACTIVATIONS_H
