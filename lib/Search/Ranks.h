//===- Ranks.h - Ranks of values that may be equal --------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_SEARCH_RANKS_H
#define SPARSE_OPT_LIB_SEARCH_RANKS_H

#include "llvm/ADT/ArrayRef.h"
#include <vector>

namespace sopt {

/// For each of the values, none of them NaN, how many different ones are below
/// it.
std::vector<unsigned> getPlaces(llvm::ArrayRef<double> values);

/// The rank of each value by its place: the mean of the ranks from 1 that equal
/// values share. Value i counts `weights[i]` times.
std::vector<double> getMidranks(llvm::ArrayRef<unsigned> places,
                                llvm::ArrayRef<double> weights);

/// Spearman's rank correlation, -1 to 1, of values by their places: Pearson's
/// of their midranks. NaN if either has one value alone.
double getRankCorrelation(llvm::ArrayRef<unsigned> first,
                          llvm::ArrayRef<unsigned> second,
                          llvm::ArrayRef<double> weights);

} // namespace sopt

#endif // SPARSE_OPT_LIB_SEARCH_RANKS_H
