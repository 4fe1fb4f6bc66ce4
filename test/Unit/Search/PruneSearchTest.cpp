//===- PruneSearchTest.cpp ------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/PruneSearch.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <cmath>
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

/// Prunes each layer on its own, and adds up what they lose.
static Expected<PruneCandidate>
search(ArrayRef<PrunedLayer> layers, double ratio,
       function_ref<double(const PruneCandidate &)> judge) {
  PruneProblem problem;
  for (const PrunedLayer &layer : layers) {
    auto measured = measureErrors(layer, 0.5);
    if (!measured)
      return measured.takeError();
    problem.tables.push_back(measured->front().table);
  }
  problem.ratio = ratio;
  auto tryOut = [&](MutableArrayRef<PruneCandidate> candidates) -> Error {
    for (PruneCandidate &candidate : candidates) {
      for (auto [layer, zeros] : zip_equal(layers, candidate.zeros)) {
        auto weight = pruneByObs(layer, {zeros});
        if (!weight)
          return weight.takeError();
        candidate.layers.push_back(
            {*weight, {}, getRelativeError(layer, *weight)});
      }
      candidate.loss = judge(candidate);
    }
    return Error::success();
  };
  problem.tryOut = tryOut;
  return searchPruning(problem);
}

TEST(PruneSearch, GivesEasyLayersMoreZeros) {
  auto best = search({makeLayer(1, false), makeLayer(2, true)}, 0.5,
                     [](const PruneCandidate &candidate) {
                       double loss = 0;
                       for (const PrunedWeights &layer : candidate.layers)
                         loss += layer.error;
                       return loss;
                     });
  ASSERT_TRUE(bool(best)) << toString(best.takeError());
  EXPECT_GT(best->zeros[1], best->zeros[0]);
  int64_t zeros = 0;
  for (const PrunedWeights &layer : best->layers)
    zeros += count(layer.weight, 0.0f);
  EXPECT_GE(zeros, 1600);
}

TEST(PruneSearch, TakesWhatMeasuresBest) {
  // The model at large likes what no sum of errors does.
  auto best = search({makeLayer(1, false), makeLayer(2, true)}, 0.5,
                     [](const PruneCandidate &candidate) {
                       return std::abs(candidate.zeros.front() - 0.5);
                     });
  ASSERT_TRUE(bool(best)) << toString(best.takeError());
  EXPECT_EQ(best->name, "uniform");
}

TEST(PruneSearch, TablesOfLayersThatShareInputs) {
  PrunedLayer first = makeLayer(1, false), second = makeLayer(2, true);
  auto together = measureErrors({first, second}, 0.5);
  ASSERT_TRUE(bool(together)) << toString(together.takeError());
  auto alone = measureErrors(second, 0.5);
  ASSERT_TRUE(bool(alone)) << toString(alone.takeError());
  EXPECT_EQ((*together)[1].table.errors, alone->front().table.errors);
  EXPECT_EQ(alone->front().table.errors.size(), getPruneLevels().size());
  EXPECT_EQ(alone->front().table.weights, 1600);
}

// The sample's loss fixes the unit of the table.
TEST(PruneSearch, TablesTakeTheUnitOfTheSamplesLoss) {
  auto measured = measureErrors(makeLayer(1, false), 0.5);
  ASSERT_TRUE(bool(measured)) << toString(measured.takeError());
  MeasuredLayer &layer = measured->front();
  EXPECT_EQ(count(layer.sample, 0.0f), 800);
  size_t half = llvm::find(getPruneLevels(), 0.5) - getPruneLevels().begin();
  EXPECT_EQ(layer.table.errors[half], layer.sampleError);
  double most = layer.table.errors.back();
  layer.scaleTo(10 * layer.sampleError);
  EXPECT_NEAR(layer.table.errors.back(), 10 * most, 1e-9);
}
