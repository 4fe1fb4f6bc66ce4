//===- StagedModel.cpp - A model in stages and its weights ----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StagedModel.h"
#include <cmath>

using namespace mlir;
using namespace sopt;
using llvm::Error;

StagedModel::StagedModel(ModuleOp module, func::FuncOp function,
                         std::vector<PrunableLayer> found)
    : module(module), layers(std::move(found)),
      stages(makeStages(function, layers)), libraries(module, stages) {
  for (const PrunableLayer &layer : layers) {
    weights.push_back(layer.getWeight());
    addends.push_back(layer.getAddend());
  }
}

Error StagedModel::advanceDense(StagedRun &run) const {
  if (Error error = run.advance())
    return error;
  for (unsigned index : stages[run.getPosition() - 1].layers)
    run.apply(index, weights[index], addends[index]);
  return Error::success();
}

Error StagedModel::finishDense(StagedRun &run) const {
  while (run.getPosition() < stages.size())
    if (Error error = advanceDense(run))
      return error;
  return Error::success();
}

Error sopt::refuseInput(StringRef layer) {
  return llvm::createStringError("layer '" + layer +
                                 "' sees an input that is not finite");
}

double sopt::getDistance(ArrayRef<std::vector<Tensor>> outputs,
                         ArrayRef<std::vector<Tensor>> references) {
  double moved = 0, power = 0;
  for (auto [output, reference] : llvm::zip_equal(outputs, references))
    for (auto [one, other] : llvm::zip_equal(output, reference)) {
      if (one.type != SOPT_FLOAT)
        continue;
      for (auto [y, y0] : llvm::zip(one.get<float>(), other.get<float>())) {
        moved += (double(y) - y0) * (double(y) - y0);
        power += double(y0) * y0;
      }
    }
  if (!std::isfinite(moved) || !std::isfinite(power))
    return INFINITY;
  return power > 0 ? moved / power : 0;
}
