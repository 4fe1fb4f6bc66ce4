//===- AllocationTest.cpp -------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Allocation.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace llvm;
using namespace sopt;

/// The least error over every combination, the long way.
static double bruteForce(const AllocationProblem &problem) {
  double best = INFINITY;
  SmallVector<unsigned> picks(problem.getLayers().size(), 0);
  while (true) {
    if (!errorToBool(problem.verify(picks)))
      best = std::min(best, problem.getError(picks));
    size_t layer = 0;
    while (layer < picks.size() &&
           ++picks[layer] == problem.getLayers()[layer].choices.size())
      picks[layer++] = 0;
    if (layer == picks.size())
      return best;
  }
}

TEST(Allocation, MatchesBruteForce) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int64_t> cost(0, 30);
  std::uniform_real_distribution<double> error(0, 1);
  unsigned solved = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    AllocationProblem problem(/*budget=*/60);
    for (int layer = 0; layer < 5; ++layer) {
      SmallVector<Choice> choices;
      for (int choice = 0; choice < 4; ++choice)
        choices.push_back({cost(random), error(random)});
      problem.addLayer("layer" + std::to_string(layer), choices);
    }
    if (errorToBool(problem.check()))
      continue;
    auto picks = solveExactly(problem);
    ASSERT_TRUE(bool(picks)) << toString(picks.takeError());
    ASSERT_FALSE(errorToBool(problem.verify(*picks)));
    EXPECT_DOUBLE_EQ(problem.getError(*picks), bruteForce(problem));
    ++solved;
  }
  EXPECT_GT(solved, 900u);
}

TEST(Allocation, SaysWhatIsToBlame) {
  AllocationProblem tight(/*budget=*/3);
  tight.addLayer("query", {{4, 0.0}, {5, 0.1}});
  EXPECT_EQ(toString(tight.check()), "budget 3 is below the least possible 4");

  AllocationProblem empty(/*budget=*/3);
  empty.addLayer("query", {});
  EXPECT_EQ(toString(empty.check()), "layer 'query' has no choice");
}

// Rounded up, a solution still fits; and what is lost by that is no more than
// what so much less of the budget would lose.
TEST(Allocation, InStepsFitsAndLosesLittle) {
  std::mt19937 random(9);
  std::uniform_int_distribution<int64_t> cost(0, 3000000);
  std::uniform_real_distribution<double> error(0, 1);
  constexpr int64_t kSteps = 500;
  for (int trial = 0; trial < 200; ++trial) {
    AllocationProblem problem(/*budget=*/6000000);
    AllocationProblem less(problem.getBudget() - 5 * 6000000 / kSteps);
    for (int layer = 0; layer < 5; ++layer) {
      SmallVector<Choice> choices;
      for (int choice = 0; choice < 4; ++choice)
        choices.push_back({cost(random), error(random)});
      problem.addLayer("layer" + std::to_string(layer), choices);
      less.addLayer("layer" + std::to_string(layer), choices);
    }
    auto picks = solveInSteps(problem, kSteps);
    if (!picks) {
      EXPECT_EQ(toString(picks.takeError()), toString(problem.check()));
      continue;
    }
    EXPECT_FALSE(errorToBool(problem.verify(*picks)));
    EXPECT_GE(problem.getError(*picks), bruteForce(problem));
    if (!errorToBool(less.check()))
      EXPECT_LE(problem.getError(*picks), bruteForce(less));
  }
}

TEST(Allocation, InStepsTakesTheCheapestWhereNoneElseFits) {
  AllocationProblem problem(/*budget=*/20001);
  problem.addLayer("query", {{10001, 0.5}, {10003, 0.1}});
  problem.addLayer("key", {{10000, 0.5}, {10003, 0.1}});
  auto picks = solveInSteps(problem, 100);
  ASSERT_TRUE(bool(picks)) << toString(picks.takeError());
  EXPECT_EQ(*picks, (SmallVector<unsigned>{0, 0}));
}

// From any picks, a solution that no single choice improves; and picks that are
// the optimum already stay as they are.
TEST(Allocation, ShiftsToTheBudget) {
  std::mt19937 random(11);
  std::uniform_int_distribution<int64_t> cost(0, 30);
  std::uniform_int_distribution<unsigned> pick(0, 3);
  std::uniform_real_distribution<double> error(0, 1);
  unsigned tried = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    AllocationProblem problem(/*budget=*/60);
    SmallVector<unsigned> from;
    for (int layer = 0; layer < 5; ++layer) {
      SmallVector<Choice> choices;
      for (int choice = 0; choice < 4; ++choice)
        choices.push_back({cost(random), error(random)});
      problem.addLayer("layer" + std::to_string(layer), choices);
      from.push_back(pick(random));
    }
    if (errorToBool(problem.check()))
      continue;
    ++tried;
    SmallVector<unsigned> picks = shiftToBudget(problem, from);
    ASSERT_FALSE(errorToBool(problem.verify(picks)));
    for (size_t layer = 0; layer < picks.size(); ++layer)
      for (unsigned other = 0; other < 4; ++other) {
        SmallVector<unsigned> changed = picks;
        changed[layer] = other;
        if (!errorToBool(problem.verify(changed))) {
          EXPECT_GE(problem.getError(changed), problem.getError(picks));
        }
      }
    SmallVector<unsigned> exact = cantFail(solveExactly(problem));
    EXPECT_EQ(shiftToBudget(problem, exact), exact);
  }
  EXPECT_GT(tried, 900u);
}
