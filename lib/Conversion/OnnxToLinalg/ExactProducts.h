//===- ExactProducts.h - Products of small integers as floats ---*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// f32 holds every integer up to 2²⁴, so sums of products that cannot go beyond
// are exact in it, in any order, and the kernels for floats compute them. What
// products with constant weights can add up to is known when compiling; where
// that is too much, terms are summed in parts, and the parts as integers.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_EXACTPRODUCTS_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_EXACTPRODUCTS_H

#include "Emitter.h"

namespace sopt {

/// Constant weights of 8 bits less their zero points.
class WholeWeights {
public:
  /// Neighbours in a dimension.
  struct Range {
    int64_t first, count;
  };

  /// `zero` may be null, or hold one number, or one for each element of
  /// dimension `axis` of `tensor`. None unless both are constants at hand.
  static std::optional<WholeWeights> get(mlir::Value tensor, mlir::Value zero,
                                         bool isUnsigned, int64_t axis);

  /// Element `which` of the first dimension.
  WholeWeights part(int64_t which) const;

  /// The fewest ranges of dimension `terms` such that sums over one of them,
  /// and over all other dimensions but `outputs`, of products with numbers up
  /// to ±255 are exact in f32. None if a single element is too much.
  llvm::SmallVector<Range> getExactRanges(int64_t outputs, int64_t terms) const;

  /// `range` of dimension `dim`, as a constant of f32.
  mlir::Value take(Emitter &e, int64_t dim, Range range) const;

  llvm::ArrayRef<int64_t> getShape() const { return shape; }

private:
  llvm::SmallVector<int64_t> shape;
  std::vector<int16_t> elements;
};

/// `tensor`, of 8 bits, less `zero` as f32. `zero` may be null, or broadcast to
/// `tensor`. Fails if it does not.
mlir::FailureOr<mlir::Value> centreAsFloats(Emitter &e, mlir::Value tensor,
                                            mlir::Value zero, bool isUnsigned);

/// The sum of tensors of one shape, of whole floats, as i32.
mlir::Value sumAsIntegers(Emitter &e, mlir::ValueRange parts);

/// x · weights (K × N) as i32; `x` has at least two dimensions and whole
/// numbers up to ±255. Null if single products are too large.
mlir::Value multiplyExactly(Emitter &e, mlir::Value x,
                            const WholeWeights &weights);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_EXACTPRODUCTS_H
