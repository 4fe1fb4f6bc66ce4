//===- Ratings.cpp - What people say of items -----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Ratings.h"
#include "Ranks.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>

using namespace llvm;
using namespace sopt;

int64_t Ratings::countRaters() const {
  int64_t count = 0;
  for (size_t i = 0; i < rounds.size(); ++i)
    count += i == 0 || rounds[i - 1].rater != rounds[i].rater;
  return count;
}

int64_t Ratings::countRatings() const {
  int64_t count = 0;
  for (const Round &round : rounds)
    count += llvm::count_if(round.values, [](auto v) { return v.has_value(); });
  return count;
}

/// The cells of a line, which quotes may hold together.
static SmallVector<std::string> splitLine(StringRef line) {
  SmallVector<std::string> cells = {""};
  bool isQuoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && isQuoted && line.substr(i + 1).starts_with("\""))
      cells.back() += line[i++];
    else if (line[i] == '"')
      isQuoted = !isQuoted;
    else if (line[i] == ',' && !isQuoted)
      cells.emplace_back();
    else
      cells.back() += line[i];
  }
  for (std::string &cell : cells)
    cell = StringRef(cell).trim().str();
  return cells;
}

namespace {
/// Gathers ratings as text.
class RatingsBuilder {
public:
  void add(StringRef item, StringRef rater, StringRef score) {
    unsigned index = items.try_emplace(item, items.size()).first->second;
    auto found = numbers.try_emplace(rater, raters.size());
    if (found.second)
      raters.push_back({rater.str(), {}});
    auto &said = raters[found.first->second].said;
    said.resize(std::max<size_t>(said.size(), index + 1));
    said[index].push_back(score.str());
  }

  Ratings build() const;

private:
  /// The number that stands for each text, in the order of `texts`.
  static std::vector<unsigned> getValues(ArrayRef<StringRef> texts,
                                         bool &areNumbers);

  struct Rater {
    std::string name;
    /// Of each item, in turn.
    std::vector<SmallVector<std::string, 1>> said;
  };

  StringMap<unsigned> items, numbers;
  std::vector<Rater> raters;
};
} // namespace

std::vector<unsigned> RatingsBuilder::getValues(ArrayRef<StringRef> texts,
                                                bool &areNumbers) {
  std::vector<double> numbers(texts.size());
  areNumbers = all_of(zip_equal(texts, numbers), [](auto entry) {
    auto [text, number] = entry;
    return !text.getAsDouble(number) && std::isfinite(number);
  });
  if (areNumbers)
    return getPlaces(numbers);
  StringMap<unsigned> names;
  for (auto [text, number] : zip_equal(texts, numbers))
    number = names.try_emplace(text, names.size()).first->second;
  return {numbers.begin(), numbers.end()};
}

Ratings RatingsBuilder::build() const {
  std::vector<StringRef> texts;
  for (const auto &[rater, said] : raters)
    for (const auto &item : said)
      llvm::append_range(texts, item);
  Ratings ratings;
  ratings.items = items.size();
  std::vector<unsigned> values = getValues(texts, ratings.areNumbers);
  size_t next = 0;
  for (const auto &[rater, said] : raters) {
    size_t first = ratings.rounds.size();
    for (auto [item, scores] : enumerate(said))
      for (size_t round = 0; round < scores.size(); ++round) {
        if (first + round == ratings.rounds.size())
          ratings.rounds.push_back(
              {rater, std::vector<std::optional<unsigned>>(ratings.items)});
        ratings.rounds[first + round].values[item] = values[next++];
      }
  }
  return ratings;
}

static Error addLine(ArrayRef<std::string> columns, ArrayRef<std::string> cells,
                     bool isLong, RatingsBuilder &builder) {
  if (cells.size() != columns.size())
    return createStringError(Twine(cells.size()) +
                             " cells, where the first "
                             "line has " +
                             Twine(columns.size()));
  if (cells[0].empty())
    return createStringError("the item has no name");
  if (isLong) {
    if (cells[1].empty() || cells[2].empty())
      return createStringError("a rating needs a rater and a score");
    builder.add(cells[0], cells[1], cells[2]);
    return Error::success();
  }
  for (auto [rater, score] :
       zip_equal(columns.drop_front(), cells.drop_front()))
    if (!score.empty())
      builder.add(cells[0], rater, score);
  return Error::success();
}

Expected<Ratings> sopt::parseRatings(StringRef text) {
  text.consume_front("\xef\xbb\xbf"); // Spreadsheets write a mark first.
  RatingsBuilder builder;
  SmallVector<std::string> columns;
  SmallVector<StringRef> lines;
  text.split(lines, '\n');
  bool isLong = false;
  for (auto [index, line] : enumerate(lines)) {
    if (line.trim().empty())
      continue;
    SmallVector<std::string> cells = splitLine(line.trim("\r"));
    if (columns.empty()) {
      columns = std::move(cells);
      isLong = columns == SmallVector<std::string>{"item", "rater", "score"};
      continue;
    }
    if (Error error = addLine(columns, cells, isLong, builder))
      return createStringError("line " + Twine(index + 1) + ": " +
                               toString(std::move(error)));
  }
  if (columns.size() < 2)
    return createStringError("not item,rater,score, nor an item and a column "
                             "for each rater");
  return builder.build();
}

Expected<Ratings> sopt::readRatings(StringRef path) {
  auto file = MemoryBuffer::getFile(path);
  if (!file)
    return createFileError(path, file.getError());
  Expected<Ratings> ratings = parseRatings((*file)->getBuffer());
  if (!ratings)
    return createFileError(path, ratings.takeError());
  return ratings;
}
