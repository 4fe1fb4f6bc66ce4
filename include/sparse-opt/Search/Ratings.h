//===- Ratings.h - What people say of items ---------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SEARCH_RATINGS_H
#define SPARSE_OPT_SEARCH_RATINGS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace sopt {

/// Ratings of items by people, each of whom may have rated any of them, and one
/// item more than once.
struct Ratings {
  /// One rater's first ratings of items, or his second, and so on.
  struct Round {
    std::string rater;
    std::vector<std::optional<unsigned>> values; ///< Of each item.
  };

  int64_t items = 0;
  /// Rounds of one rater follow each other.
  std::vector<Round> rounds;
  /// Whether all are numbers. The larger the number, the larger the value that
  /// stands for it; else equal texts have equal values and that is all.
  bool areNumbers = true;

  int64_t countRaters() const;
  int64_t countRatings() const;
};

/// Ratings as comma-separated text, of which the first line names the columns.
/// If these are "item,rater,score", each line is one rating. Otherwise a line
/// has an item's name and what each rater said of it, nothing if he did not see
/// it; a rater who is named for several columns rated repeatedly. Fails, naming
/// the line, on what is neither.
llvm::Expected<Ratings> parseRatings(llvm::StringRef text);

/// parseRatings of a file; errors name it.
llvm::Expected<Ratings> readRatings(llvm::StringRef path);

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_RATINGS_H
