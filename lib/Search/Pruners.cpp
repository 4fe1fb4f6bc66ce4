//===- Pruners.cpp - Pruners by name, and what they lose ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Pruners.h"
#include "llvm/ADT/StringSwitch.h"
#include <cassert>
#include <cblas.h>

using namespace llvm;
using namespace sopt;

Pruner sopt::lookUpPruner(StringRef name) {
  return StringSwitch<Pruner>(name)
      .Case("magnitude", pruneByMagnitude)
      .Case("wanda", pruneByWanda)
      .Case("obs", pruneByObs)
      .Case("admm", pruneByAdmm)
      .Default(nullptr);
}

/// E‖x·V‖² = Σ V∘(E[xᵀx]·V).
static double getPower(const PrunedLayer &layer, ArrayRef<double> v) {
  std::vector<double> product(v.size());
  cblas_dsymm(CblasRowMajor, CblasLeft, CblasUpper, layer.inputs, layer.outputs,
              1.0, layer.moments.data(), layer.inputs, v.data(), layer.outputs,
              0.0, product.data(), layer.outputs);
  return cblas_ddot(v.size(), v.data(), 1, product.data(), 1);
}

double sopt::getOutputPower(const PrunedLayer &layer) {
  return getPower(
      layer, std::vector<double>(layer.weight.begin(), layer.weight.end()));
}

double sopt::getRelativeError(const PrunedLayer &layer,
                              ArrayRef<float> weight) {
  assert(weight.size() == layer.weight.size());
  std::vector<double> lost(layer.weight.begin(), layer.weight.end());
  for (size_t i = 0; i < lost.size(); ++i)
    lost[i] -= weight[i];
  double power = getOutputPower(layer);
  return power > 0 ? getPower(layer, lost) / power : 0;
}
