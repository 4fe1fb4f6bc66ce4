//===- Isa.h - Vector units and the tiles they like -------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_ISA_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_ISA_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace sopt {

/// What a kernel generator needs to know about an instruction set.
struct Isa {
  llvm::StringRef name;
  /// f32 elements of one vector register, and how many registers there are.
  int64_t lanes;
  int64_t registers;
  /// Whether a fused multiply-add is one instruction. Where it is not, a
  /// `vector.fma` would become a call of libm per element.
  bool hasFma;
  /// Whether 1 / x has an estimate good enough that a step of Newton's method
  /// makes a quotient of it, sooner than a division does.
  bool hasReciprocal;
  /// The tile of outputs that a matrix kernel holds in registers: `rows` rows
  /// of `vectors` vectors. rows × vectors accumulators, one row of weights and
  /// one broadcast input must fit the register file.
  int64_t rows;
  int64_t vectors;
  /// The same where the rows of the input lie a multiple of a page apart. Then
  /// the elements of a column share one set of the first-level cache, and more
  /// rows than it has ways would evict one another.
  int64_t rowsInOneSet;
  int64_t vectorsInOneSet;

  /// Whether a column of rows that are `bytes` long is in one set.
  static bool isInOneSet(int64_t bytes);
  /// This, with the tile for inputs whose rows are `bytes` long.
  Isa forRowsOf(int64_t bytes) const;
};

/// The instruction set called `name`, null if there is none.
const Isa *lookUpIsa(llvm::StringRef name);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_ISA_H
