//===- Groups.h - Weights that go together ----------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_SEARCH_GROUPS_H
#define SPARSE_OPT_LIB_SEARCH_GROUPS_H

#include "sparse-opt/Search/Pruners.h"

namespace sopt {

/// Fails if the layer's sizes contradict each other, a number in it is not
/// finite, or `target` does not fit it.
llvm::Error check(const PrunedLayer &layer, const SparsityTarget &target);

/// The same without a look at the moments.
llvm::Error checkWeight(const PrunedLayer &layer, const SparsityTarget &target);

/// The scores of some rows of a weight, summed over each group of `block`
/// neighbouring outputs: rows × (outputs / block).
class GroupScores {
public:
  /// `score(row, output)` for rows 0 to `rows`.
  template <typename Score>
  GroupScores(int64_t rows, int64_t outputs, int64_t block, Score score)
      : rows(rows), groups(outputs / block), block(block),
        scores(size_t(rows * groups), 0.0) {
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t output = 0; output < outputs; ++output)
        scores[row * groups + output / block] += score(row, output);
  }

  /// Marks the `count` groups with the least scores.
  std::vector<bool> selectLeast(int64_t count) const;

  /// Marks, for each group of outputs on its own, the `count` rows with the
  /// least scores among each `of` rows that follow each other.
  std::vector<bool> selectLeastRows(int64_t count, int64_t of) const;

  /// Whether a weight's group is in `selection`.
  bool isIn(const std::vector<bool> &selection, int64_t row,
            int64_t output) const {
    return selection[row * groups + output / block];
  }

  int64_t size() const { return rows * groups; }

private:
  int64_t rows, groups, block;
  std::vector<double> scores;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_SEARCH_GROUPS_H
