//===- Groups.h - Weights that go together ----------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_SEARCH_GROUPS_H
#define SPARSE_OPT_LIB_SEARCH_GROUPS_H

#include "sparse-opt/Search/Pruners.h"
#include "llvm/ADT/ArrayRef.h"
#include <algorithm>

namespace sopt {

/// Fails if the layer's sizes contradict each other, a number in it is not
/// finite, or `target` does not fit it.
llvm::Error check(const PrunedLayer &layer, const SparsityTarget &target);

/// The same without a look at the moments.
llvm::Error checkWeight(const PrunedLayer &layer, const SparsityTarget &target);

/// The scores of some inputs of a weight, summed over what goes together:
/// groups of neighbouring outputs of one input, or all outputs of neighbouring
/// inputs.
class GroupScores {
public:
  /// `score(input, output)` for inputs 0 to `inputs`. Of a structured target
  /// `part` inputs go together.
  template <typename Score>
  GroupScores(int64_t inputs, int64_t outputs, const SparsityTarget &target,
              int64_t part, Score score)
      : block(target.isStructured() ? outputs : target.block),
        part(target.isStructured() ? part : 1), rows(inputs / this->part),
        groups(outputs / block), scores(size_t(rows * groups), 0.0) {
    for (int64_t input = 0; input < inputs; ++input) {
      double *sums = &scores[getFirst(input)];
      for (int64_t group = 0, output = 0; group < groups; ++group)
        for (int64_t end = output + block; output < end; ++output)
          sums[group] += score(input, output);
    }
  }

  /// Of each group, whether it is marked. Bytes, for loops over them to be of
  /// vectors.
  using Selection = std::vector<char>;

  /// Marks the groups with the least scores, as many as the target's zeros: of
  /// all, or of each N:M's own.
  Selection select(const SparsityTarget &target) const;

  /// Marks the `count` groups with the least scores.
  Selection selectLeast(int64_t count) const;

  /// Marks, for each group of outputs on its own, the `count` inputs with the
  /// least scores among each `of` that follow each other.
  Selection selectLeastRows(int64_t count, int64_t of) const;

  /// Tells of each weight that reads `input` whether its group is marked.
  void getRow(llvm::ArrayRef<char> selection, int64_t input,
              llvm::MutableArrayRef<char> isMarked) const {
    llvm::ArrayRef<char> row = selection.slice(getFirst(input), groups);
    for (int64_t group = 0; group < groups; ++group)
      std::fill_n(&isMarked[group * block], block, row[group]);
  }

  int64_t size() const { return rows * groups; }

private:
  /// The first group of an input's.
  int64_t getFirst(int64_t input) const { return input / part * groups; }

  int64_t block, part, rows, groups;
  std::vector<double> scores;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_SEARCH_GROUPS_H
