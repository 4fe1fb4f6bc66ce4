//===- PeakGroundTruth.cpp - Where agreement of people ends ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/PeakGroundTruth.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include <cmath>
#include <random>

using namespace llvm;
using namespace sopt;

static constexpr int kDraws = 200;
static constexpr size_t kFewestItems = 3;

namespace {
/// Two rounds, of the items that are in both.
struct RoundPair {
  bool isOneRater;
  std::vector<unsigned> items, first, second;
};

struct Means {
  std::optional<double> between, within;

  std::optional<double> getCeiling() const {
    if (between && within)
      return std::min(*between, *within);
    return between ? between : within;
  }
};
} // namespace

static std::vector<RoundPair> getPairs(const Ratings &ratings) {
  std::vector<RoundPair> pairs;
  ArrayRef<Ratings::Round> rounds = ratings.rounds;
  for (size_t i = 0; i < rounds.size(); ++i)
    for (size_t j = i + 1; j < rounds.size(); ++j) {
      RoundPair pair{rounds[i].rater == rounds[j].rater, {}, {}, {}};
      for (unsigned item = 0; item < ratings.items; ++item) {
        if (!rounds[i].values[item] || !rounds[j].values[item])
          continue;
        pair.items.push_back(item);
        pair.first.push_back(*rounds[i].values[item]);
        pair.second.push_back(*rounds[j].values[item]);
      }
      if (pair.items.size() >= kFewestItems)
        pairs.push_back(std::move(pair));
    }
  return pairs;
}

/// The means where item i counts `weights[i]` times.
static Means average(ArrayRef<RoundPair> pairs, ArrayRef<double> weights,
                     const Metric &metric) {
  double sums[2] = {0, 0}, totals[2] = {0, 0};
  for (const RoundPair &pair : pairs) {
    std::vector<double> counts;
    double total = 0;
    for (unsigned item : pair.items) {
      counts.push_back(weights[item]);
      total += weights[item];
    }
    double similarity = metric.agree(pair.first, pair.second, counts);
    if (std::isnan(similarity))
      continue;
    sums[pair.isOneRater] += total * similarity;
    totals[pair.isOneRater] += total;
  }
  Means means;
  if (totals[false] > 0)
    means.between = sums[false] / totals[false];
  if (totals[true] > 0)
    means.within = sums[true] / totals[true];
  return means;
}

Expected<PeakGroundTruth> sopt::measurePeak(const Ratings &ratings,
                                            const Metric &metric) {
  if (!metric.agree)
    return createStringError("raters say nothing of the metric '" +
                             metric.name + "'");
  if (metric.need == MetricNeed::Scores && !ratings.areNumbers)
    return createStringError("ratings must be numbers for the metric '" +
                             metric.name + "'");
  std::vector<RoundPair> pairs = getPairs(ratings);
  Means means = average(pairs, std::vector<double>(ratings.items, 1.0), metric);
  std::optional<double> ceiling = means.getCeiling();
  if (!ceiling)
    return createStringError("no two raters, or rounds of one, tell at least " +
                             Twine(kFewestItems) + " of the same items apart");
  // The engine is the same everywhere, the library's distributions are not.
  std::mt19937_64 random(0);
  std::vector<double> ceilings;
  for (int draw = 0; draw < kDraws; ++draw) {
    std::vector<double> weights(ratings.items, 0.0);
    for (int64_t item = 0; item < ratings.items; ++item)
      ++weights[random() % ratings.items];
    if (auto drawn = average(pairs, weights, metric).getCeiling())
      ceilings.push_back(*drawn);
  }
  ceilings.push_back(*ceiling);
  llvm::sort(ceilings);
  auto getQuantile = [&](double share) {
    return ceilings[size_t(std::lround(share * double(ceilings.size() - 1)))];
  };
  return PeakGroundTruth{means.between, means.within, *ceiling,
                         getQuantile(0.025), getQuantile(0.975)};
}

double sopt::getSufficientScore(double dense, const PeakGroundTruth &peak,
                                double tolerance) {
  return std::min(dense, peak.ceiling) - tolerance;
}
