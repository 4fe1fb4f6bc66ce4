//===- ReconstructionTest.cpp ---------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Reconstruction.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace llvm;
using namespace sopt;

namespace {
constexpr int64_t kInputs = 6, kOutputs = 4;

std::vector<float> makeWeight(unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> weight(kInputs * kOutputs);
  for (float &value : weight)
    value = normal(random);
  return weight;
}

/// Rows of a model's inputs and streams, dense and pruned.
struct Rows {
  std::vector<float> x, x0, r, r0;

  Rows(int64_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    for (int64_t i = 0; i < count * kInputs; ++i) {
      x0.push_back(normal(random) + 1);
      x.push_back(x0.back() + 0.3f * normal(random) - 0.2f);
    }
    for (int64_t i = 0; i < count * kOutputs; ++i) {
      r0.push_back(normal(random));
      r.push_back(r0.back() + 0.3f * normal(random) + 0.1f);
    }
  }

  /// x₀·W + r₀ − r.
  std::vector<float> getTargets(ArrayRef<float> weight) const {
    std::vector<float> targets;
    for (size_t i = 0; i < r.size(); ++i) {
      double target = double(r0[i]) - r[i];
      for (int64_t j = 0; j < kInputs; ++j)
        target += double(x0[i / kOutputs * kInputs + j]) *
                  weight[j * kOutputs + i % kOutputs];
      targets.push_back(float(target));
    }
    return targets;
  }

  RegressionSums gather(ArrayRef<float> weight) const {
    RegressionSums sums(kInputs, kOutputs);
    EXPECT_TRUE(sums.add(x, getTargets(weight)));
    return sums;
  }
};

/// ‖x·(W + Δ) + b − t‖² over the rows, b the best one for each output.
double getLoss(const Rows &rows, ArrayRef<float> weight,
               ArrayRef<double> correction) {
  int64_t count = int64_t(rows.x.size()) / kInputs;
  double loss = 0;
  for (int64_t output = 0; output < kOutputs; ++output) {
    double sum = 0, squares = 0;
    for (int64_t row = 0; row < count; ++row) {
      double miss = rows.r[row * kOutputs + output] -
                    double(rows.r0[row * kOutputs + output]);
      for (int64_t i = 0; i < kInputs; ++i) {
        double w = weight[i * kOutputs + output];
        miss += rows.x[row * kInputs + i] *
                    (w + correction[i * kOutputs + output]) -
                rows.x0[row * kInputs + i] * w;
      }
      sum += miss;
      squares += miss * miss;
    }
    loss += squares - sum * sum / double(count);
  }
  return loss;
}
} // namespace

TEST(Regression, MomentsAreThoseOfTheRows) {
  RegressionSums sums(2, 1);
  EXPECT_TRUE(sums.add({1, 2, 3, 4}, {0, 2}));
  EXPECT_EQ(sums.getRows(), 2);
  RegressionMoments centred = RegressionSums::get({&sums}, /*isCentred=*/true);
  EXPECT_EQ(centred.mean, (std::vector<double>{2, 3}));
  EXPECT_EQ(centred.targetMean, (std::vector<double>{1}));
  EXPECT_EQ(centred.own, (std::vector<double>{1, 1, 1, 1}));
  EXPECT_EQ(centred.cross, (std::vector<double>{1, 1}));
  RegressionMoments plain = RegressionSums::get({&sums}, /*isCentred=*/false);
  EXPECT_EQ(plain.mean, (std::vector<double>{0, 0}));
  EXPECT_EQ(plain.own, (std::vector<double>{5, 7, 7, 10}));
  EXPECT_EQ(plain.cross, (std::vector<double>{3, 4}));
}

TEST(Regression, OfPartsIsThatOfTheWhole) {
  Rows rows(3000, 1);
  std::vector<float> targets = rows.getTargets(makeWeight(1));
  RegressionSums whole(kInputs, kOutputs), first(kInputs, kOutputs),
      second(kInputs, kOutputs);
  ArrayRef<float> x(rows.x), t(targets);
  EXPECT_TRUE(whole.add(x, t));
  EXPECT_TRUE(
      first.add(x.take_front(kInputs * 1000), t.take_front(kOutputs * 1000)));
  EXPECT_TRUE(
      second.add(x.drop_front(kInputs * 1000), t.drop_front(kOutputs * 1000)));
  RegressionMoments a = RegressionSums::get({&whole}, true);
  RegressionMoments b = RegressionSums::get({&first, &second}, true);
  for (auto [one, other] : zip_equal(a.own, b.own))
    EXPECT_NEAR(one, other, 1e-5);
  for (auto [one, other] : zip_equal(a.cross, b.cross))
    EXPECT_NEAR(one, other, 1e-5);
}

TEST(Regression, RefusesWhatIsNotFinite) {
  RegressionSums sums(1, 1);
  EXPECT_FALSE(sums.add({1}, {NAN}));
  EXPECT_FALSE(sums.add({INFINITY}, {1}));
  EXPECT_EQ(sums.getRows(), 0);
}

// No small step in any direction improves on the ridge regression.
TEST(Reconstruction, IsTheBestThereIs) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    Rows rows(50, seed);
    std::vector<float> weight = makeWeight(seed);
    RegressionSums sums = rows.gather(weight);
    RegressionMoments moments = RegressionSums::get({&sums}, true);
    const double ridge = 0.1;
    std::vector<double> best = getCorrection(moments, weight, {ridge, 1});
    double trace = 0;
    for (int64_t i = 0; i < kInputs; ++i)
      trace += moments.own[i * kInputs + i];
    auto getPenalised = [&](ArrayRef<double> correction) {
      double norm = 0;
      for (double value : correction)
        norm += value * value;
      return getLoss(rows, weight, correction) / 50 +
             ridge * trace / double(kInputs) * norm;
    };
    double least = getPenalised(best);
    for (size_t i = 0; i < best.size(); ++i)
      for (double step : {-0.02, 0.02}) {
        std::vector<double> other = best;
        other[i] += step;
        EXPECT_GT(getPenalised(other), least);
      }
  }
}

TEST(Reconstruction, StrengthScalesTheCorrection) {
  Rows rows(50, 3);
  std::vector<float> weight = makeWeight(3);
  RegressionSums sums = rows.gather(weight);
  RegressionMoments moments = RegressionSums::get({&sums}, true);
  std::vector<double> whole = getCorrection(moments, weight, {1, 1});
  std::vector<double> half = getCorrection(moments, weight, {1, 0.5});
  for (auto [a, b] : zip_equal(whole, half))
    EXPECT_NEAR(b, a / 2, 1e-12);
}

// Where nothing can be learnt, nothing is changed; where all can, all is.
TEST(Reconstruction, TrustsWhatHoldsOnUnseenInputs) {
  std::vector<RegressionSums> noise, law;
  for (unsigned seed = 0; seed < 4; ++seed) {
    Rows rows(8, 10 + seed);
    rows.x = rows.x0;
    noise.push_back(rows.gather(makeWeight(1)));
    Rows same(200, 20 + seed);
    same.r = same.r0;
    for (auto [x, x0] : zip_equal(same.x, same.x0))
      x = 2 * x0;
    law.push_back(same.gather(makeWeight(1)));
  }
  auto choose = [](ArrayRef<RegressionSums> folds) {
    SmallVector<const RegressionSums *> pointers;
    for (const RegressionSums &fold : folds)
      pointers.push_back(&fold);
    return chooseStrength(pointers, makeWeight(1), true);
  };
  EXPECT_LT(choose(noise).share, 0.3);
  ReconstructionStrength strength = choose(law);
  EXPECT_GT(strength.share, 0.95);
}

// Without drift and without zeros, a stage stays what it is; with zeros, its
// outputs keep their means.
TEST(Reconstruction, KeepsMeans) {
  PruningStage stage{kInputs, {}, {}};
  stage.layers.push_back(
      {"layer", kOutputs, makeWeight(5), {1, 2, 3, 4}, SparsityTarget()});
  Rows rows(400, 5);
  rows.x = rows.x0;
  rows.r = rows.r0;
  stage.folds = {rows.gather(makeWeight(5))};
  auto same = pruneStage(stage);
  ASSERT_TRUE(bool(same)) << toString(same.takeError());
  for (auto [one, other] : zip_equal(same->weights[0], stage.layers[0].weight))
    EXPECT_NEAR(one, other, 1e-5);
  for (auto [one, other] : zip_equal(same->biases[0], stage.layers[0].bias))
    EXPECT_NEAR(one, other, 1e-5);

  stage.layers[0].target.zeros = 0.5;
  auto pruned = pruneStage(stage);
  ASSERT_TRUE(bool(pruned)) << toString(pruned.takeError());
  EXPECT_EQ(llvm::count(pruned->weights[0], 0.0f), kInputs * kOutputs / 2);
  for (int64_t output = 0; output < kOutputs; ++output) {
    double before = 0, after = 0;
    for (int64_t row = 0; row < 400; ++row)
      for (int64_t i = 0; i < kInputs; ++i) {
        double x = rows.x[row * kInputs + i];
        before += x * stage.layers[0].weight[i * kOutputs + output];
        after += x * pruned->weights[0][i * kOutputs + output];
      }
    EXPECT_NEAR(before / 400 + stage.layers[0].bias[output],
                after / 400 + pruned->biases[0][output], 1e-4);
  }
}

// Whatever its weights are moved by, a stage has the zeros of its target.
TEST(Reconstruction, KeepsToFormats) {
  Rows rows(400, 6);
  const SparsityTarget targets[] = {{0.5, /*block=*/4},
                                    {0.5, 1, /*keep=*/1, /*of=*/2}};
  for (const SparsityTarget &target : targets) {
    PruningStage stage{kInputs, {}, {}};
    stage.layers.push_back(
        {"layer", kOutputs, makeWeight(6), {1, 2, 3, 4}, target});
    stage.folds = {rows.gather(makeWeight(6))};
    auto pruned = pruneStage(stage);
    ASSERT_TRUE(bool(pruned)) << toString(pruned.takeError());
    ArrayRef<float> weight = pruned->weights[0];
    EXPECT_EQ(llvm::count(weight, 0.0f), kInputs * kOutputs / 2);
    for (int64_t i = 0; i < kInputs; ++i)
      for (int64_t output = 0; output < kOutputs; ++output) {
        bool isZero = weight[i * kOutputs + output] == 0;
        if (target.of)
          EXPECT_NE(isZero, weight[(i ^ 1) * kOutputs + output] == 0);
        else
          EXPECT_EQ(isZero, weight[i * kOutputs] == 0);
      }
  }
}
