//===- MetricsTest.cpp ----------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Metrics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace llvm;
using namespace sopt;

/// Points of few directions, so that many cosines are equal.
static Embeddings makeLattice(std::mt19937 &random, int64_t items) {
  Embeddings embeddings{2, {}};
  for (int64_t i = 0; i < 2 * items; ++i)
    embeddings.values.push_back(float(int(random() % 3) - 1));
  return embeddings;
}

static double getCosine(const Embeddings &embeddings, int64_t a, int64_t b) {
  double product = 0, one = 0, other = 0;
  for (auto [x, y] : zip_equal(embeddings.getRow(a), embeddings.getRow(b))) {
    product += double(x) * y;
    one += double(x) * x;
    other += double(y) * y;
  }
  return one && other ? product / std::sqrt(one * other) : 0;
}

/// By every two pairs, one of each kind.
static double countAuc(const Embeddings &embeddings, ArrayRef<int64_t> labels) {
  std::vector<double> same, different;
  for (size_t a = 0; a < labels.size(); ++a)
    for (size_t b = a + 1; b < labels.size(); ++b)
      (labels[a] == labels[b] ? same : different)
          .push_back(getCosine(embeddings, a, b));
  double above = 0;
  for (double s : same)
    for (double d : different)
      above += std::abs(s - d) < 1e-9 ? 0.5 : s > d ? 1 : 0;
  return above / (double(same.size()) * double(different.size()));
}

static std::vector<int64_t> drawLabels(std::mt19937 &random, int64_t items,
                                       int64_t classes) {
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < items; ++i)
    labels.push_back(i < classes ? i : int64_t(random() % classes));
  return labels;
}

TEST(Metrics, PairAucIsTheShareOfPairsInOrder) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 100; ++trial) {
    int64_t items = 5 + trial % 20;
    JudgedOutputs judged;
    judged.embeddings = makeLattice(random, items);
    std::vector<int64_t> labels = drawLabels(random, items, 3);
    judged.labels = labels;
    EXPECT_NEAR(measurePairAuc(judged), countAuc(judged.embeddings, labels),
                1e-12);
  }
}

TEST(Metrics, PairAucNeedsPairsOfBothKinds) {
  JudgedOutputs judged;
  judged.embeddings = {1, {1, 2, 3}};
  for (const std::vector<int64_t> &labels :
       {std::vector<int64_t>{1, 1, 1}, {1, 2, 3}}) {
    judged.labels = labels;
    EXPECT_TRUE(std::isnan(measurePairAuc(judged)));
  }
}

/// Solves a·x = b for small dense systems, by elimination.
static std::vector<double> eliminate(std::vector<std::vector<double>> a,
                                     std::vector<double> b) {
  size_t n = b.size();
  for (size_t pivot = 0; pivot < n; ++pivot)
    for (size_t row = 0; row < n; ++row) {
      if (row == pivot)
        continue;
      double factor = a[row][pivot] / a[pivot][pivot];
      for (size_t column = 0; column < n; ++column)
        a[row][column] -= factor * a[pivot][column];
      b[row] -= factor * b[pivot];
    }
  for (size_t row = 0; row < n; ++row)
    b[row] /= a[row][row];
  return b;
}

/// What ridge regression on all items but one says of that one.
static double tell(const Embeddings &embeddings, ArrayRef<double> y,
                   int64_t left, double ridge) {
  int64_t n = embeddings.getItems(), d = embeddings.width;
  std::vector<double> mean(d, 0.0), side(d, 0.0);
  std::vector<std::vector<double>> gram(d, std::vector<double>(d, 0.0));
  double meanY = 0;
  for (int64_t item = 0; item < n; ++item) {
    if (item == left)
      continue;
    meanY += y[item] / double(n - 1);
    for (int64_t i = 0; i < d; ++i)
      mean[i] += embeddings.getRow(item)[i] / double(n - 1);
  }
  for (int64_t i = 0; i < d; ++i)
    gram[i][i] = ridge;
  for (int64_t item = 0; item < n; ++item) {
    if (item == left)
      continue;
    for (int64_t i = 0; i < d; ++i) {
      double x = embeddings.getRow(item)[i] - mean[i];
      side[i] += x * (y[item] - meanY);
      for (int64_t j = 0; j < d; ++j)
        gram[i][j] += x * (embeddings.getRow(item)[j] - mean[j]);
    }
  }
  std::vector<double> weight = eliminate(gram, side);
  double told = meanY;
  for (int64_t i = 0; i < d; ++i)
    told += weight[i] * (embeddings.getRow(left)[i] - mean[i]);
  return told;
}

/// The mean square, over all items, along one of the embeddings' directions.
static double getRidgeUnit(const Embeddings &embeddings) {
  int64_t n = embeddings.getItems(), d = embeddings.width;
  double power = 0;
  for (int64_t i = 0; i < d; ++i) {
    double mean = 0;
    for (int64_t item = 0; item < n; ++item)
      mean += embeddings.getRow(item)[i] / double(n);
    for (int64_t item = 0; item < n; ++item)
      power += std::pow(embeddings.getRow(item)[i] - mean, 2);
  }
  return power / double(std::min(n, d));
}

/// Fits as many regressions as there are items.
static double probeByRefitting(const Embeddings &embeddings,
                               ArrayRef<int64_t> labels, int64_t classes) {
  double unit = getRidgeUnit(embeddings), leastError = INFINITY, accuracy = 0;
  for (double ridge : {0.01, 0.1, 1.0, 10.0}) {
    double error = 0, right = 0;
    for (int64_t item = 0; item < embeddings.getItems(); ++item) {
      std::vector<double> told;
      for (int64_t name = 0; name < classes; ++name) {
        std::vector<double> y;
        for (int64_t label : labels)
          y.push_back(label == name);
        told.push_back(tell(embeddings, y, item, ridge * unit));
        error += std::pow(told.back() - y[item], 2);
      }
      right += max_element(told) - told.begin() == labels[item];
    }
    if (error >= leastError)
      continue;
    leastError = error;
    accuracy = right / double(embeddings.getItems());
  }
  return accuracy;
}

TEST(Metrics, ProbeIsARegressionForEachItemLeftOut) {
  std::mt19937 random(2);
  std::normal_distribution<float> normal;
  // With more items than columns, as many, and fewer.
  for (int64_t width : {3, 12, 17})
    for (int trial = 0; trial < 3; ++trial) {
      constexpr int64_t items = 12, classes = 3;
      std::vector<int64_t> labels = drawLabels(random, items, classes);
      JudgedOutputs judged;
      judged.labels = labels;
      judged.embeddings.width = width;
      for (int64_t item = 0; item < items; ++item)
        for (int64_t i = 0; i < width; ++i)
          judged.embeddings.values.push_back(
              normal(random) + (i % classes == labels[item] ? 0.7f : 0.0f));
      EXPECT_NEAR(measureProbeAccuracy(judged),
                  probeByRefitting(judged.embeddings, labels, classes), 1e-12)
          << width << " columns";
    }
}

TEST(Metrics, ProbeOfOneClassIsUndefined) {
  JudgedOutputs judged;
  judged.embeddings = {1, {1, 2}};
  std::vector<int64_t> labels = {7, 7};
  judged.labels = labels;
  EXPECT_TRUE(std::isnan(measureProbeAccuracy(judged)));
}

// Pairs whose cosines rise as the angle between (1, 0) and them falls.
TEST(Metrics, SpearmanOfPairs) {
  JudgedOutputs judged;
  judged.embeddings = {2, {1, 0, 0, 1, 1, 2, 2, 4, 3, 1}};
  std::vector<RatedPair> pairs = {{0, 1, 1}, {0, 2, 3}, {0, 3, 2}, {0, 4, 4}};
  judged.pairs = pairs;
  // Ranks 1, 2.5, 2.5, 4 against 1, 3, 2, 4.
  EXPECT_NEAR(measureSpearman(judged), 4.5 / std::sqrt(4.5 * 5), 1e-12);
}

TEST(Metrics, SpearmanOfEqualScoresIsUndefined) {
  JudgedOutputs judged;
  judged.embeddings = {1, {1, 2, -1}};
  std::vector<RatedPair> pairs = {{0, 1, 5}, {0, 2, 5}};
  judged.pairs = pairs;
  EXPECT_TRUE(std::isnan(measureSpearman(judged)));
}

TEST(Metrics, DistanceIsAShareOfTheSquare) {
  std::vector<float> one = {1, 2}, other = {3}, moved = {1, 3};
  JudgedOutputs judged;
  judged.references = {one, other};
  judged.outputs = {moved, other};
  EXPECT_NEAR(measureDistance(judged), -1.0 / 14, 1e-12);
  judged.outputs = judged.references;
  EXPECT_EQ(measureDistance(judged), 0);
}

TEST(Metrics, OutputsThatAreNotFiniteHaveNoScore) {
  JudgedOutputs judged;
  judged.embeddings = {1, {1, NAN, 2, -1}};
  std::vector<int64_t> labels = {0, 0, 1, 1};
  std::vector<RatedPair> pairs = {{0, 1, 1}, {2, 3, 2}};
  judged.labels = labels;
  judged.pairs = pairs;
  judged.references = {judged.embeddings.values};
  judged.outputs = {judged.embeddings.values};
  for (const Metric &metric : getMetrics())
    EXPECT_TRUE(std::isnan(metric.measure(judged))) << metric.name.str();
}

TEST(Metrics, AreFoundByTheirNames) {
  EXPECT_EQ(lookUpMetric("auc")->measure, measurePairAuc);
  EXPECT_EQ(lookUpMetric("accuracy"), nullptr);
}

/// Labels as a metric sees a model: a direction for each.
static JudgedOutputs makeJudged(ArrayRef<unsigned> told,
                                ArrayRef<int64_t> labels) {
  JudgedOutputs judged;
  judged.embeddings.width = 4;
  for (unsigned label : told)
    for (unsigned i : seq(4u))
      judged.embeddings.values.push_back(i == label);
  judged.labels = labels;
  return judged;
}

TEST(Metrics, RatersAreJudgedOnPairsAsModelsAre) {
  std::mt19937 random(3);
  auto agree = lookUpMetric("auc")->agree;
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<unsigned> first, second;
    for (int64_t item = 0; item < 15; ++item) {
      first.push_back(random() % 4);
      second.push_back(random() % 3 ? first.back() : random() % 4);
    }
    std::vector<int64_t> labels1(first.begin(), first.end()),
        labels2(second.begin(), second.end());
    double expected = (measurePairAuc(makeJudged(first, labels2)) +
                       measurePairAuc(makeJudged(second, labels1))) /
                      2;
    EXPECT_NEAR(agree(first, second, std::vector<double>(15, 1)), expected,
                1e-12);
  }
}

TEST(Metrics, AWeightOfTwoIsAnItemTwice) {
  std::vector<unsigned> first = {0, 1, 2, 2, 3}, second = {1, 0, 2, 1, 3},
                        first2 = {0, 1, 1, 2, 2, 3},
                        second2 = {1, 0, 0, 2, 1, 3};
  for (StringRef name : {"spearman", "probe"}) {
    auto agree = lookUpMetric(name)->agree;
    EXPECT_NEAR(agree(first, second, {1, 2, 1, 1, 1}),
                agree(first2, second2, std::vector<double>(6, 1)), 1e-12)
        << name.str();
    // And of none, an item that is not there.
    EXPECT_NEAR(agree(first, second, {0, 1, 1, 1, 1}),
                agree(ArrayRef(first).drop_front(),
                      ArrayRef(second).drop_front(), std::vector<double>(4, 1)),
                1e-12)
        << name.str();
  }
}
