//===- PruneSearchTest.cpp ------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/PruneSearch.h"
#include "sparse-opt/Search/Formats.h"
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

namespace {
/// Layers that are pruned each on its own, with weights that stay for costs.
struct Search {
  explicit Search(std::vector<PrunedLayer> from,
                  StringRef formats = "unstructured")
      : layers(std::move(from)) {
    std::vector<SparsityTarget> targets =
        listTargets(cantFail(parseFormat(formats)));
    for (const PrunedLayer &layer : layers) {
      MeasuredLayer measured = measure(layer, targets);
      LayerChoices choices{layer.name, {}, {}, {}};
      for (auto [target, error] : zip_equal(targets, measured.table.errors)) {
        if (std::isinf(error))
          continue;
        choices.targets.push_back(target);
        choices.errors.push_back(error);
        choices.costs.push_back(std::llround((1 - target.zeros) * 1600));
      }
      problem.layers.push_back(std::move(choices));
    }
  }

  static MeasuredLayer measure(const PrunedLayer &layer,
                               ArrayRef<SparsityTarget> targets) {
    ObsPruner pruner = cantFail(ObsPruner::create(layer));
    return cantFail(measureErrors(pruner, layer, targets, 0.5)).front();
  }

  double getSum(ArrayRef<SparsityTarget> targets) const {
    double sum = 0;
    for (auto [layer, target] : zip_equal(layers, targets))
      sum += getRelativeError(layer, cantFail(pruneByObs(layer, target)));
    return sum;
  }

  /// With `judge` for the score and for the loss.
  Expected<PruneCandidate>
  run(function_ref<double(ArrayRef<SparsityTarget>)> judge) {
    auto score = [&](ArrayRef<SparsityTarget> targets) -> Expected<double> {
      ++scored;
      return judge(targets);
    };
    auto tryOut = [&](MutableArrayRef<PruneCandidate> candidates) -> Error {
      for (PruneCandidate &candidate : candidates) {
        ++tried;
        for (auto [layer, target] : zip_equal(layers, candidate.targets)) {
          auto weight = cantFail(pruneByObs(layer, target));
          candidate.layers.push_back(
              {weight, {}, getRelativeError(layer, weight)});
        }
        candidate.loss = judge(candidate.targets);
      }
      return Error::success();
    };
    auto isOver = [&] { return isTimeUp; };
    problem.score = score;
    problem.tryOut = tryOut;
    problem.isTimeUp = isOver;
    return searchPruning(problem);
  }

  std::vector<PrunedLayer> layers;
  PruneProblem problem;
  unsigned scored = 0, tried = 0;
  bool isTimeUp = false;
};
} // namespace

TEST(PruneSearch, GivesEasyLayersMoreZeros) {
  Search search({makeLayer(1, false), makeLayer(2, true)});
  search.problem.budget = 1600;
  auto best = search.run([&](auto targets) { return search.getSum(targets); });
  ASSERT_TRUE(bool(best)) << toString(best.takeError());
  EXPECT_GT(best->targets[1].zeros, best->targets[0].zeros);
  int64_t zeros = 0;
  for (const PrunedWeights &layer : best->layers)
    zeros += count(layer.weight, 0.0f);
  EXPECT_GE(zeros, 1600);
}

TEST(PruneSearch, TakesWhatMeasuresBest) {
  // The model at large likes what no sum of errors does.
  auto likesHalf = [](ArrayRef<SparsityTarget> targets) {
    return std::abs(targets.front().zeros - 0.5);
  };
  Search search({makeLayer(1, false), makeLayer(2, true)});
  search.problem.budget = 1600;
  auto best = search.run(likesHalf);
  ASSERT_TRUE(bool(best)) << toString(best.takeError());
  EXPECT_EQ(best->targets.front().zeros, 0.5);
  EXPECT_GE(best->targets.back().zeros, 0.5);
}

// With the same budget it finds nothing worse, by few scores; with another one
// it keeps to that.
TEST(PruneSearch, GoesOnFromWhatIsKnown) {
  auto likesFirst = [](ArrayRef<SparsityTarget> targets) {
    return targets.front().zeros;
  };
  std::vector<PrunedLayer> layers;
  for (unsigned seed = 0; seed < 8; ++seed)
    layers.push_back(makeLayer(seed, /*isEasy=*/seed == 0));
  Search search(layers);
  search.problem.budget = 4 * 1600;
  auto first = search.run(likesFirst);
  ASSERT_TRUE(bool(first)) << toString(first.takeError());
  unsigned scored = search.scored;
  search.problem.known = first->targets;
  auto again = search.run(likesFirst);
  ASSERT_TRUE(bool(again)) << toString(again.takeError());
  EXPECT_LE(search.scored - scored, 24u);
  EXPECT_LE(again->loss, first->loss);
  search.problem.budget = 3 * 1600;
  auto smaller = search.run(likesFirst);
  ASSERT_TRUE(bool(smaller)) << toString(smaller.takeError());
  int64_t zeros = 0;
  for (const PrunedWeights &layer : smaller->layers)
    zeros += count(layer.weight, 0.0f);
  EXPECT_GE(zeros, 5 * 1600);
}

TEST(PruneSearch, IsContentWithTheExactAllocationWhenTimeIsUp) {
  Search search({makeLayer(1, false), makeLayer(2, true)});
  search.problem.budget = 1600;
  search.isTimeUp = true;
  auto best = search.run([&](auto targets) { return search.getSum(targets); });
  ASSERT_TRUE(bool(best)) << toString(best.takeError());
  EXPECT_EQ(search.scored, 0u);
  EXPECT_EQ(search.tried, 1u);
  EXPECT_EQ(best->name, "by what the outputs lose");
}

TEST(PruneSearch, SaysWhatIsToBlame) {
  Search search({makeLayer(1, false)});
  search.problem.budget = 10;
  auto best = search.run([&](auto) { return 0.0; });
  EXPECT_EQ(toString(best.takeError()),
            "budget 10 is below the least possible 32");
}

// One format at the least share of zeros that fits, whatever the layers lose.
TEST(PruneSearch, UniformPicksTreatLayersAlike) {
  Search search({makeLayer(1, false), makeLayer(2, true)});
  search.problem.budget = 1300;
  auto picks = getUniformPicks(search.problem);
  ASSERT_TRUE(picks.has_value());
  for (auto [layer, pick] : zip_equal(search.problem.layers, *picks))
    EXPECT_EQ(layer.targets[pick].zeros, 0.6);
  search.problem.budget = 10;
  EXPECT_FALSE(getUniformPicks(search.problem).has_value());
}

// A search that starts there and looks at no table.
TEST(PruneSearch, BlindSearchBeginsWhereLayersAreAlike) {
  Search search({makeLayer(1, false), makeLayer(2, true)});
  search.problem.budget = 1600;
  search.problem.isBlind = true;
  auto best = search.run([&](auto targets) { return search.getSum(targets); });
  ASSERT_TRUE(bool(best)) << toString(best.takeError());
  EXPECT_EQ(search.tried, 1u);
  EXPECT_GT(best->targets[1].zeros, best->targets[0].zeros);
}

TEST(PruneSearch, TablesOfLayersThatShareInputs) {
  PrunedLayer first = makeLayer(1, false), second = makeLayer(2, true);
  auto targets = listTargets(cantFail(parseFormat("4x1")));
  ObsPruner pruner = cantFail(ObsPruner::create(first));
  auto together = measureErrors(pruner, {first, second}, targets, 0.5);
  ASSERT_TRUE(bool(together)) << toString(together.takeError());
  MeasuredLayer alone = Search::measure(second, targets);
  EXPECT_EQ((*together)[1].table.errors, alone.table.errors);
  EXPECT_EQ(alone.table.errors.size(), targets.size());
  EXPECT_EQ(alone.table.errors.front(), 0);
}

// Blocks lose more than scattered zeros; what does not fit is no choice.
TEST(PruneSearch, TablesKnowFormats) {
  PrunedLayer layer = makeLayer(1, false);
  SparsityTarget any{0.5}, blocks{0.5, 4}, odd{0.5, 3},
      group{0.5, 1, /*keep=*/2, /*of=*/4};
  auto errors = Search::measure(layer, {any, blocks, odd, group}).table.errors;
  EXPECT_LT(errors[0], errors[1]);
  EXPECT_TRUE(std::isinf(errors[2]));
  EXPECT_LT(errors[0], errors[3]);
  EXPECT_LT(errors[3], 1);
}

// The sample's loss fixes the unit of the table.
TEST(PruneSearch, TablesTakeTheUnitOfTheSamplesLoss) {
  SparsityTarget half{0.5}, most{0.9}, odd{0.5, 3};
  MeasuredLayer layer = Search::measure(makeLayer(1, false), {half, most, odd});
  EXPECT_EQ(count(layer.sample, 0.0f), 800);
  EXPECT_EQ(layer.table.errors[0], layer.sampleError);
  double before = layer.table.errors[1];
  layer.scaleTo(10 * layer.sampleError);
  EXPECT_NEAR(layer.table.errors[1], 10 * before, 1e-9);
  EXPECT_TRUE(std::isinf(layer.table.errors[2]));
}
