//===- PeakGroundTruth.h - Where agreement of people ends -------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Labels and scores come from people, who agree with each other, and with
// themselves, only so far. A model that comes nearer to one's ratings than
// another would has learnt his habits, and is no better for it (the peak ground
// truth; after Kofler et al., Approaching Peak Ground Truth, 2023).
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SEARCH_PEAKGROUNDTRUTH_H
#define SPARSE_OPT_SEARCH_PEAKGROUNDTRUTH_H

#include "sparse-opt/Search/Metrics.h"
#include "sparse-opt/Search/Ratings.h"

namespace sopt {

/// How far raters agree, in a metric's own terms: as it would judge one by the
/// other's ratings of the items that both rated.
struct PeakGroundTruth {
  /// The mean over pairs of different raters, and over pairs of rounds of one;
  /// a pair counts by the items that both rated, and with fewer than 3 of them
  /// not at all. None without such pairs.
  std::optional<double> between, within;
  /// The smaller one: what a reference is worth that one rater gives once.
  double ceiling;
  /// What holds 95 % of ceilings of items that are drawn anew, 200 times.
  double low, high;
};

/// Fails if raters say nothing of the metric, no two of them rated the same
/// items, or all agree on everything being the same.
llvm::Expected<PeakGroundTruth> measurePeak(const Ratings &ratings,
                                            const Metric &metric);

/// From this score on candidates are as good as each other: the dense model's,
/// or the ceiling if that is less; less a loss that its user tolerates.
double getSufficientScore(double dense, const PeakGroundTruth &peak,
                          double tolerance);

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_PEAKGROUNDTRUTH_H
