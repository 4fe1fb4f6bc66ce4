//===- Groups.cpp - Weights that go together ------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Groups.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <numeric>

using namespace llvm;
using namespace sopt;

static Error checkTarget(const PrunedLayer &layer,
                         const SparsityTarget &target) {
  const char *name = layer.name.c_str();
  if (!(target.zeros >= 0 && target.zeros <= 1))
    return createStringError("layer '%s': a share of zeros is 0 to 1, not %g",
                             name, target.zeros);
  if (target.block < 1 || layer.outputs % target.block)
    return createStringError(
        "layer '%s': blocks of %lld do not divide its %lld outputs", name,
        (long long)target.block, (long long)layer.outputs);
  if (target.keep < 0 || target.of < target.keep ||
      (target.of && layer.inputs % target.of))
    return createStringError("layer '%s': %lld of %lld does not fit its %lld "
                             "inputs",
                             name, (long long)target.keep, (long long)target.of,
                             (long long)layer.inputs);
  if (!target.fits(layer.inputs, layer.outputs, layer.part))
    return createStringError(
        "layer '%s': its inputs are no %s", name,
        target.unit == SparsityTarget::Unit::Head ? "heads" : "neurons");
  return Error::success();
}

static bool isFinite(double value) { return std::isfinite(value); }

Error sopt::checkWeight(const PrunedLayer &layer,
                        const SparsityTarget &target) {
  const char *name = layer.name.c_str();
  if (layer.inputs < 1 || layer.outputs < 1 ||
      layer.weight.size() != size_t(layer.inputs) * layer.outputs)
    return createStringError("layer '%s': its weight is not %lld x %lld", name,
                             (long long)layer.inputs, (long long)layer.outputs);
  if (!all_of(layer.weight, isFinite))
    return createStringError("layer '%s': a weight is not finite", name);
  return checkTarget(layer, target);
}

Error sopt::check(const PrunedLayer &layer, const SparsityTarget &target) {
  if (Error error = checkWeight(layer, target))
    return error;
  const char *name = layer.name.c_str();
  if (layer.moments.size() != size_t(layer.inputs) * layer.inputs)
    return createStringError("layer '%s': moments of %lld inputs are missing",
                             name, (long long)layer.inputs);
  if (!all_of(layer.moments, isFinite))
    return createStringError("layer '%s': an input is not finite", name);
  return Error::success();
}

/// The indices of `order`'s first `count` by score; equals in their order, so
/// that the same scores always choose the same.
static void putLeastFirst(std::vector<int64_t> &order, int64_t count,
                          llvm::function_ref<double(int64_t)> score) {
  std::nth_element(order.begin(), order.begin() + count, order.end(),
                   [&](int64_t a, int64_t b) {
                     double first = score(a), second = score(b);
                     return first != second ? first < second : a < b;
                   });
}

GroupScores::Selection GroupScores::select(const SparsityTarget &target) const {
  return target.of ? selectLeastRows(target.of - target.keep, target.of)
                   : selectLeast(std::llround(target.zeros * double(size())));
}

/// The score that `count` of them, at least one, do not exceed. None is
/// negative, so that they are in the order of their bits, and the leading ones
/// tell of most on which side they are.
static double getLargest(ArrayRef<double> scores, int64_t count) {
  constexpr unsigned kLeadingBits = 16;
  auto getBucket = [](double score) {
    return bit_cast<uint64_t>(score) >> (64 - kLeadingBits);
  };
  std::vector<int64_t> sizes(size_t(1) << kLeadingBits, 0);
  for (double score : scores)
    ++sizes[getBucket(score)];
  size_t bucket = 0;
  for (; count > sizes[bucket]; ++bucket)
    count -= sizes[bucket];
  std::vector<double> left;
  left.reserve(sizes[bucket]);
  for (double score : scores)
    if (getBucket(score) == bucket)
      left.push_back(score);
  std::nth_element(left.begin(), left.begin() + (count - 1), left.end());
  return left[count - 1];
}

GroupScores::Selection GroupScores::selectLeast(int64_t count) const {
  Selection selection(scores.size(), false);
  if (count <= 0)
    return selection;
  double largest = getLargest(scores, count);
  for (auto [index, score] : enumerate(scores))
    selection[index] = score < largest;
  // Of those that equal the largest, the first go.
  int64_t equal = count - llvm::count(selection, true);
  for (auto [index, score] : enumerate(scores)) {
    if (equal == 0)
      break;
    if (score != largest)
      continue;
    selection[index] = true;
    --equal;
  }
  return selection;
}

GroupScores::Selection GroupScores::selectLeastRows(int64_t count,
                                                    int64_t of) const {
  Selection selection(scores.size(), false);
  std::vector<int64_t> order(of);
  for (int64_t first = 0; first + of <= rows; first += of)
    for (int64_t group = 0; group < groups; ++group) {
      std::iota(order.begin(), order.end(), first);
      putLeastFirst(order, count,
                    [&](int64_t row) { return scores[row * groups + group]; });
      for (int64_t row : ArrayRef(order).take_front(count))
        selection[row * groups + group] = true;
    }
  return selection;
}
