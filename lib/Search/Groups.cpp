//===- Groups.cpp - Weights that go together ------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Groups.h"
#include "llvm/ADT/STLExtras.h"
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

std::vector<bool> GroupScores::select(const SparsityTarget &target) const {
  return target.of ? selectLeastRows(target.of - target.keep, target.of)
                   : selectLeast(std::llround(target.zeros * double(size())));
}

std::vector<bool> GroupScores::selectLeast(int64_t count) const {
  std::vector<bool> selection(scores.size(), false);
  if (count <= 0)
    return selection;
  std::vector<double> sorted(scores);
  std::nth_element(sorted.begin(), sorted.begin() + (count - 1), sorted.end());
  double largest = sorted[count - 1];
  int64_t below =
      count_if(scores, [&](double score) { return score < largest; });
  // Of those that equal the largest, the first go.
  int64_t equal = count - below;
  for (auto [index, score] : enumerate(scores))
    selection[index] = score < largest || (score == largest && equal-- > 0);
  return selection;
}

std::vector<bool> GroupScores::selectLeastRows(int64_t count,
                                               int64_t of) const {
  std::vector<bool> selection(scores.size(), false);
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
