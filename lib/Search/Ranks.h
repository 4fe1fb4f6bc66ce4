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

/// Spearman's rank correlation, -1 to 1, of values by their places: Pearson's
/// of their ranks, of which equal values share the mean. Value i counts
/// `weights[i]` times. NaN if either side has one value alone.
double getRankCorrelation(llvm::ArrayRef<unsigned> first,
                          llvm::ArrayRef<unsigned> second,
                          llvm::ArrayRef<double> weights);

} // namespace sopt

#endif // SPARSE_OPT_LIB_SEARCH_RANKS_H
