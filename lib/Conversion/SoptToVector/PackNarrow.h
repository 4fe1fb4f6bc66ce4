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

namespace sopt {

/// A K × N weight rounded and packed into panels of `width` columns. Columns
/// and features past the last are zero.
struct NarrowWeight {
  /// memref<⌈N/width⌉ × ⌈K/group⌉ × width · group>: panel, word (a multiple of
  /// the form's unit of them), column of the panel, feature of the word.
  mlir::Value panels;
  mlir::Value steps; ///< memref<⌈N/width⌉ × width × f32>, for int8.
  mlir::Value sums;  ///< The columns' sums in i32, of the same shape, for int8.
};

/// Of a constant that `packer` can pack, to be rounded as `precision` says.
NarrowWeight packNarrow(mlir::ImplicitLocOpBuilder &b, WeightPacker &packer,
                        mlir::Value weight, const NarrowForm &form,
                        PrecisionAttr precision, int64_t width);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKNARROW_H
