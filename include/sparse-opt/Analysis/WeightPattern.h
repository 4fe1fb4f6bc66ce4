//===- WeightPattern.h - Where a weight has its zeros -----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_ANALYSIS_WEIGHTPATTERN_H
#define SPARSE_OPT_ANALYSIS_WEIGHTPATTERN_H

#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/ArrayRef.h"

namespace sopt {

/// The elements of `value` if it is a constant, of the onnx or arith dialect.
mlir::ElementsAttr getConstantElements(mlir::Value value);

/// Counts of a K × N weight's elements, which is all that the choice of a
/// kernel asks of them.
struct WeightPattern {
  int64_t k = 0, n = 0;
  int64_t nonZeros = 0;
  /// Blocks of 4 neighbouring outputs of one input that hold a non-zero. The
  /// last block of an input may be cut off.
  int64_t blocksOf4 = 0;
  /// The most non-zeros that any 4 neighbouring inputs, from multiples of 4 on,
  /// have of one output.
  int64_t mostOf4 = 4;

  /// A share of all elements; 0 of none.
  double getZeroShare() const;
  /// Elements that blocks of 4 store for each non-zero, from 1 to 4; 1 where
  /// there are no non-zeros.
  double getFill() const;

  /// Counts `weight`, K × N row by row. Both zeros are zeros.
  static WeightPattern of(llvm::ArrayRef<float> weight, int64_t k, int64_t n);

  /// blocksOf4 of those of its N columns that `columns` lists, in that order.
  static int64_t countBlocks(llvm::ArrayRef<float> weight, int64_t k, int64_t n,
                             llvm::ArrayRef<int64_t> columns);

  /// What is expected of a weight whose zeros, a share of all elements, are
  /// scattered, `block` neighbouring outputs of an input together. Zeros that
  /// gather somewhere leave fewer blocks.
  static WeightPattern expect(int64_t k, int64_t n, double zeros,
                              int64_t block);
  /// The same of a weight of which an output has `keep` of each `of`
  /// neighbouring inputs.
  static WeightPattern expectNM(int64_t k, int64_t n, int64_t keep, int64_t of);
};

/// Inputs that the CSR kernel is done with before it takes the next ones, where
/// it cuts a weight into panels.
constexpr int64_t kCsrPanelInputs = 192;

/// The panels that CSR cuts a K × N weight into. A product waits for an input
/// from the second-level cache, unless few enough inputs for the first-level
/// one are used for many outputs before the next ones are. But sums go to
/// memory and back for each panel, which only rows with enough non-zeros in it
/// repay: else there is one.
int64_t countCsrPanels(int64_t k, int64_t n, int64_t nonZeros);

} // namespace sopt

#endif // SPARSE_OPT_ANALYSIS_WEIGHTPATTERN_H
