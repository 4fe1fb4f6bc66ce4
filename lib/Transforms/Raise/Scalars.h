//===- Scalars.h - Constants and casts inside formulas ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_RAISE_SCALARS_H
#define SPARSE_OPT_LIB_TRANSFORMS_RAISE_SCALARS_H

#include "mlir/IR/Value.h"
#include <optional>

namespace sopt {

/// The number in a constant of one element.
std::optional<double> getScalar(mlir::Value value);

/// The number that every element of `value` is: a constant, or one expanded.
std::optional<double> getSplat(mlir::Value value);

/// `value` before casts between floats, which exporters put around sums that
/// need more precision.
mlir::Value skipFloatCasts(mlir::Value value);

/// Whether two constants mean the same number. `type` is the model's element
/// type: one in half precision holds its constants in it, too.
bool isClose(double a, double b, mlir::Type type);

/// If `value` is a product or quotient of a tensor and a scalar, moves the
/// scalar to `factor` and `value` to the tensor, as often as possible.
void peelScalarFactors(mlir::Value &value, double &factor);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_RAISE_SCALARS_H
