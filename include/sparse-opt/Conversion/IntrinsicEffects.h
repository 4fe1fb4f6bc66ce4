//===- IntrinsicEffects.h - What calls of intrinsics touch ---- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_CONVERSION_INTRINSICEFFECTS_H
#define SPARSE_OPT_CONVERSION_INTRINSICEFFECTS_H

#include "mlir/IR/DialectRegistry.h"

namespace sopt {

/// Lets passes know that the intrinsics by which convert-sopt-to-vector
/// multiplies touch no memory: `llvm.call_intrinsic` does not say it of any,
/// and buffers are not freed automatically around what may do anything.
void registerIntrinsicEffects(mlir::DialectRegistry &registry);

} // namespace sopt

#endif // SPARSE_OPT_CONVERSION_INTRINSICEFFECTS_H
