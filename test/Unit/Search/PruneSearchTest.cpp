//===- PruneSearchTest.cpp ------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/PruneSearch.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace llvm;
using namespace sopt;

/// A layer whose weights are noise, or all but a tenth of them nearly zero.
static PrunedLayer makeLayer(unsigned seed, bool isEasy) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  PrunedLayer layer{"layer" + std::to_string(seed), 40, 40, {}, {}};
  for (int i = 0; i < 1600; ++i)
    layer.weight.push_back(normal(random) * (isEasy && i % 10 ? 0.01f : 1.0f));
  layer.moments.assign(1600, 0);
  for (int i = 0; i < 40; ++i)
    layer.moments[i * 41] = 1;
  return layer;
}

static double getShare(const std::vector<std::vector<float>> &weights) {
  double zeros = 0, all = 0;
  for (const std::vector<float> &weight : weights) {
    zeros += double(count(weight, 0.0f));
    all += double(weight.size());
  }
  return zeros / all;
}

TEST(PruneSearch, GivesEasyLayersMoreZeros) {
  PruneProblem problem;
  problem.layers = {makeLayer(1, false), makeLayer(2, true)};
  problem.ratio = 0.5;
  auto measure = [&](ArrayRef<std::vector<float>> weights) -> Expected<double> {
    double loss = 0;
    for (auto [layer, weight] : zip_equal(problem.layers, weights))
      loss += getRelativeError(layer, weight);
    return loss;
  };
  problem.measure = measure;
  auto progress = [](const Twine &) {};
  problem.progress = progress;
  auto best = searchPruning(problem);
  ASSERT_TRUE(bool(best)) << toString(best.takeError());
  EXPECT_GT(best->zeros[1], best->zeros[0]);
  EXPECT_GE(getShare(best->weights), 0.5);
}

TEST(PruneSearch, TakesWhatMeasuresBest) {
  PruneProblem problem;
  problem.layers = {makeLayer(1, false), makeLayer(2, true)};
  problem.ratio = 0.5;
  // The model at large likes what no sum of errors does.
  auto measure = [&](ArrayRef<std::vector<float>> weights) -> Expected<double> {
    return std::abs(getShare({weights.front()}) - 0.5);
  };
  problem.measure = measure;
  auto progress = [](const Twine &) {};
  problem.progress = progress;
  auto best = searchPruning(problem);
  ASSERT_TRUE(bool(best)) << toString(best.takeError());
  EXPECT_EQ(best->name, "uniform");
}
