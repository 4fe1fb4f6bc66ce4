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

/// Pairs of different items that are in one class, by how often each class and
/// each item was drawn.
static double countPairs(const DenseMap<uint64_t, double> &classes,
                         double squares) {
  double pairs = -squares;
  for (auto [name, weight] : classes)
    pairs += weight * weight;
  return pairs / 2;
}

double sopt::agreeOnPairs(ArrayRef<unsigned> first, ArrayRef<unsigned> second,
                          ArrayRef<double> weights) {
  DenseMap<uint64_t, double> byFirst, bySecond, byBoth;
  double total = 0, squares = 0;
  for (auto [one, other, weight] : zip_equal(first, second, weights)) {
    byFirst[one] += weight;
    bySecond[other] += weight;
    byBoth[uint64_t(one) << 32 | other] += weight;
    total += weight;
    squares += weight * weight;
  }
  double all = (total * total - squares) / 2,
         same1 = countPairs(byFirst, squares),
         same2 = countPairs(bySecond, squares),
         both = countPairs(byBoth, squares),
         neither = all - same1 - same2 + both;
  // A rater calls pairs the same or not, a metric of two values: its AUC is the
  // mean of the shares of both kinds that the other calls as he does.
  auto getAuc = [&](double same) {
    return (both / same + neither / (all - same)) / 2;
  };
  if (!(same1 > 0 && same2 > 0 && all > same1 && all > same2))
    return kUndefined;
  return (getAuc(same1) + getAuc(same2)) / 2;
}
