//===- Transpose.cpp - Transpose a square of vectors ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Transpose.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

// Swaps the bits of an element's row number with those of its lane, one bit
// after another: of two rows that differ in bit `bit`, the lanes with that bit
// of the first change places with the lanes without it of the second.
SmallVector<Value> sopt::transposeSquare(VectorBuilder &b,
                                         ArrayRef<Value> rows) {
  int64_t lanes = b.getLanes();
  assert(int64_t(rows.size()) == lanes && llvm::isPowerOf2_64(lanes));
  SmallVector<Value> square(rows);
  for (int64_t bit = 1; bit < lanes; bit *= 2) {
    // Which lanes of the two rows, one behind the other, make each new row.
    SmallVector<int64_t> lower, upper;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      bool isSet = lane & bit;
      lower.push_back(isSet ? lanes + lane - bit : lane);
      upper.push_back(isSet ? lanes + lane : lane + bit);
    }
    for (int64_t row = 0; row < lanes; ++row) {
      if (row & bit)
        continue;
      Value first = square[row], second = square[row + bit];
      square[row] = vector::ShuffleOp::create(b, first, second, lower);
      square[row + bit] = vector::ShuffleOp::create(b, first, second, upper);
    }
  }
  return square;
}
