//===- NMForm.h - How inputs are picked from groups -------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NMFORM_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NMFORM_H

#include "VectorBuilder.h"

namespace sopt {

/// By which instructions each lane, an output, picks one of the four inputs of
/// a group.
///
/// Places in groups have 2 bits, and those of 16 weights make a word of 32, a
/// lane of a vector of words: the first in its lowest bits.
class NMForm {
public:
  /// Inputs of a group, and bits and places of a word.
  static constexpr int64_t kGroup = 4, kPlaceBits = 2, kPlacesPerWord = 16;

  /// For so many `rows` of x that use the places once they are decoded.
  NMForm(const Isa &isa, int64_t rows);

  /// The four inputs of `row` from feature `k` on, in all lanes; of them the
  /// first `count` are there, the others are zero.
  llvm::SmallVector<mlir::Value> loadInputs(VectorBuilder &b, mlir::Value x,
                                            mlir::Value row, mlir::Value k,
                                            int64_t count) const;
  /// The lowest places of `words`, in the form that `pick` wants.
  llvm::SmallVector<mlir::Value> decode(VectorBuilder &b,
                                        mlir::Value words) const;
  /// Each lane's own of the inputs.
  mlir::Value pick(VectorBuilder &b, mlir::ValueRange inputs,
                   mlir::ValueRange places) const;

private:
  /// LLVM's names of what permutes lanes of 32 bits by the 2 lowest of their
  /// own, and bytes by bytes; empty where there is none. Lanes are selected
  /// where there is neither.
  llvm::StringRef lanes, bytes;
};

/// Whether a form calls the intrinsic of this name.
bool isNMIntrinsic(llvm::StringRef name);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NMFORM_H
