//===- Moments.h - What is known of a layer's inputs ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SEARCH_MOMENTS_H
#define SPARSE_OPT_SEARCH_MOMENTS_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <vector>

namespace sopt {

/// The second moments E[xᵀx] of a layer's inputs, gathered as they come: takes
/// inputs² numbers of memory however many there are.
class Moments {
public:
  explicit Moments(int64_t inputs)
      : inputs(inputs), sums(size_t(inputs) * inputs, 0.0) {}

  /// Adds the rows of `x`, rows × inputs. False, with nothing added, if one of
  /// its elements is not finite.
  bool add(llvm::ArrayRef<float> x);

  int64_t getRows() const { return rows; }

  /// inputs × inputs, symmetric, row by row; all zero before the first row.
  std::vector<double> get() const;

  /// Directions of the input space that no row has a part in, and that are not
  /// inputs which are always zero: what pruning cannot know of for want of
  /// rows, or because the inputs depend on each other.
  int64_t countMissing() const;

private:
  /// Takes the rows that wait to the sums.
  void flush() const;

  int64_t inputs, rows = 0;
  mutable std::vector<double> waiting; ///< Rows, for larger products.
  mutable std::vector<double> sums;    ///< The upper triangle of XᵀX.
};

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_MOMENTS_H
