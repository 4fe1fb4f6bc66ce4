//===- Metrics.cpp - What a pruned model is judged by ---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Metrics.h"
#include "Cosines.h"
#include "PairAuc.h"
#include "Ranks.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <limits>

using namespace llvm;
using namespace sopt;

double sopt::measureSpearman(const JudgedOutputs &judged) {
  Cosines cosines(judged.embeddings);
  std::vector<double> near, scores;
  for (const RatedPair &pair : judged.pairs) {
    near.push_back(cosines.get(pair.first, pair.second));
    scores.push_back(pair.score);
  }
  if (!all_of(near, [](double cosine) { return std::isfinite(cosine); }))
    return std::numeric_limits<double>::quiet_NaN();
  return getRankCorrelation(getPlaces(near), getPlaces(scores),
                            std::vector<double>(scores.size(), 1.0));
}

/// The share of items that two raters put into the same class.
static double agreeOnItems(ArrayRef<unsigned> first, ArrayRef<unsigned> second,
                           ArrayRef<double> weights) {
  double same = 0, total = 0;
  for (auto [one, other, weight] : zip_equal(first, second, weights)) {
    same += one == other ? weight : 0;
    total += weight;
  }
  return same / total;
}

static constexpr Metric kMetrics[] = {
    {"distance", MetricNeed::Nothing, measureDistance, nullptr},
    {"auc", MetricNeed::Labels, measurePairAuc, agreeOnPairs},
    {"probe", MetricNeed::Labels, measureProbeAccuracy, agreeOnItems},
    {"spearman", MetricNeed::Scores, measureSpearman, getRankCorrelation},
};

ArrayRef<Metric> sopt::getMetrics() { return kMetrics; }

const Metric *sopt::lookUpMetric(StringRef name) {
  const Metric *metric =
      find_if(kMetrics, [&](const Metric &m) { return m.name == name; });
  return metric == std::end(kMetrics) ? nullptr : metric;
}
