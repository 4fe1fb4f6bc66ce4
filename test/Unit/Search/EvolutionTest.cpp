//===- EvolutionTest.cpp --------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Evolution.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace llvm;
using namespace sopt;

namespace {
constexpr unsigned kLayers = 24, kLevels = 6;

/// Layers of many sizes whose errors rise as weights go, and a truth in which
/// they do not add up: what neighbours lose makes each other worse.
struct Model {
  AllocationProblem problem{0};
  std::vector<double> coupling;

  explicit Model(unsigned seed, double budgetShare = 0.4) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> uniform(0.2, 1);
    int64_t total = 0;
    std::vector<SmallVector<Choice>> layers;
    for (unsigned layer = 0; layer < kLayers; ++layer) {
      auto weights = int64_t(1000 * uniform(random));
      double scale = std::pow(10.0, 2 * uniform(random)) / 100;
      double power = 1 + 3 * uniform(random);
      SmallVector<Choice> choices;
      for (unsigned level = 0; level < kLevels; ++level) {
        double zeros = 0.19 * level;
        choices.push_back({int64_t((1 - zeros) * double(weights)),
                           scale * std::pow(zeros, power)});
      }
      total += weights;
      layers.push_back(choices);
      coupling.push_back(4 * uniform(random));
    }
    problem = AllocationProblem(int64_t(budgetShare * double(total)));
    for (auto [index, choices] : enumerate(layers))
      problem.addLayer("layer" + std::to_string(index), choices);
  }

  double getLoss(ArrayRef<unsigned> picks) const {
    double loss = problem.getError(picks);
    for (unsigned i = 0; i + 1 < picks.size(); ++i)
      loss += coupling[i] *
              std::sqrt(problem.getLayers()[i].choices[picks[i]].error *
                        problem.getLayers()[i + 1].choices[picks[i + 1]].error);
    return loss;
  }

  Picks getUniform() const {
    for (unsigned level = 0; level < kLevels; ++level)
      if (Picks picks(kLayers, level);
          problem.getCost(picks) <= problem.getBudget())
        return picks;
    return {};
  }

  EvolvedPicks run(ArrayRef<Picks> starts, EvolutionOptions options) const {
    auto score = [&](ArrayRef<unsigned> picks) -> Expected<double> {
      EXPECT_FALSE(errorToBool(problem.verify(picks)));
      return getLoss(picks);
    };
    auto evolved = evolve(problem, starts, score, options);
    EXPECT_TRUE(bool(evolved)) << toString(evolved.takeError());
    return *evolved;
  }

  /// From the allocation that is exact for errors that add up.
  EvolvedPicks runFromExact(uint64_t seed) const {
    EvolutionOptions options;
    options.seed = seed;
    options.patience = options.evaluations;
    return run({cantFail(solveExactly(problem)), getUniform()}, options);
  }
};
} // namespace

// Whatever is drawn, it fits: the score asserts it.
TEST(Evolution, IsNeverWorseThanItsStarts) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    Model model(seed);
    EvolvedPicks evolved = model.runFromExact(seed);
    EXPECT_LE(evolved.loss,
              model.getLoss(cantFail(solveExactly(model.problem))));
    EXPECT_LE(evolved.loss, model.getLoss(model.getUniform()));
    EXPECT_EQ(evolved.loss, model.getLoss(evolved.picks));
    EXPECT_LE(evolved.evaluations, 128u);
  }
}

TEST(Evolution, BeatsTheBestOfManyRandomAllocations) {
  unsigned won = 0;
  for (unsigned seed = 0; seed < 10; ++seed) {
    Model model(100 + seed);
    std::mt19937 random(seed);
    double best = INFINITY;
    for (unsigned tried = 0; tried < 200;) {
      Picks picks;
      for (unsigned layer = 0; layer < kLayers; ++layer)
        picks.push_back(random() % kLevels);
      if (model.problem.getCost(picks) > model.problem.getBudget())
        continue;
      best = std::min(best, model.getLoss(picks));
      ++tried;
    }
    won += model.runFromExact(seed).loss < best;
  }
  EXPECT_GE(won, 9u);
}

// At as many evaluations as a search that begins where all layers are alike
// and looks at no errors.
TEST(Evolution, IsNoWorseThanFromAUniformStart) {
  double ours = 0, theirs = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    Model model(200 + seed);
    EvolutionOptions blind;
    blind.seed = seed;
    blind.draws = 1;
    blind.patience = blind.evaluations;
    EvolvedPicks other = model.run(model.getUniform(), blind);
    EvolvedPicks evolved = model.runFromExact(seed);
    EXPECT_EQ(evolved.evaluations, other.evaluations);
    ours += std::log(evolved.loss);
    theirs += std::log(other.loss);
  }
  EXPECT_LE(ours, theirs);
}

// On problems small enough for every combination.
TEST(Evolution, FindsTheOptimumOfSmallProblems) {
  unsigned found = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    AllocationProblem problem(60);
    for (int layer = 0; layer < 4; ++layer) {
      SmallVector<Choice> choices;
      for (int choice = 0; choice < 4; ++choice)
        choices.push_back(
            {10 + 4 * choice, double(300 * (3 - choice) + random() % 300)});
      problem.addLayer("layer" + std::to_string(layer), choices);
    }
    auto getLoss = [&](ArrayRef<unsigned> picks) {
      return std::sqrt(problem.getError(picks)) + (picks[0] + picks[1]) % 3 +
             (picks[2] * picks[3]) % 5;
    };
    double least = INFINITY;
    for (unsigned all = 0; all < 256; ++all) {
      Picks picks = {all & 3, all >> 2 & 3, all >> 4 & 3, all >> 6};
      if (!errorToBool(problem.verify(picks)))
        least = std::min(least, getLoss(picks));
    }
    auto score = [&](ArrayRef<unsigned> picks) -> Expected<double> {
      return getLoss(picks);
    };
    EvolutionOptions options;
    options.evaluations = options.patience = 200;
    options.draws = 1;
    auto evolved =
        evolve(problem, {cantFail(solveExactly(problem))}, score, options);
    ASSERT_TRUE(bool(evolved)) << toString(evolved.takeError());
    found += evolved->loss == least;
  }
  EXPECT_GE(found, 15u);
}

TEST(Evolution, IsTheSameForTheSameSeed) {
  Model model(7);
  EXPECT_EQ(model.runFromExact(1).picks, model.runFromExact(1).picks);
}

TEST(Evolution, StopsWhenItDoesNotPay) {
  Model model(8);
  unsigned scored = 0;
  auto score = [&](ArrayRef<unsigned>) -> Expected<double> {
    return 1 - 1e-6 * ++scored;
  };
  EvolutionOptions options;
  options.patience = 10;
  auto evolved = evolve(model.problem, model.getUniform(), score, options);
  ASSERT_TRUE(bool(evolved)) << toString(evolved.takeError());
  // The first score is worth all there is.
  EXPECT_EQ(evolved->evaluations, 11u);
  auto isOver = [] { return true; };
  options.shouldStop = isOver;
  evolved = evolve(model.problem, model.getUniform(), score, options);
  ASSERT_TRUE(bool(evolved)) << toString(evolved.takeError());
  EXPECT_EQ(evolved->evaluations, 1u);
}

TEST(Evolution, HandsOnWhatFails) {
  Model model(9);
  auto score = [](ArrayRef<unsigned>) -> Expected<double> {
    return createStringError("no disk");
  };
  auto evolved =
      evolve(model.problem, model.getUniform(), score, EvolutionOptions());
  EXPECT_EQ(toString(evolved.takeError()), "no disk");
}
