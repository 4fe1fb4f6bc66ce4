//===- FeatureOrder.cpp - Neighbours that share blocks --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/FeatureOrder.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <array>
#include <random>

using namespace llvm;
using namespace sopt;

static constexpr size_t kGroup = 4;
/// Words that all groups together compare, at most: less than a second.
static constexpr int64_t kMaxWork = 1 << 25;
static constexpr int64_t kMinWindow = 16;
static constexpr int64_t kWordBits = 64;

FeatureOrder::FeatureOrder(int64_t parts, int64_t size,
                           ArrayRef<Weight> weights)
    : parts(parts), size(size) {
  assert(parts > 0 && size > 0 && "there are features");
  int64_t words = 0;
  for (const Weight &weight : weights) {
    int64_t repeats = weight.n / (parts * size);
    assert(weight.n == parts * repeats * size && "not the features' outputs");
    words += divideCeilSigned(weight.k, kWordBits) * repeats;
    ends.push_back(words);
  }
  const int64_t features = parts * size;
  inputs.resize(features * words);
  int64_t begin = 0;
  for (auto [weight, end] : zip_equal(weights, ends)) {
    readWeight(weight, begin);
    begin = end;
  }
  int64_t work = (kGroup - 1) * divideCeilSigned(features, kGroup) * words;
  window = std::max(kMaxWork / std::max<int64_t>(work, 1), kMinWindow);

  // The least of the numbers of a feature's inputs, dealt at random, is the
  // same for two features in as many of all deals as they have inputs in
  // common.
  std::mt19937_64 random(/*seed=*/1);
  std::vector<std::array<uint64_t, 2>> numbers(words * kWordBits);
  for (auto &number : numbers)
    number = {random(), random()};
  std::vector<std::array<uint64_t, 2>> hashes(features,
                                              {UINT64_MAX, UINT64_MAX});
  for (int64_t feature = 0; feature < features; ++feature)
    for (auto [word, left] : enumerate(getInputs(feature)))
      for (uint64_t bits = left; bits; bits &= bits - 1) {
        const auto &number = numbers[word * kWordBits + countr_zero(bits)];
        for (size_t i = 0; i < number.size(); ++i)
          hashes[feature][i] = std::min(hashes[feature][i], number[i]);
      }
  byHash.resize(features);
  for (int64_t feature = 0; feature < features; ++feature)
    byHash[feature] = feature;
  llvm::sort(byHash, [&](uint32_t a, uint32_t b) {
    return std::tuple(a / size, hashes[a], a) <
           std::tuple(b / size, hashes[b], b);
  });
}

void FeatureOrder::readWeight(const Weight &weight, int64_t begin) {
  const int64_t repeats = weight.n / (parts * size), words = ends.back(),
                repeatWords = divideCeilSigned(weight.k, kWordBits);
  for (int64_t row = 0; row < weight.k; ++row)
    for (int64_t column = 0; column < weight.n; ++column) {
      if (weight.elements[row * weight.n + column] == 0)
        continue;
      int64_t part = column / (repeats * size);
      int64_t repeat = column / size % repeats;
      int64_t feature = part * size + column % size;
      inputs[feature * words + begin + repeat * repeatWords +
             row / kWordBits] |= uint64_t(1) << row % kWordBits;
    }
}

ArrayRef<uint64_t> FeatureOrder::getInputs(uint32_t feature) const {
  return ArrayRef(inputs).slice(feature * ends.back(), ends.back());
}

static int64_t countDifferences(ArrayRef<uint64_t> a, ArrayRef<uint64_t> b) {
  int64_t count = 0;
  for (size_t i = 0; i < a.size(); ++i)
    count += popcount(a[i] ^ b[i]);
  return count;
}

FeatureOrder::Group FeatureOrder::grow(ArrayRef<uint32_t> candidates,
                                       size_t first) const {
  Group group = {{first}, to_vector(getInputs(candidates[first]))};
  while (group.places.size() < std::min(kGroup, candidates.size())) {
    size_t nearest = 0;
    int64_t least = INT64_MAX;
    for (size_t place = 0; place < candidates.size() && least > 0; ++place) {
      if (is_contained(group.places, place))
        continue;
      int64_t differences =
          countDifferences(group.inputs, getInputs(candidates[place]));
      if (differences < least) {
        least = differences;
        nearest = place;
      }
    }
    group.places.push_back(nearest);
    for (auto [all, own] :
         zip_equal(group.inputs, getInputs(candidates[nearest])))
      all |= own;
  }
  return group;
}

SmallVector<int64_t, 2> FeatureOrder::estimateBlocks() const {
  constexpr int64_t kSamples = 32;
  const int64_t groups = parts * divideCeilSigned(size, kGroup);
  const int64_t samples = std::min(groups, kSamples);
  const size_t count = std::min<size_t>(window, size);
  SmallVector<int64_t, 2> blocks(ends.size());
  for (int64_t sample = 0; sample < samples; ++sample) {
    int64_t at = sample * parts * size / samples;
    size_t place = at % size;
    size_t begin = std::min(place - std::min(place, count / 2), size - count);
    ArrayRef<uint32_t> part = ArrayRef(byHash).slice(at - place, size);
    Group group = grow(part.slice(begin, count), place - begin);
    int64_t next = 0;
    for (auto [index, end] : enumerate(ends))
      for (; next < end; ++next)
        blocks[index] += popcount(group.inputs[next]);
  }
  for (int64_t &count : blocks)
    count = count * groups / samples;
  return blocks;
}

std::vector<int64_t> FeatureOrder::findOrder() const {
  std::vector<int64_t> order;
  order.reserve(byHash.size());
  for (int64_t part = 0; part < parts; ++part) {
    auto begin = byHash.begin() + part * size;
    std::vector<uint32_t> left(begin, begin + size);
    std::vector<SmallVector<int64_t, kGroup>> groups;
    while (!left.empty()) {
      Group group = grow(ArrayRef(left).take_front(window), 0);
      SmallVector<int64_t, kGroup> &features = groups.emplace_back();
      llvm::sort(group.places);
      for (size_t place : reverse(group.places)) {
        features.push_back(left[place]);
        left.erase(left.begin() + place);
      }
      llvm::sort(features);
    }
    // As they were, as far as that can be. One that is not full comes last, or
    // those behind it would share no blocks.
    llvm::sort(groups.begin(), groups.end() - (size % kGroup != 0));
    for (ArrayRef<int64_t> features : groups)
      append_range(order, features);
  }
  return order;
}

std::vector<int64_t> FeatureOrder::repeat(ArrayRef<int64_t> order,
                                          int64_t parts, int64_t repeats) {
  const int64_t size = order.size() / parts;
  std::vector<int64_t> all;
  all.reserve(order.size() * repeats);
  for (int64_t part = 0; part < parts; ++part)
    for (int64_t repeat = 0; repeat < repeats; ++repeat)
      for (int64_t feature : order.slice(part * size, size))
        all.push_back(feature + (part * (repeats - 1) + repeat) * size);
  return all;
}
