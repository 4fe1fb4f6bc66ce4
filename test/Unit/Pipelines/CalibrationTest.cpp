//===- CalibrationTest.cpp ------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pipelines/Calibration.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <numeric>

using namespace llvm;
using namespace sopt;

static Tensor makeRow(StringRef name, ArrayRef<int64_t> values) {
  const auto *bytes = reinterpret_cast<const char *>(values.data());
  return {name.str(),
          SOPT_INT64,
          {1, int64_t(values.size())},
          {bytes, bytes + values.size() * sizeof(int64_t)}};
}

/// Texts of so many tokens that follow each other from 1000 on, between 1 and 2
/// for their ends.
static std::vector<CalibrationItem> makeTexts(ArrayRef<int64_t> lengths,
                                              StringRef name = "input_ids") {
  std::vector<CalibrationItem> items;
  for (int64_t length : lengths) {
    std::vector<int64_t> ids(length), mask(length, 1);
    std::iota(ids.begin(), ids.end(), 1000);
    ids.front() = 1;
    ids.back() = 2;
    items.push_back({{makeRow(name, ids), makeRow("attention_mask", mask)},
                     unsigned(items.size())});
  }
  return items;
}

static ArrayRef<int64_t> getIds(const CalibrationItem &item) {
  return item.inputs[0].get<int64_t>();
}

/// Whether each token between the ends follows the one before.
static bool isInOrder(ArrayRef<int64_t> ids) {
  for (size_t place = 2; place + 1 < ids.size(); ++place)
    if (ids[place] != ids[place - 1] + 1)
      return false;
  return true;
}

TEST(Calibration, AddsPiecesAndAsManyOfDrawnTokens) {
  std::vector<CalibrationItem> items = makeTexts({100, 120});
  addPieces(items, /*seed=*/0);
  // Two texts, a short and a middling piece of each, and as many drawn ones.
  ASSERT_EQ(items.size(), 10u);
  EXPECT_TRUE(all_of(ArrayRef(items).take_front(6),
                     [](const auto &item) { return isInOrder(getIds(item)); }));
  for (size_t piece = 2; piece < 6; ++piece) {
    ArrayRef<int64_t> drawn = getIds(items[piece + 4]);
    EXPECT_EQ(drawn.size(), getIds(items[piece]).size());
    EXPECT_EQ(items[piece + 4].source, items[piece].source);
    EXPECT_FALSE(isInOrder(drawn));
    EXPECT_EQ(drawn.front(), 1);
    EXPECT_EQ(drawn.back(), 2);
    EXPECT_TRUE(all_of(drawn.drop_front().drop_back(),
                       [](int64_t id) { return id >= 1001 && id < 1119; }));
    // Nothing but the tokens is another.
    EXPECT_EQ(items[piece + 4].inputs[1].bytes, items[piece].inputs[1].bytes);
  }
}

TEST(Calibration, DrawsTheSameForASeed) {
  std::vector<CalibrationItem> first = makeTexts({100, 120}), same = first,
                               other = first;
  addPieces(first, 1);
  addPieces(same, 1);
  addPieces(other, 2);
  EXPECT_EQ(getIds(first.back()), getIds(same.back()));
  EXPECT_NE(getIds(first.back()), getIds(other.back()));
}

TEST(Calibration, DrawsNoTokensFromAnInputOfAnotherName) {
  std::vector<CalibrationItem> items = makeTexts({100, 120}, "pixels");
  addPieces(items, /*seed=*/0);
  EXPECT_EQ(items.size(), 6u);
}

TEST(Calibration, LeavesShortTextsWhole) {
  std::vector<CalibrationItem> items = makeTexts({2, 3, 8});
  addPieces(items, /*seed=*/0);
  EXPECT_EQ(items.size(), 3u);
}
