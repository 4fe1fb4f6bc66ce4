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

/// Of a constant that `packer` can pack, to be rounded as `precision` says.
NarrowWeight packNarrow(mlir::ImplicitLocOpBuilder &b, WeightPacker &packer,
                        mlir::Value weight, const NarrowForm &form,
                        PrecisionAttr precision, int64_t width);

/// The columns alone; those of packNarrow for the same weight are the same.
Int8Columns packInt8Columns(mlir::ImplicitLocOpBuilder &b, WeightPacker &packer,
                            mlir::Value weight, PrecisionAttr precision,
                            int64_t width);

/// `source`, K × N, rounded as `precision` says: with the rows divided by what
/// x is multiplied by.
Int8Matrix roundSmoothed(llvm::ArrayRef<float> source, int64_t n,
                         PrecisionAttr precision);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKNARROW_H
