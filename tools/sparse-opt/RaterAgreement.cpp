//===- RaterAgreement.cpp - How far people agree --------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RaterAgreement.h"
#include "sparse-opt/Report/Table.h"
#include "sparse-opt/Search/PeakGroundTruth.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/WithColor.h"

using namespace llvm;
using namespace sopt;

static LogicalResult fail(const Twine &message) {
  WithColor::error(errs(), "sparse-opt")
      << "--rater-agreement: " << message << '\n';
  return failure();
}

static std::string format(std::optional<double> value) {
  return value ? formatv("{0:f3}", *value).str() : "-";
}

/// A line of the table, or why there is none.
static Expected<std::vector<std::string>> makeLine(const Ratings &ratings,
                                                   const Metric &metric) {
  Expected<PeakGroundTruth> peak = measurePeak(ratings, metric);
  if (!peak)
    return peak.takeError();
  return std::vector<std::string>{
      metric.name.str(), format(peak->between), format(peak->within),
      format(peak->ceiling), format(peak->low) + " to " + format(peak->high)};
}

LogicalResult sopt::printRaterAgreement(StringRef path) {
  Expected<Ratings> ratings = readRatings(path);
  if (!ratings)
    return fail(toString(ratings.takeError()));
  using Align = Table::Align;
  Table table(
      {Align::Left, Align::Right, Align::Right, Align::Right, Align::Right});
  table.add({"metric", "between raters", "with themselves", "ceiling",
             "95 % of draws"});
  bool isEmpty = true;
  std::string reason;
  for (const Metric &metric : getMetrics()) {
    if (!metric.agree)
      continue;
    Expected<std::vector<std::string>> line = makeLine(*ratings, metric);
    if (!line) {
      // Labels that are names have no order: that is no error.
      reason = toString(line.takeError());
      continue;
    }
    table.add(std::move(*line));
    isEmpty = false;
  }
  if (isEmpty)
    return fail(path + ": " + reason);
  outs() << formatv("{0} raters, {1} items, {2} ratings\n",
                    ratings->countRaters(), ratings->items,
                    ratings->countRatings());
  table.print(outs());
  return success();
}
