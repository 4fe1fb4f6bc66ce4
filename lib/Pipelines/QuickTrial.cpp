//===- QuickTrial.cpp - Try allocations of zeros out, quickly -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "QuickTrial.h"
#include "LayerParts.h"

using namespace mlir;
using namespace sopt;
using llvm::Error;
using llvm::Expected;

/// Places in a run from where others may go on.
static constexpr unsigned kMilestones = 8;

/// Weights that are kept; all are made anew when there are more.
static constexpr int64_t kMostBytes = 512 << 20;

/// One item of so many is among the few.
static constexpr size_t kFewOf = 3;

QuickTrial::QuickTrial(StagedModel &model, Measurement &measurement,
                       ArrayRef<CalibrationItem> items)
    : model(model), measurement(measurement) {
  for (auto [index, item] : llvm::enumerate(items))
    (index % kFewOf ? others : few).items.push_back(item);
}

Error QuickTrial::prepare() {
  if (!few.outputs.empty())
    return Error::success();
  auto found = measurement.getPruners();
  if (!found)
    return found.takeError();
  pruners = *found;
  made.resize(model.layers.size());
  for (Part *part : {&few, &others}) {
    StagedRun run = model.makeRun(part->items);
    if (Error error = model.finishDense(run))
      return error;
    part->outputs = run.getOutputs().vec();
    llvm::append_range(dense, part->outputs);
  }
  return Error::success();
}

Expected<ArrayRef<float>> QuickTrial::getWeight(unsigned stage, unsigned layer,
                                                const SparsityTarget &target) {
  if (target == SparsityTarget())
    return ArrayRef<float>(model.weights[layer]);
  for (const auto &[known, weight] : made[layer])
    if (known == target)
      return ArrayRef<float>(weight);
  const PrunableLayer &from = model.layers[layer];
  auto pruned = pruners[stage]->prune({from.name,
                                       from.getInputs(),
                                       from.getOutputs(),
                                       model.weights[layer],
                                       {},
                                       from.part},
                                      target);
  if (!pruned)
    return pruned.takeError();
  bytes += int64_t(pruned->weight.size() * sizeof(float));
  if (bytes > kMostBytes) {
    for (auto &weights : made)
      weights.clear();
    bytes = int64_t(pruned->weight.size() * sizeof(float));
  }
  made[layer].emplace_back(target, std::move(pruned->weight));
  return ArrayRef<float>(made[layer].back().second);
}

Expected<std::vector<PrunedWeights>>
QuickTrial::prune(ArrayRef<SparsityTarget> targets) {
  if (Error error = prepare())
    return std::move(error);
  std::vector<PrunedWeights> layers(model.layers.size());
  for (auto [number, stage] : llvm::enumerate(model.stages))
    for (unsigned layer : stage.layers) {
      auto weight = getWeight(unsigned(number), layer, targets[layer]);
      if (!weight)
        return weight.takeError();
      layers[layer].weight = weight->vec();
    }
  clearProducers(model.layers, layers);
  return layers;
}

/// From the last milestone up to which `targets` are the best trial's.
StagedRun QuickTrial::startRun(const Part &part,
                               ArrayRef<SparsityTarget> targets,
                               Milestones &milestones) {
  for (const auto &[position, run] : part.milestones) {
    bool isSame = !best.empty();
    for (const Stage &stage : ArrayRef(model.stages).take_front(position))
      for (unsigned layer : stage.layers)
        isSame = isSame && targets[layer] == best[layer];
    if (!isSame)
      break;
    milestones.emplace(position, run);
  }
  return milestones.empty() ? model.makeRun(part.items)
                            : milestones.rbegin()->second;
}

Expected<QuickTrial::Trial> QuickTrial::run(const Part &part,
                                            ArrayRef<SparsityTarget> targets) {
  Trial trial;
  StagedRun run = startRun(part, targets, trial.milestones);
  auto count = unsigned(model.stages.size());
  unsigned step = std::max(count / kMilestones, 1u);
  while (run.getPosition() < count) {
    unsigned number = run.getPosition();
    if (number && number % step == 0)
      trial.milestones.emplace(number, run);
    if (Error error = run.advance())
      return std::move(error);
    for (unsigned layer : model.stages[number].layers) {
      auto weight = getWeight(number, layer, targets[layer]);
      if (!weight)
        return weight.takeError();
      run.apply(layer, *weight, model.addends[layer]);
    }
  }
  trial.outputs = run.getOutputs().vec();
  return trial;
}

Expected<double> QuickTrial::score(ArrayRef<SparsityTarget> targets) {
  if (Error error = prepare())
    return std::move(error);
  auto first = run(few, targets);
  if (!first)
    return first.takeError();
  double ofFew = getDistance(first->outputs, few.outputs);
  if (!best.empty() && bestOfFew > 0 && ofFew > bestOfFew)
    return bestLoss * (ofFew / bestOfFew);
  auto second = run(others, targets);
  if (!second)
    return second.takeError();
  llvm::append_range(first->outputs, second->outputs);
  double loss = getDistance(first->outputs, dense);
  if (best.empty() || loss < bestLoss) {
    best = targets.vec();
    bestLoss = loss;
    bestOfFew = ofFew;
    few.milestones = std::move(first->milestones);
    others.milestones = std::move(second->milestones);
  }
  return loss;
}
