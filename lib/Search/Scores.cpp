//===- Scores.cpp - Pruners that only choose ------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Groups.h"
#include <cmath>

using namespace llvm;
using namespace sopt;

/// The layer's weight with zeros where `selection` says.
static std::vector<float> clear(const PrunedLayer &layer,
                                const GroupScores &scores,
                                ArrayRef<char> selection) {
  std::vector<float> weight = layer.weight;
  std::vector<char> goes(layer.outputs);
  for (int64_t row = 0; row < layer.inputs; ++row) {
    scores.getRow(selection, row, goes);
    for (int64_t output = 0; output < layer.outputs; ++output)
      if (goes[output])
        weight[row * layer.outputs + output] = 0;
  }
  return weight;
}

Expected<std::vector<float>>
sopt::pruneByMagnitude(const PrunedLayer &layer, const SparsityTarget &target) {
  if (Error error = check(layer, target))
    return std::move(error);
  GroupScores scores(layer.inputs, layer.outputs, target, layer.part,
                     [&](int64_t row, int64_t output) {
                       return std::abs(
                           layer.weight[row * layer.outputs + output]);
                     });
  return clear(layer, scores, scores.select(target));
}

Expected<std::vector<float>> sopt::pruneByWanda(const PrunedLayer &layer,
                                                const SparsityTarget &target) {
  if (Error error = check(layer, target))
    return std::move(error);
  GroupScores scores(
      layer.inputs, layer.outputs, target, layer.part,
      [&](int64_t row, int64_t output) {
        double norm = std::sqrt(layer.moments[row * layer.inputs + row]);
        return std::abs(layer.weight[row * layer.outputs + output]) * norm;
      });
  if (target.of || target.isStructured())
    return clear(layer, scores, scores.select(target));
  // Outputs are compared with themselves alone: each keeps as many weights.
  int64_t count = std::llround(target.zeros * double(layer.inputs));
  return clear(layer, scores, scores.selectLeastRows(count, layer.inputs));
}
