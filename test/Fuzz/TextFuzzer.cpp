//===- TextFuzzer.cpp - Feeds the parser with mutated text of our dialects ===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Changes are made to words and whole lines: text whose characters change is
// refused by MLIR's lexer, of which we test nothing.
//
//===----------------------------------------------------------------------===//

#include "LibFuzzer.h"
#include "Oracle.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include <cstring>
#include <random>

using namespace llvm;
using namespace sopt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string text = toStringRef({data, size}).str();
  checkModule(
      [&](mlir::MLIRContext *context) {
        return mlir::parseSourceString<mlir::ModuleOp>(
            text, mlir::ParserConfig(context));
      },
      /*hasOneError=*/false);
  return 0;
}

namespace {
/// Text in pieces that follow each other: words, and characters between them.
class Words {
public:
  Words(StringRef text, unsigned seed) : random(seed) {
    while (!text.empty()) {
      StringRef word = text.take_while(isWordCharacter);
      pieces.push_back(word.empty() ? text.take_front() : word);
      text = text.drop_front(pieces.back().size());
    }
  }

  /// Puts a word of `other`, or a number worth trying, in the place of one.
  void change(const Words &other) {
    static constexpr StringLiteral numbers[] = {
        "0",     "1",          "-1",
        "2",     "?",          "16",
        "65536", "4294967296", "9223372036854775807"};
    StringRef &word = pieces[pick(pieces.size())];
    if (isDigit(word.front()) && pick(2))
      word = numbers[pick(std::size(numbers))];
    else
      word = other.pieces[pick(other.pieces.size())];
  }
  /// Takes a line of `other` in, or in the place of one.
  void takeLine(const Words &other) {
    auto line = other.pickLine();
    auto place = pickLine();
    SmallVector<StringRef> taken(line.begin(), line.end());
    size_t start = place.data() - pieces.data();
    if (pick(2))
      pieces.erase(pieces.begin() + start,
                   pieces.begin() + start + place.size());
    pieces.insert(pieces.begin() + start, taken.begin(), taken.end());
  }
  void dropLine() {
    auto place = pickLine();
    size_t start = place.data() - pieces.data();
    pieces.erase(pieces.begin() + start, pieces.begin() + start + place.size());
  }

  size_t pick(size_t count) const {
    return std::uniform_int_distribution<size_t>(0, count - 1)(random);
  }
  bool empty() const { return pieces.empty(); }
  std::string join() const { return llvm::join(pieces, ""); }

private:
  static bool isWordCharacter(char c) {
    return isAlnum(c) || StringRef("_.%#!@$").contains(c);
  }
  ArrayRef<StringRef> pickLine() const {
    size_t at = pick(pieces.size()), start = at, end = at;
    while (start > 0 && pieces[start - 1] != "\n")
      --start;
    while (end < pieces.size() && pieces[end] != "\n")
      ++end;
    end = std::min(end + 1, pieces.size());
    return ArrayRef(pieces).slice(start, end - start);
  }

  mutable std::mt19937 random;
  std::vector<StringRef> pieces;
};
} // namespace

/// Changes `words`, taking from `other`, and writes them to `out`.
static size_t mutate(Words &words, const Words &other, uint8_t *out,
                     size_t maxSize) {
  for (size_t i = 0, count = 1 + words.pick(3); i < count && !words.empty();
       ++i) {
    switch (words.pick(6)) {
    case 0:
      words.takeLine(other);
      break;
    case 1:
      words.dropLine();
      break;
    default:
      words.change(other);
    }
  }
  std::string text = words.join();
  size_t size = std::min(text.size(), maxSize);
  std::memcpy(out, text.data(), size);
  return size;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t maxSize, unsigned seed) {
  if (size == 0 || seed % 16 == 0)
    return LLVMFuzzerMutate(data, size, maxSize);
  std::string text = toStringRef({data, size}).str();
  Words words(text, seed), other(text, seed);
  return mutate(words, other, data, maxSize);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1,
                                            const uint8_t *data2, size_t size2,
                                            uint8_t *out, size_t maxSize,
                                            unsigned seed) {
  if (size1 == 0 || size2 == 0)
    return 0;
  Words words(toStringRef({data1, size1}), seed),
      other(toStringRef({data2, size2}), seed);
  return mutate(words, other, out, maxSize);
}
