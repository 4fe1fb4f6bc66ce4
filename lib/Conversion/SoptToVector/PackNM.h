//===- PackNM.h - Constant weights of which N in M are stored ---*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKNM_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKNM_H

#include "PackWeights.h"

namespace sopt {

/// How a weight of K inputs, of which `kept` in each group are stored, lies in
/// memory: the outputs of one vector after those of the other, and of each a
/// row of lanes for every word of places (NMForm.h), which the rows of the
/// values that it is for follow, group by group.
struct NMRows {
  NMRows(int64_t k, int64_t kept);

  int64_t kept;
  int64_t groups; ///< The last may have fewer inputs.
  int64_t groupsPerWord;
  int64_t rowsPerWord; ///< That of the word itself, too.
  int64_t count;       ///< Of all rows of one vector of outputs.

  int64_t getWord(int64_t group) const {
    return group / groupsPerWord * rowsPerWord;
  }
  /// That of the first value of `group`.
  int64_t getValue(int64_t group) const {
    return getWord(group) + 1 + group % groupsPerWord * kept;
  }
};

/// A memref<⌈N/width⌉ × width/lanes · rows × lanes × i32> of `weight`, a
/// constant that `packer` can pack and of which canPackNM: panels of `width`
/// columns, of which those past the last are zero.
mlir::Value packNM(mlir::ImplicitLocOpBuilder &b, WeightPacker &packer,
                   mlir::Value weight, int64_t kept, int64_t width,
                   int64_t lanes);

/// Whether no group of `weight`, a constant of f32 whose elements are at hand,
/// has more than `kept` non-zeros.
bool canPackNM(mlir::Value weight, int64_t kept);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKNM_H
