//===- FeatureOrderTest.cpp - Laws of the order of features ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/FeatureOrder.h"
#include "sparse-opt/Analysis/WeightPattern.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <numeric>
#include <random>

using namespace sopt;

namespace {

/// A weight with features in `parts` parts of `size`, `repeats` times each.
struct Matrix {
  int64_t k, parts, repeats, size;
  std::vector<float> elements;

  Matrix(int64_t k, int64_t parts, int64_t repeats, int64_t size)
      : k(k), parts(parts), repeats(repeats), size(size),
        elements(k * getOutputs()) {}

  int64_t getOutputs() const { return parts * repeats * size; }

  /// Keeps blocks of 4 outputs × 1 input, each with chance `density`, and of
  /// their elements each with chance `share`.
  void fill(double density, double share, std::mt19937 &random) {
    std::bernoulli_distribution block(density), element(share);
    for (int64_t row = 0; row < k; ++row)
      for (int64_t column = 0; column < getOutputs(); column += 4)
        if (block(random))
          for (int64_t i = 0; i < 4; ++i)
            elements[row * getOutputs() + column + i] = element(random);
  }

  /// Puts outputs into the order of features that `order` is.
  void permute(llvm::ArrayRef<int64_t> order) {
    std::vector<float> before = elements;
    auto columns = FeatureOrder::repeat(order, parts, repeats);
    for (int64_t row = 0; row < k; ++row)
      for (int64_t column = 0; column < getOutputs(); ++column)
        elements[row * getOutputs() + column] =
            before[row * getOutputs() + columns[column]];
  }

  FeatureOrder::Weight get() const { return {elements, k, getOutputs()}; }

  int64_t countBlocks() const {
    return WeightPattern::of(elements, k, getOutputs()).blocksOf4;
  }
};

/// An order at random that leaves features in their parts.
std::vector<int64_t> makeOrder(int64_t parts, int64_t size,
                               std::mt19937 &random) {
  std::vector<int64_t> order(parts * size);
  std::iota(order.begin(), order.end(), 0);
  for (int64_t part = 0; part < parts; ++part)
    std::shuffle(order.begin() + part * size, order.begin() + (part + 1) * size,
                 random);
  return order;
}

/// Whether `order` has each feature once, in its part.
bool isOrder(std::vector<int64_t> order, int64_t parts, int64_t size) {
  if (int64_t(order.size()) != parts * size)
    return false;
  for (int64_t part = 0; part < parts; ++part)
    std::sort(order.begin() + part * size, order.begin() + (part + 1) * size);
  for (int64_t place = 0; place < parts * size; ++place)
    if (order[place] != place)
      return false;
  return true;
}

/// Puts the features of a weight of one part in any order, and then in that
/// which is found.
void shuffleAndOrder(Matrix &weight, int64_t size, std::mt19937 &random) {
  weight.permute(makeOrder(1, size, random));
  weight.permute(FeatureOrder(1, size, weight.get()).findOrder());
}

// Blocks that were shuffled are found again, those of several weights and of
// repeated heads at once, and the estimate says so.
TEST(FeatureOrder, FindsBlocksAgain) {
  std::mt19937 random(1);
  for (auto [parts, size] : {std::pair<int64_t, int64_t>{1, 256}, {4, 32}}) {
    std::vector<Matrix> weights = {{70, parts, 1, size}, {64, parts, 3, size}};
    std::vector<int64_t> blocks;
    std::vector<int64_t> order = makeOrder(parts, size, random);
    std::vector<FeatureOrder::Weight> shuffled;
    for (Matrix &weight : weights) {
      weight.fill(/*density=*/0.2, /*share=*/1, random);
      blocks.push_back(weight.countBlocks());
      weight.permute(order);
      EXPECT_GT(weight.countBlocks(), 2 * blocks.back());
      shuffled.push_back(weight.get());
    }
    FeatureOrder features(parts, size, shuffled);
    auto estimate = features.estimateBlocks();
    std::vector<int64_t> found = features.findOrder();
    EXPECT_TRUE(isOrder(found, parts, size));
    for (size_t i = 0; i < weights.size(); ++i) {
      EXPECT_NEAR(estimate[i], blocks[i], 0.1 * blocks[i]);
      weights[i].permute(found);
      EXPECT_EQ(weights[i].countBlocks(), blocks[i]);
    }
  }
}

// Groups with holes are still groups.
TEST(FeatureOrder, ForgivesHoles) {
  std::mt19937 random(2);
  Matrix weight(256, 1, 1, 512);
  weight.fill(/*density=*/0.1, /*share=*/0.8, random);
  int64_t blocks = weight.countBlocks();
  shuffleAndOrder(weight, 512, random);
  EXPECT_LE(weight.countBlocks(), 1.01 * blocks);
}

// Where there are so many features that not all are compared, those that are
// equal still meet.
TEST(FeatureOrder, ManyFeatures) {
  std::mt19937 random(3);
  Matrix weight(512, 1, 1, 8192);
  weight.fill(/*density=*/0.1, /*share=*/1, random);
  int64_t blocks = weight.countBlocks();
  shuffleAndOrder(weight, 8192, random);
  EXPECT_EQ(weight.countBlocks(), blocks);
}

// Where elements are scattered there is little to find, and the estimate, of
// groups that choose first, says so.
TEST(FeatureOrder, EstimatesScatteredElements) {
  std::mt19937 random(4);
  for (double density : {0.05, 0.2, 0.5}) {
    Matrix weight(128, 1, 1, 512);
    std::bernoulli_distribution isKept(density);
    for (float &element : weight.elements)
      element = isKept(random);
    int64_t before = weight.countBlocks();
    FeatureOrder features(1, 512, weight.get());
    int64_t estimate = features.estimateBlocks().front();
    weight.permute(features.findOrder());
    int64_t after = weight.countBlocks();
    EXPECT_LE(after, before);
    EXPECT_GE(after, 0.75 * before) << density;
    EXPECT_LE(estimate, 1.05 * after) << density;
    EXPECT_GE(estimate, 0.5 * after) << density;
  }
}

// Any number of features has an order, and the last group may be short.
TEST(FeatureOrder, AnySize) {
  std::mt19937 random(5);
  for (int64_t size = 1; size < 20; ++size)
    for (int64_t parts : {1, 3}) {
      Matrix weight(9, parts, 2, size);
      std::bernoulli_distribution isKept(0.3);
      for (float &element : weight.elements)
        element = isKept(random);
      FeatureOrder features(parts, size, weight.get());
      EXPECT_TRUE(isOrder(features.findOrder(), parts, size));
      EXPECT_GE(features.estimateBlocks().front(), 0);
    }
}

// Those in blocks stay where they are.
TEST(FeatureOrder, KeepsBlocks) {
  std::mt19937 random(6);
  Matrix weight(128, 1, 1, 64);
  weight.fill(/*density=*/0.5, /*share=*/1, random);
  std::vector<int64_t> order = FeatureOrder(1, 64, weight.get()).findOrder();
  for (int64_t place = 0; place < 64; ++place)
    EXPECT_EQ(order[place], place);
}

TEST(FeatureOrder, RepeatsParts) {
  EXPECT_EQ(FeatureOrder::repeat({1, 0, 2, 3}, /*parts=*/2, /*repeats=*/2),
            std::vector<int64_t>({1, 0, 3, 2, 4, 5, 6, 7}));
}

} // namespace
