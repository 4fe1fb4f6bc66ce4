//===- StagedModel.cpp - A model in stages and its weights ----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StagedModel.h"
#include "sparse-opt/Search/Metrics.h"
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

std::vector<ArrayRef<float>>
sopt::takeOutputs(ArrayRef<std::vector<Tensor>> outputs) {
  std::vector<ArrayRef<float>> taken;
  for (const std::vector<Tensor> &item : outputs)
    for (const Tensor &tensor : item)
      if (tensor.type == SOPT_FLOAT)
        taken.push_back(tensor.get<float>());
  return taken;
}

double sopt::getDistance(ArrayRef<std::vector<Tensor>> outputs,
                         ArrayRef<std::vector<Tensor>> references) {
  JudgedOutputs judged;
  judged.outputs = takeOutputs(outputs);
  judged.references = takeOutputs(references);
  double distance = -measureDistance(judged);
  return std::isfinite(distance) ? distance : INFINITY;
}
