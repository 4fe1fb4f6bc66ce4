//===- Int8Product.h - x * w, both rounded to 8 bits ---------- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOLINALG_INT8PRODUCT_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOLINALG_INT8PRODUCT_H

#include "Loops.h"
#include "dialects/Sopt/IR/Sopt.h"

namespace sopt {

/// x · weight as `precision`, of int8, defines it, of `sizes`: x's leading
/// dimensions and the weight's columns. All are of f32.
mlir::Value createInt8Product(mlir::ImplicitLocOpBuilder &b, mlir::Value x,
                              mlir::Value weight, PrecisionAttr precision,
                              Sizes sizes);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOLINALG_INT8PRODUCT_H
