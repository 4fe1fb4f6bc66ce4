//===- NarrowForm.h - Products of numbers of 8 or 16 bits ----- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NARROWFORM_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NARROWFORM_H

#include "VectorBuilder.h"
#include "dialects/Sopt/IR/Sopt.h"

namespace sopt {

/// Rows, and words of 32 bits in a row, of one of AMX's tile registers.
constexpr int64_t kTileRows = 16, kTileWords = 16;

/// By which instructions products of narrow numbers are summed up in 32 bits.
///
/// Inputs of `group` neighbouring features make one word of 32 bits, which is
/// broadcast to all lanes; a weight vector holds, lane by lane, the weights of
/// the same features. A form with tile registers takes 16 rows of 16 such words
/// and 16 such weight vectors at once (TileKernel.h).
struct NarrowForm {
  Number number;
  llvm::StringRef isa;     ///< Empty for any.
  llvm::StringRef feature; ///< Of the processor, beyond the isa; may be empty.
  int64_t group;
  llvm::StringRef intrinsic; ///< LLVM's name; empty where none is needed.
  bool hasTiles = false;

  /// What an input and a weight are stored as, both signless: an int8 input is
  /// 0 … 255, an input in bf16 alone in its word has the bits of an f32.
  unsigned getInputBits() const { return 32 / group; }
  unsigned getWeightBits() const { return number == Number::Int8 ? 8 : 16; }

  /// Words of a row, and rows, come in multiples of these; those past the last
  /// are zero, or anything.
  int64_t getWordUnit() const { return hasTiles ? kTileWords : 1; }
  int64_t getRowUnit() const { return hasTiles ? kTileRows : 1; }

  /// Without tiles: the word of `group` stored inputs from `indices` on, in all
  /// lanes.
  mlir::Value loadWord(VectorBuilder &b, mlir::Value memory,
                       mlir::ValueRange indices) const;
  /// The weights of lanes, from `indices` on, as multiplyAdd takes them.
  mlir::Value loadWeights(VectorBuilder &b, mlir::Value weight,
                          mlir::ValueRange indices) const;
  /// sum + Σ input · weights over the group. Weights may also be in a word.
  mlir::Value multiplyAdd(VectorBuilder &b, mlir::Value input,
                          mlir::Value weights, mlir::Value sum) const;
};

/// What k inputs take, in f32 where `form` is null.
int64_t getRowBytes(const NarrowForm *form, int64_t k);

/// The best form that `isa` with `features` has: vnni, bf16 and, with avx512,
/// bw, amx-int8 and amx-bf16, which have tiles. There always is one without.
const NarrowForm &lookUpNarrowForm(Number number, llvm::StringRef isa,
                                   llvm::ArrayRef<std::string> features,
                                   bool mayHaveTiles);

/// Whether a form without tiles calls the intrinsic of this name.
bool isNarrowIntrinsic(llvm::StringRef name);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NARROWFORM_H
