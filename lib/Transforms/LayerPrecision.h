//===- LayerPrecision.h - A choice of precision as an attribute -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_LAYERPRECISION_H
#define SPARSE_OPT_LIB_TRANSFORMS_LAYERPRECISION_H

#include "dialects/Sopt/IR/Sopt.h"
#include "sparse-opt/Schedule/PrecisionChoice.h"

namespace sopt {

/// What sopt.linear says of a precision; null for f32.
PrecisionAttr makePrecision(mlir::MLIRContext *context,
                            LayerPrecision precision);

/// The other way.
LayerPrecision getPrecision(LinearOp op);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_LAYERPRECISION_H
