//===- ReconstructionTest.cpp ---------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Reconstruction.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace llvm;
using namespace sopt;

namespace {
constexpr int64_t kInputs = 6, kOutputs = 4;

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

  Drift gather() const {
    Drift drift(kInputs, kOutputs);
    EXPECT_TRUE(drift.add(x, x0, r, r0));
    return drift;
  }
};

std::vector<float> makeWeight(unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> weight(kInputs * kOutputs);
  for (float &value : weight)
    value = normal(random);
  return weight;
}

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

TEST(Drift, IsThatOfItsRows) {
  Drift drift(2, 1);
  EXPECT_TRUE(drift.add({1, 2, 3, 4}, {2, 2, 3, 6}, {1, 1}, {0, 3}));
  EXPECT_EQ(drift.getRows(), 2);
  DriftMoments centred = Drift::get({&drift}, /*isCentred=*/true);
  EXPECT_EQ(centred.mean, (std::vector<double>{2, 3}));
  EXPECT_EQ(centred.driftMean, (std::vector<double>{0.5, 1}));
  EXPECT_EQ(centred.lostMean, (std::vector<double>{0.5}));
  EXPECT_EQ(centred.own, (std::vector<double>{1, 1, 1, 1}));
  EXPECT_EQ(centred.drift, (std::vector<double>{-0.5, 1, -0.5, 1}));
  EXPECT_EQ(centred.lost, (std::vector<double>{1.5, 1.5}));
  DriftMoments plain = Drift::get({&drift}, /*isCentred=*/false);
  EXPECT_EQ(plain.mean, (std::vector<double>{0, 0}));
  EXPECT_EQ(plain.own, (std::vector<double>{5, 7, 7, 10}));
}

TEST(Drift, OfPartsIsThatOfTheWhole) {
  Rows rows(3000, 1);
  Drift whole = rows.gather(), first(kInputs, kOutputs),
        second(kInputs, kOutputs);
  auto cut = [](ArrayRef<float> all, int64_t width, bool isFirst) {
    return isFirst ? all.take_front(width * 1000)
                   : all.drop_front(width * 1000);
  };
  for (bool isFirst : {true, false})
    EXPECT_TRUE((isFirst ? first : second)
                    .add(cut(rows.x, kInputs, isFirst),
                         cut(rows.x0, kInputs, isFirst),
                         cut(rows.r, kOutputs, isFirst),
                         cut(rows.r0, kOutputs, isFirst)));
  DriftMoments a = Drift::get({&whole}, true);
  DriftMoments b = Drift::get({&first, &second}, true);
  for (auto [one, other] : zip_equal(a.own, b.own))
    EXPECT_NEAR(one, other, 1e-5);
  for (auto [one, other] : zip_equal(a.lost, b.lost))
    EXPECT_NEAR(one, other, 1e-5);
}

TEST(Drift, RefusesWhatIsNotFinite) {
  Drift drift(1, 1);
  EXPECT_FALSE(drift.add({1}, {NAN}, {1}, {1}));
  EXPECT_FALSE(drift.add({1}, {1}, {INFINITY}, {1}));
  EXPECT_EQ(drift.getRows(), 0);
}

// No small step in any direction improves on the ridge regression.
TEST(Reconstruction, IsTheBestThereIs) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    Rows rows(50, seed);
    std::vector<float> weight = makeWeight(seed);
    Drift drift = rows.gather();
    DriftMoments moments = Drift::get({&drift}, true);
    const double ridge = 0.1;
    std::vector<double> best =
        getCorrection(moments, weight, kOutputs, {ridge, 1});
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
  Drift drift = rows.gather();
  DriftMoments moments = Drift::get({&drift}, true);
  std::vector<double> whole = getCorrection(moments, weight, kOutputs, {1, 1});
  std::vector<double> half = getCorrection(moments, weight, kOutputs, {1, 0.5});
  for (auto [a, b] : zip_equal(whole, half))
    EXPECT_NEAR(b, a / 2, 1e-12);
}

// Where nothing can be learnt, nothing is changed; where all can, all is.
TEST(Reconstruction, TrustsWhatHoldsOnUnseenInputs) {
  std::vector<Drift> noise, law;
  for (unsigned seed = 0; seed < 4; ++seed) {
    Rows rows(8, 10 + seed);
    rows.x = rows.x0;
    noise.push_back(rows.gather());
    Rows same(200, 20 + seed);
    same.r = same.r0;
    for (auto [x, x0] : zip_equal(same.x, same.x0))
      x = 2 * x0;
    law.push_back(same.gather());
  }
  auto choose = [](ArrayRef<Drift> folds) {
    SmallVector<const Drift *> pointers;
    for (const Drift &fold : folds)
      pointers.push_back(&fold);
    return chooseStrength(pointers, makeWeight(1), kOutputs, true);
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
  stage.folds = {rows.gather()};
  auto same = pruneStage(stage);
  ASSERT_TRUE(bool(same)) << toString(same.takeError());
  EXPECT_EQ(same->weights[0], stage.layers[0].weight);
  EXPECT_EQ(same->biases[0], stage.layers[0].bias);

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
