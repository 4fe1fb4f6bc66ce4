//===- PairAuc.cpp - Whether the same are nearer than others --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PairAuc.h"
#include "Cosines.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <limits>

using namespace llvm;
using namespace sopt;

static constexpr double kSteps = 1 << 24;
static constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

namespace {
struct Pair {
  /// A whole number of kSteps in 1, so that what is equal but for rounding is
  /// equal.
  int32_t cosine;
  bool isSame;
};
} // namespace

/// None if an embedding is not finite.
static std::vector<Pair> getPairs(const JudgedOutputs &judged) {
  Cosines cosines(judged.embeddings);
  std::vector<Pair> pairs;
  for (size_t first = 0; first < judged.labels.size(); ++first)
    for (auto [cosine, label] :
         zip_equal(cosines.getWithLater(first),
                   judged.labels.drop_front(first + 1))) {
      if (!std::isfinite(cosine))
        return {};
      pairs.push_back({int32_t(std::lround(cosine * kSteps)),
                       label == judged.labels[first]});
    }
  return pairs;
}

double sopt::measurePairAuc(const JudgedOutputs &judged) {
  std::vector<Pair> pairs = getPairs(judged);
  sort(pairs, [](Pair a, Pair b) { return a.cosine < b.cosine; });
  double same = 0, different = 0, above = 0;
  for (size_t begin = 0, end = 0; begin < pairs.size(); begin = end) {
    double same1 = 0, different1 = 0;
    for (; end < pairs.size() && pairs[end].cosine == pairs[begin].cosine;
         ++end)
      ++(pairs[end].isSame ? same1 : different1);
    above += same1 * (different + different1 / 2);
    same += same1;
    different += different1;
  }
  return same && different ? above / (same * different) : kUndefined;
}

/// Up to so many sums are kept at hand, not looked up.
static constexpr uint64_t kFewSums = 1 << 12;

/// The sum of squares of weights added up by class: twice the pairs within
/// classes, and each item with itself.
static double sumSquares(ArrayRef<uint64_t> classes, uint64_t count,
                         ArrayRef<double> weights) {
  double squares = 0;
  if (count <= kFewSums) {
    std::vector<double> sums(count, 0.0);
    for (auto [name, weight] : zip_equal(classes, weights))
      sums[name] += weight;
    for (double sum : sums)
      squares += sum * sum;
    return squares;
  }
  DenseMap<uint64_t, double> sums;
  for (auto [name, weight] : zip_equal(classes, weights))
    sums[name] += weight;
  for (auto [name, sum] : sums)
    squares += sum * sum;
  return squares;
}

double sopt::agreeOnPairs(ArrayRef<unsigned> first, ArrayRef<unsigned> second,
                          ArrayRef<double> weights) {
  std::vector<uint64_t> one(first.begin(), first.end()),
      other(second.begin(), second.end()), both;
  if (one.empty())
    return kUndefined;
  uint64_t count1 = *max_element(one) + 1, count2 = *max_element(other) + 1;
  for (auto [a, b] : zip_equal(one, other))
    both.push_back(a * count2 + b);
  double total = 0, own = 0;
  for (double weight : weights) {
    total += weight;
    own += weight * weight;
  }
  double all = (total * total - own) / 2,
         same1 = (sumSquares(one, count1, weights) - own) / 2,
         same2 = (sumSquares(other, count2, weights) - own) / 2,
         together = (sumSquares(both, count1 * count2, weights) - own) / 2,
         apart = all - same1 - same2 + together;
  // A rater calls pairs the same or not, a metric of two values: its AUC is the
  // mean of the shares of both kinds that the other calls as he does.
  auto getAuc = [&](double same) {
    return (together / same + apart / (all - same)) / 2;
  };
  if (!(same1 > 0 && same2 > 0 && all > same1 && all > same2))
    return kUndefined;
  return (getAuc(same1) + getAuc(same2)) / 2;
}
