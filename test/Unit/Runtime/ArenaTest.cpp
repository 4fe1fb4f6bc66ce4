//===- ArenaTest.cpp ------------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Arena.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <vector>

using sopt::runtime::Arena;

namespace {
constexpr uint64_t MiB = uint64_t(1) << 20;

struct ArenaTest : testing::Test {
  ArenaTest() { EXPECT_TRUE(arena.reserve(64 * MiB)); }
  ~ArenaTest() override { arena.release(); }

  Arena arena = {};
};
} // namespace

TEST_F(ArenaTest, BlocksAreAlignedAndApart) {
  std::mt19937 random(1);
  struct Block {
    uint64_t size;
    uint8_t fill;
  };
  std::map<uint8_t *, Block> live;
  for (int step = 0; step < 20000; ++step) {
    if (!live.empty() && random() % 2) {
      auto victim = std::next(live.begin(), long(random() % live.size()));
      for (uint64_t i = 0; i < victim->second.size; ++i)
        ASSERT_EQ(victim->first[i], victim->second.fill);
      arena.free(victim->first);
      live.erase(victim);
      continue;
    }
    uint64_t size = random() % 3 ? random() % 200 : random() % 20000;
    auto *block = static_cast<uint8_t *>(arena.allocate(size));
    if (!block)
      continue;
    ASSERT_EQ(reinterpret_cast<uintptr_t>(block) % Arena::alignment, 0u);
    ASSERT_TRUE(arena.contains(block));
    auto fill = uint8_t(random());
    memset(block, fill, size);
    ASSERT_TRUE(live.emplace(block, Block{size, fill}).second);
  }
}

TEST_F(ArenaTest, FreedNeighboursBecomeOne) {
  // In every order of freeing three blocks, a fourth holds them apart from the
  // unused end, so that only their union can serve a block of that size.
  int order[] = {0, 1, 2};
  do {
    arena.reset();
    void *blocks[3];
    for (void *&block : blocks)
      block = arena.allocate(1000);
    void *guard = arena.allocate(1);
    for (int index : order)
      arena.free(blocks[index]);
    EXPECT_EQ(arena.allocate(3000), blocks[0]);
    EXPECT_LT(blocks[0], guard);
  } while (std::next_permutation(order, order + 3));
}

TEST_F(ArenaTest, TakesTheSmallestThatFits) {
  void *large = arena.allocate(4096);
  arena.allocate(1);
  void *small = arena.allocate(1024);
  arena.allocate(1);
  arena.free(small);
  arena.free(large);
  EXPECT_EQ(arena.allocate(1000), small);
  EXPECT_EQ(arena.allocate(1000), large);
}

TEST_F(ArenaTest, ZeroBytesHaveAnAddressOfTheirOwn) {
  void *first = arena.allocate(0), *second = arena.allocate(0);
  EXPECT_NE(first, nullptr);
  EXPECT_NE(first, second);
  arena.free(nullptr);
}

TEST_F(ArenaTest, RefusesWhatItDoesNotHave) {
  EXPECT_EQ(arena.allocate(65 * MiB), nullptr);
  EXPECT_EQ(arena.allocate(64 * MiB), nullptr) << "no room for the header";
  EXPECT_EQ(arena.allocate(UINT64_MAX), nullptr);
  EXPECT_NE(arena.allocate(63 * MiB), nullptr);
  EXPECT_EQ(arena.allocate(2 * MiB), nullptr);
  arena.reset();
  EXPECT_NE(arena.allocate(2 * MiB), nullptr);
}

TEST_F(ArenaTest, AsksTheSystemOnceForEachPage) {
  uint64_t before = arena.getSystemCalls();
  auto use = [&] {
    arena.reset();
    std::vector<void *> blocks(100);
    for (void *&block : blocks)
      block = arena.allocate(100000);
    for (int i = 0; i < 100; i += 3)
      arena.free(blocks[size_t(i)]);
    arena.allocate(150000);
  };
  use();
  uint64_t first = arena.getSystemCalls();
  EXPECT_GT(first, before);
  use();
  EXPECT_EQ(arena.getSystemCalls(), first);
  EXPECT_GE(arena.getCommitted(), 10000000u);
}
