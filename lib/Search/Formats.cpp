//===- Formats.cpp - Patterns of zeros by their names ---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Formats.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace sopt;
using Unit = SparsityTarget::Unit;

// Shares of zeros that a layer may get: dense where networks react most.
static constexpr double kLevels[] = {0.2, 0.35, 0.5, 0.6,  0.65, 0.7, 0.75,
                                     0.8, 0.85, 0.9, 0.93, 0.95, 0.98};

static constexpr int64_t kLargestBlock = 64, kLargestGroup = 32;

/// The two numbers around `separator`, in order.
static bool parsePair(StringRef text, char separator, int64_t &first,
                      int64_t &second) {
  auto [left, right] = text.split(separator);
  return !left.getAsInteger(10, first) && !right.getAsInteger(10, second);
}

Expected<SparsityTarget> sopt::parseFormat(StringRef name) {
  int64_t first = 0, second = 0;
  if (name == "unstructured")
    return SparsityTarget();
  if (parsePair(name, 'x', first, second) && first > 1 &&
      first <= kLargestBlock && second == 1)
    return SparsityTarget{/*zeros=*/0, /*block=*/first};
  if (parsePair(name, ':', first, second) && first > 0 && first < second &&
      second <= kLargestGroup)
    return SparsityTarget{1 - double(first) / double(second), /*block=*/1,
                          first, second};
  SparsityTarget target;
  if (name == "neurons" || name == "heads") {
    target.unit = name == "heads" ? Unit::Head : Unit::Neuron;
    return target;
  }
  return createStringError(
      "formats: unstructured, 4x1, N:M as in 2:4, heads or "
      "neurons, not '" +
      name + "'");
}

std::string sopt::getFormatName(const SparsityTarget &target) {
  if (target.of)
    return formatv("{0}:{1}", target.keep, target.of);
  if (target.zeros == 0)
    return "dense";
  if (target.isStructured())
    return target.unit == Unit::Head ? "heads" : "neurons";
  if (target.block == 1)
    return "unstructured";
  return formatv("{0}x1", target.block);
}

std::vector<SparsityTarget>
sopt::listTargets(ArrayRef<SparsityTarget> formats) {
  std::vector<SparsityTarget> targets = {SparsityTarget()};
  for (SparsityTarget format : formats) {
    if (format.of) {
      targets.push_back(format);
      continue;
    }
    for (double zeros : kLevels) {
      format.zeros = zeros;
      targets.push_back(format);
    }
  }
  return targets;
}
