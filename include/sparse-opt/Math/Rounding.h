//===- Rounding.h - Matrices in fewer bits -------------------- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_MATH_ROUNDING_H
#define SPARSE_OPT_MATH_ROUNDING_H

#include "llvm/ADT/ArrayRef.h"
#include <vector>

namespace sopt {

/// A matrix whose element in row i and column j is integers[i][j] · steps[j].
struct Int8Matrix {
  std::vector<int8_t> integers; ///< −127 … 127, row by row.
  std::vector<float> steps;     ///< NaN or infinite where the column is.
};

/// `matrix`, of so many columns, with each column rounded to the nearest of 255
/// multiples, halves to even, of a 127th of its largest magnitude. The
/// definition of `#sopt.precision<int8>` does the same operations.
Int8Matrix roundToInt8(llvm::ArrayRef<float> matrix, int64_t columns);

/// The numbers that `matrix` stands for.
std::vector<float> widenInt8(const Int8Matrix &matrix);

/// Between what ends the numbers of a row lie, one not above and one not below
/// 0.
struct Int8Range {
  float low = 0, high = 0;
};

/// The least range that holds the numbers and 0.
Int8Range getInt8Range(llvm::ArrayRef<float> row);

/// `row` with each number rounded to the nearest of 256 multiples of a 255th of
/// `range`, as the same definition does.
std::vector<float> roundRowToInt8(llvm::ArrayRef<float> row, Int8Range range);

/// The upper half of the float that is nearest to `x` among those whose lower
/// half is zero, halves to even: a bfloat16. A NaN stays one.
uint16_t roundToBfloat16(float x);

/// ‖w − ŵ‖ / ‖w‖, in the norm of all elements, for the ŵ that each makes of a
/// finite `matrix`; 0 if it is zero.
double getInt8Error(llvm::ArrayRef<float> matrix, int64_t columns);
double getBfloat16Error(llvm::ArrayRef<float> matrix);

} // namespace sopt

#endif // SPARSE_OPT_MATH_ROUNDING_H
