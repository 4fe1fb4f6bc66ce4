//===- PackNarrow.h - Constant weights in fewer bits ---------- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKNARROW_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKNARROW_H

#include "NarrowForm.h"
#include "PackWeights.h"
#include "sparse-opt/Math/Rounding.h"
#include <optional>

namespace sopt {

/// What belongs to the columns of a weight in int8, which are in panels of
/// `width`: memref<⌈N/width⌉ × width>, zero past the last.
struct Int8Columns {
  mlir::Value steps; ///< f32
  mlir::Value sums;  ///< Of the integers of a column, in i32.
};

/// A K × N weight rounded and packed into panels of `width` columns. Columns
/// and features past the last are zero.
struct NarrowWeight {
  /// memref<⌈N/width⌉ × ⌈K/group⌉ × width · group>: panel, word (a multiple of
  /// the form's unit of them), column of the panel, feature of the word.
  mlir::Value panels;
  Int8Columns columns; ///< Null but for int8.
};

/// A weight of n columns in int8, rounded as a precision says when somebody
/// first asks for it: several forms of one are packed.
class RoundedWeight {
public:
  RoundedWeight(PrecisionAttr precision, int64_t n)
      : precision(precision), n(n) {}

  PrecisionAttr getPrecision() const { return precision; }

  /// Of `source`, K × n, always the same: its rows are divided by what x is
  /// multiplied by.
  const Int8Matrix &get(llvm::ArrayRef<float> source);

private:
  PrecisionAttr precision;
  int64_t n;
  std::optional<Int8Matrix> rounded;
};

/// Of a constant that `packer` can pack; in bf16 `rounded` is not asked.
NarrowWeight packNarrow(mlir::ImplicitLocOpBuilder &b, WeightPacker &packer,
                        mlir::Value weight, const NarrowForm &form,
                        RoundedWeight &rounded, int64_t width);

/// The columns alone; those of packNarrow for the same weight are the same.
Int8Columns packInt8Columns(mlir::ImplicitLocOpBuilder &b, WeightPacker &packer,
                            mlir::Value weight, RoundedWeight &rounded,
                            int64_t width);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKNARROW_H
