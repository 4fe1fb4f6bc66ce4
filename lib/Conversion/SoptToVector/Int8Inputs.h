//===- Int8Inputs.h - How inputs of layers become int8 -------- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The arithmetic of `#sopt.precision<int8>`, whichever way vectors run: what is
// said of a row is a scalar where they run along its features, and a lane of a
// vector where they run along rows.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_INT8INPUTS_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_INT8INPUTS_H

#include "VectorBuilder.h"
#include "dialects/Sopt/IR/Sopt.h"
#include <optional>

namespace sopt {

/// Between what a row lies: one number not above and one not below 0.
struct Int8Ends {
  mlir::Value low, high;
};

/// How a row is rounded to 0 … 255: in so many steps of 1, from the zero point
/// on.
struct Int8Scale {
  mlir::Value factor, step, zero;
};

Int8Scale buildInt8Scale(VectorBuilder &b, const Int8Ends &ends);

/// Rounds vectors of numbers that have the same factors and zero points.
class Int8Rounding {
public:
  /// Both are vectors.
  Int8Rounding(VectorBuilder &b, mlir::Value factor, mlir::Value zero);

  /// The inputs that x becomes, as integers of 32 bits; of a NaN, 0.
  mlir::Value round(VectorBuilder &b, mlir::Value x) const;

private:
  mlir::Value factor, least, most;
};

/// What a kernel that rounds needs to know of a precision.
struct Int8Details {
  mlir::Value factors;           ///< By which features are multiplied, or null.
  std::optional<Int8Ends> fixed; ///< Nothing where each row has its own.

  Int8Details() = default;
  /// From what `append` made of `precision`.
  Int8Details(PrecisionAttr precision, mlir::ValueRange arguments);

  /// Adds them to the arguments of a kernel.
  static void append(mlir::ImplicitLocOpBuilder &b, PrecisionAttr precision,
                     llvm::SmallVectorImpl<mlir::Value> &arguments);
  /// What the kernel's name says of them.
  static std::string getSuffix(PrecisionAttr precision);
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_INT8INPUTS_H
