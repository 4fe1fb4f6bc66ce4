//===- FeatureOrder.h - Neighbours that share blocks ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SCHEDULE_FEATUREORDER_H
#define SPARSE_OPT_SCHEDULE_FEATUREORDER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <vector>

namespace sopt {

/// Puts features next to each other that are made of the same inputs, so that
/// the non-zeros of the weights that make them share blocks of 4 neighbouring
/// outputs × 1 input.
///
/// Which four features share the most inputs is as hard as packing; this is
/// greedy, as column clustering for block-sparse formats is: a group begins
/// with any feature and takes, three times, the one whose inputs differ least
/// from those of the group. Candidates are those near it in an order by MinHash
/// (Broder 1997), in which features of equal inputs are neighbours and of
/// similar ones mostly near: all where there are few features, so many that the
/// work is bounded where there are many.
class FeatureOrder {
public:
  /// A K × N weight, row by row.
  struct Weight {
    llvm::ArrayRef<float> elements;
    int64_t k, n;
  };

  /// Of `parts` × `size` features, which stay in their part. Each weight makes
  /// them as parts × repeats × size outputs, at least one repeat.
  FeatureOrder(int64_t parts, int64_t size, llvm::ArrayRef<Weight> weights);

  /// How many blocks of each weight will hold a non-zero, from a few groups
  /// that are the first to choose: a little less than findOrder's, as a rule.
  llvm::SmallVector<int64_t, 2> estimateBlocks() const;

  /// The feature that is to come to each place.
  std::vector<int64_t> findOrder() const;

  /// The same for the outputs of a layer, or the inputs of one that reads them:
  /// each of `repeats` repeats of a part in the part's order.
  static std::vector<int64_t> repeat(llvm::ArrayRef<int64_t> order,
                                     int64_t parts, int64_t repeats);

private:
  /// Features that shall be neighbours, as places in a list, and the inputs
  /// that any of them is made of.
  struct Group {
    llvm::SmallVector<size_t, 4> places;
    llvm::SmallVector<uint64_t> inputs;
  };

  void readWeight(const Weight &weight, int64_t begin);
  llvm::ArrayRef<uint64_t> getInputs(uint32_t feature) const;
  /// The group of the feature at `first` among `candidates`.
  Group grow(llvm::ArrayRef<uint32_t> candidates, size_t first) const;

  int64_t parts, size;
  /// Words of the inputs of a feature: for each weight, where they end.
  llvm::SmallVector<int64_t, 2> ends;
  /// A bit for each input and repeat, feature by feature.
  std::vector<uint64_t> inputs;
  /// The features, part by part, by MinHash.
  std::vector<uint32_t> byHash;
  /// How many candidates a group is grown from.
  size_t window;
};

} // namespace sopt

#endif // SPARSE_OPT_SCHEDULE_FEATUREORDER_H
