//===- PrunersTest.cpp ----------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Pruners.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace llvm;
using namespace sopt;

namespace {
/// A random layer whose inputs depend on each other, with `dead` inputs that
/// are always zero at the end.
PrunedLayer makeLayer(int64_t inputs, int64_t outputs, unsigned seed,
                      int64_t dead = 0) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  PrunedLayer layer{"layer", inputs, outputs, {}, {}};
  for (int64_t i = 0; i < inputs * outputs; ++i)
    layer.weight.push_back(float(normal(random)));
  layer.moments.assign(inputs * inputs, 0);
  const int64_t samples = 4 * inputs;
  std::vector<double> x(inputs);
  for (int64_t sample = 0; sample < samples; ++sample) {
    double shared = normal(random);
    for (int64_t i = 0; i < inputs; ++i)
      x[i] = i < inputs - dead ? normal(random) + shared : 0;
    for (int64_t i = 0; i < inputs; ++i)
      for (int64_t j = 0; j < inputs; ++j)
        layer.moments[i * inputs + j] += x[i] * x[j] / double(samples);
  }
  return layer;
}

std::vector<float> prune(Pruner pruner, const PrunedLayer &layer,
                         const SparsityTarget &target) {
  auto weight = pruner(layer, target);
  EXPECT_TRUE(bool(weight)) << toString(weight.takeError());
  return *weight;
}

int64_t countZeros(ArrayRef<float> weight) { return llvm::count(weight, 0.0f); }

/// Solves the symmetric system a·x = b by elimination.
std::vector<double> solve(std::vector<double> a, std::vector<double> b) {
  size_t n = b.size();
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i + 1; j < n; ++j) {
      double factor = a[j * n + i] / a[i * n + i];
      for (size_t k = i; k < n; ++k)
        a[j * n + k] -= factor * a[i * n + k];
      b[j] -= factor * b[i];
    }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k)
      b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
  return b;
}

const char *const kNames[] = {"magnitude", "wanda", "obs", "admm"};
} // namespace

TEST(Pruners, MakeAsManyZerosAsAsked) {
  PrunedLayer layer = makeLayer(96, 64, 1);
  int64_t size = 96 * 64;
  for (const char *name : kNames) {
    Pruner pruner = lookUpPruner(name);
    EXPECT_EQ(countZeros(prune(pruner, layer, {0.75})), size * 3 / 4) << name;
    EXPECT_EQ(prune(pruner, layer, {0}), layer.weight) << name;
    EXPECT_EQ(countZeros(prune(pruner, layer, {1})), size) << name;
  }
  EXPECT_EQ(lookUpPruner("oracle"), nullptr);
}

TEST(Pruners, PruneBlocksTogether) {
  PrunedLayer layer = makeLayer(96, 64, 2);
  for (const char *name : kNames) {
    auto weight = prune(lookUpPruner(name), layer, {0.5, /*block=*/4});
    EXPECT_EQ(countZeros(weight), 96 * 64 / 2) << name;
    for (size_t i = 0; i < weight.size(); i += 4) {
      int64_t zeros = countZeros(ArrayRef(weight).slice(i, 4));
      EXPECT_TRUE(zeros == 0 || zeros == 4) << name << " at " << i;
    }
  }
}

TEST(Pruners, KeepNOfM) {
  PrunedLayer layer = makeLayer(96, 64, 3);
  for (const char *name : kNames) {
    auto weight =
        prune(lookUpPruner(name), layer, {0, 1, /*keep=*/2, /*of=*/4});
    for (int64_t output = 0; output < 64; ++output)
      for (int64_t first = 0; first < 96; first += 4) {
        int64_t zeros = 0;
        for (int64_t i = first; i < first + 4; ++i)
          zeros += weight[i * 64 + output] == 0;
        EXPECT_EQ(zeros, 2) << name;
      }
  }
}

TEST(Pruners, MagnitudeKeepsTheLargest) {
  PrunedLayer layer = makeLayer(32, 8, 4);
  auto weight = prune(pruneByMagnitude, layer, {0.5});
  float largestLost = 0, leastKept = INFINITY;
  for (size_t i = 0; i < weight.size(); ++i) {
    float size = std::abs(layer.weight[i]);
    if (weight[i] == 0)
      largestLost = std::max(largestLost, size);
    else
      leastKept = std::min(leastKept, size);
  }
  EXPECT_LE(largestLost, leastKept);
}

// Losing one weight alone, the weights of the inputs behind it move to where
// least squares puts them: (H_SS)·Δ_S = w_p·H_Sp over the later inputs S.
TEST(Pruners, ObsMakesUpForOneWeightAsLeastSquaresDoes) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    PrunedLayer layer = makeLayer(12, 1, seed);
    auto weight = prune(pruneByObs, layer, {1.0 / 12});
    ASSERT_EQ(countZeros(weight), 1);
    size_t lost = llvm::find(weight, 0.0f) - weight.begin();
    double trace = 0;
    for (size_t i = 0; i < 12; ++i)
      trace += layer.moments[i * 12 + i];
    size_t n = 12 - lost - 1;
    std::vector<double> a, b;
    for (size_t i = lost + 1; i < 12; ++i) {
      for (size_t j = lost + 1; j < 12; ++j)
        a.push_back(layer.moments[i * 12 + j] +
                    (i == j ? 0.01 * trace / 12 : 0));
      b.push_back(layer.weight[lost] * layer.moments[i * 12 + lost]);
    }
    std::vector<double> change = solve(a, b);
    for (size_t i = 0; i < lost; ++i)
      EXPECT_EQ(weight[i], layer.weight[i]);
    for (size_t i = 0; i < n; ++i)
      EXPECT_NEAR(weight[lost + 1 + i], layer.weight[lost + 1 + i] + change[i],
                  1e-4);
  }
}

// What surgery counts as it goes is what its result loses.
TEST(Pruners, ObsTellsItsLoss) {
  for (int64_t dead : {0, 4}) {
    PrunedLayer layer = makeLayer(200, 16, 10, dead);
    ObsPruner pruner = cantFail(ObsPruner::create(layer));
    for (SparsityTarget target :
         {SparsityTarget{0.3}, {0.8}, {0.6, /*block=*/4}, {0, 1, 2, 4}}) {
      auto result = cantFail(pruner.prune(layer, target));
      double loss =
          getRelativeError(layer, result.weight) * getOutputPower(layer);
      EXPECT_NEAR(result.loss, loss, 1e-5 * loss);
    }
  }
}

// Which of equal weights go is a matter of their places alone.
TEST(Pruners, OfEqualWeightsTheFirstGo) {
  PrunedLayer layer = makeLayer(8, 8, 11);
  std::fill_n(layer.weight.begin(), 64, -2.0f);
  layer.weight[3] = 1;
  auto weight = prune(pruneByMagnitude, layer, {0.5});
  EXPECT_EQ(countZeros(ArrayRef(weight).take_front(32)), 32);
}

TEST(Pruners, LoseLessTheMoreTheyKnow) {
  for (unsigned seed = 0; seed < 5; ++seed) {
    PrunedLayer layer = makeLayer(112, 64, seed);
    // Inputs of unlike strength, as after a layer with a few large channels.
    for (int64_t i = 0; i < 112; ++i)
      for (int64_t j = 0; j < 112; ++j)
        layer.moments[i * 112 + j] *= (1 + i % 7) * (1 + j % 7);
    double errors[4];
    for (auto [error, name] : zip(errors, kNames))
      error = getRelativeError(layer, prune(lookUpPruner(name), layer, {0.6}));
    EXPECT_LT(errors[1], errors[0]) << "wanda against magnitude";
    EXPECT_LT(errors[2], errors[1]) << "obs against wanda";
    EXPECT_LT(errors[3], errors[2]) << "admm against obs";
  }
}

// Given where its zeros are, no other weight loses less.
TEST(Pruners, AdmmFitsWhatItKeeps) {
  PrunedLayer layer = makeLayer(24, 4, 6);
  auto weight = prune(pruneByAdmm, layer, {0.5});
  double trace = 0;
  for (size_t i = 0; i < 24; ++i)
    trace += layer.moments[i * 25];
  auto getMoment = [&](size_t i, size_t j) {
    return layer.moments[i * 24 + j] + (i == j ? 0.01 * trace / 24 : 0);
  };
  for (size_t output = 0; output < 4; ++output) {
    std::vector<size_t> kept;
    for (size_t i = 0; i < 24; ++i)
      if (weight[i * 4 + output] != 0)
        kept.push_back(i);
    std::vector<double> a, b;
    for (size_t i : kept) {
      for (size_t j : kept)
        a.push_back(getMoment(i, j));
      b.push_back(0);
      for (size_t j = 0; j < 24; ++j)
        b.back() += getMoment(i, j) * layer.weight[j * 4 + output];
    }
    for (auto [i, value] : zip(kept, solve(a, b)))
      EXPECT_NEAR(weight[i * 4 + output], value, 1e-4);
  }
}

TEST(Pruners, AdmmClearsDeadInputs) {
  PrunedLayer layer = makeLayer(32, 8, 5, /*dead=*/4);
  auto weight = prune(pruneByAdmm, layer, {0.25});
  EXPECT_EQ(countZeros(weight), 8 * 8);
  EXPECT_EQ(countZeros(ArrayRef(weight).take_back(4 * 8)), 4 * 8);
}

TEST(Pruners, ObsClearsDeadInputs) {
  PrunedLayer layer = makeLayer(32, 8, 5, /*dead=*/4);
  auto weight = prune(pruneByObs, layer, {0});
  EXPECT_EQ(countZeros(weight), 4 * 8);
  EXPECT_EQ(getRelativeError(layer, weight), 0);
}

// Of twelve heads of eight inputs three quarters go, each with all its weights,
// and what stays makes up for them by least squares.
TEST(Pruners, TakeWholeHeads) {
  PrunedLayer layer = makeLayer(96, 64, 8);
  layer.part = 8;
  SparsityTarget target;
  target.zeros = 0.75;
  target.unit = SparsityTarget::Unit::Head;
  double byMagnitude = 0;
  for (const char *name : kNames) {
    auto weight = prune(lookUpPruner(name), layer, target);
    int64_t gone = 0;
    for (int64_t head = 0; head < 12; ++head) {
      int64_t zeros = countZeros(ArrayRef(weight).slice(head * 8 * 64, 8 * 64));
      EXPECT_TRUE(zeros == 0 || zeros == 8 * 64) << name;
      gone += zeros > 0;
    }
    EXPECT_EQ(gone, 9) << name;
    double error = getRelativeError(layer, weight);
    if (StringRef(name) == "magnitude")
      byMagnitude = error;
    if (StringRef(name) == "obs" || StringRef(name) == "admm") {
      EXPECT_LT(error, byMagnitude) << name;
    }
  }
}

TEST(Pruners, TakeTheNeuronThatOthersMakeUpFor) {
  PrunedLayer layer = makeLayer(16, 8, 9);
  layer.part = 1;
  // The second input is the first again, and the largest weight of all reads
  // it.
  for (int64_t i = 0; i < 16; ++i)
    layer.moments[1 * 16 + i] = layer.moments[0 * 16 + i];
  for (int64_t i = 0; i < 16; ++i)
    layer.moments[i * 16 + 1] = layer.moments[i * 16 + 0];
  for (int64_t output = 0; output < 8; ++output)
    layer.weight[1 * 8 + output] = 10;
  SparsityTarget target;
  target.zeros = 1.0 / 16;
  target.unit = SparsityTarget::Unit::Neuron;
  auto weight = prune(pruneByAdmm, layer, target);
  EXPECT_EQ(countZeros(weight), 8);
  EXPECT_LT(getRelativeError(layer, weight),
            getRelativeError(layer, prune(pruneByMagnitude, layer, target)));
}

TEST(Pruners, SayWhatIsToBlame) {
  auto message = [](const PrunedLayer &layer, const SparsityTarget &target) {
    return toString(pruneByObs(layer, target).takeError());
  };
  PrunedLayer layer = makeLayer(6, 6, 6);
  EXPECT_EQ(message(layer, {1.5}),
            "layer 'layer': a share of zeros is 0 to 1, not 1.5");
  EXPECT_EQ(message(layer, {0.5, 4}),
            "layer 'layer': blocks of 4 do not divide its 6 outputs");
  EXPECT_EQ(message(layer, {0, 1, 2, 4}),
            "layer 'layer': 2 of 4 does not fit its 6 inputs");
  SparsityTarget heads;
  heads.unit = SparsityTarget::Unit::Head;
  EXPECT_EQ(message(layer, heads), "layer 'layer': its inputs are no heads");
  layer.moments[3] = NAN;
  EXPECT_EQ(message(layer, {0.5}), "layer 'layer': an input is not finite");
  layer.moments.clear();
  EXPECT_EQ(message(layer, {0.5}),
            "layer 'layer': moments of 6 inputs are missing");
}
