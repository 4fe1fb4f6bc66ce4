//===- Measurement.cpp - What a model's layers lose by zeros --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Measurement.h"
#include "sparse-opt/Search/Moments.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

/// Inputs that tell how much the model's outputs depend on a layer: it is one
/// number for a layer, which differs more between layers than between inputs.
static constexpr size_t kSomeItems = 48;

/// A larger share of directions without any input is worth a warning: a few are
/// missing by the nature of a model, one wherever inputs are normalised.
static constexpr double kWorthTelling = 0.05;

/// The share of zeros at which that is measured: where layers differ.
static constexpr double kSampleZeros = 0.75;

// Every so-many-th, so that whole inputs are among them as their pieces are.
std::vector<CalibrationItem> sopt::takeSome(ArrayRef<CalibrationItem> items) {
  size_t step = llvm::divideCeil(items.size(), kSomeItems);
  std::vector<CalibrationItem> taken;
  for (size_t item = 0; item < items.size(); item += step)
    taken.push_back(items[item]);
  return taken;
}

Measurement::Measurement(StagedModel &model, ArrayRef<CalibrationItem> items,
                         PruneMonitor &monitor)
    : model(model), items(items), monitor(monitor), some(takeSome(items)),
      pruners(model.stages.size()) {}

/// Moments of the inputs of stage `number`, and its pruner.
Expected<std::vector<double>> Measurement::learn(unsigned number,
                                                 const StagedRun &run) {
  const Stage &stage = model.stages[number];
  const PrunableLayer &first = model.layers[stage.layers.front()];
  Moments moments(first.getInputs());
  for (size_t item = 0; item < items.size(); ++item)
    if (!moments.add(run.get(stage.input, item)))
      return refuseInput(first.name);
  int64_t unseen = moments.countMissing();
  directions += first.getInputs();
  missing += unseen;
  if (unseen > worstMissing) {
    worst = number;
    worstMissing = unseen;
  }
  std::vector<double> second = moments.get();
  auto pruner =
      ObsPruner::create({first.name, first.getInputs(), first.getOutputs(),
                         model.weights[stage.layers.front()], second});
  if (!pruner)
    return pruner.takeError();
  pruners[number] = std::move(*pruner);
  return second;
}

/// Fills in the errors of a stage's layers.
Error Measurement::measure(unsigned number, ArrayRef<double> moments,
                           const StagedRun &dense, PruneTables &tables) {
  const Stage &stage = model.stages[number];
  for (unsigned index : stage.layers) {
    const PrunableLayer &layer = model.layers[index];
    PrunedLayer pruned{layer.name,         layer.getInputs(),
                       layer.getOutputs(), model.weights[index],
                       moments.vec(),      layer.part};
    auto measured =
        measureErrors(*pruners[number], pruned, tables.targets, kSampleZeros);
    if (!measured)
      return measured.takeError();
    StagedRun changed = dense;
    changed.apply(index, measured->front().sample, model.addends[index]);
    if (Error error = model.finishDense(changed))
      return error;
    measured->front().scaleTo(getDistance(changed.getOutputs(), outputs));
    tables.layers[index].errors = measured->front().table.errors;
  }
  return Error::success();
}

Error Measurement::fill(PruneTables &tables, Shard shard,
                        llvm::function_ref<Error()> save) {
  auto isWanted = [&](unsigned number) {
    return shard.contains(number) &&
           llvm::any_of(model.stages[number].layers, [&](unsigned index) {
             return tables.layers[index].errors.empty();
           });
  };
  unsigned end = unsigned(model.stages.size());
  while (end > 0 && !isWanted(end - 1))
    --end;
  if (end == 0)
    return Error::success();
  monitor.begin("run the dense model");
  StagedRun whole = model.makeRun(some);
  if (Error error = model.finishDense(whole))
    return error;
  outputs.assign(whole.getOutputs().begin(), whole.getOutputs().end());
  // Where they are not, the first layer that sees such values is to be named.
  bool isFinite = std::isfinite(getDistance(outputs, outputs));
  StagedRun run = model.makeRun(items), dense = model.makeRun(some);
  for (unsigned number = 0; number < end; ++number) {
    if (monitor.isStopped())
      return Error::success();
    monitor.begin("look at stages", number, unsigned(model.stages.size()));
    for (StagedRun *each : {&run, &dense})
      if (Error error = model.advanceDense(*each))
        return error;
    if (!isWanted(number))
      continue;
    auto moments = learn(number, run);
    if (!moments)
      return moments.takeError();
    if (!isFinite)
      continue;
    if (Error error = measure(number, *moments, dense, tables))
      return error;
    if (Error error = save())
      return error;
  }
  if (!isFinite)
    return createStringError("the model's outputs are not finite");
  if (2 * missing > directions)
    return createStringError("too few calibration inputs: " +
                             describeMissing());
  return Error::success();
}

Expected<ArrayRef<std::optional<ObsPruner>>> Measurement::getPruners() {
  auto isWanted = [&](unsigned number) {
    return !pruners[number] && !model.stages[number].layers.empty();
  };
  unsigned end = unsigned(model.stages.size());
  while (end > 0 && !isWanted(end - 1))
    --end;
  StagedRun run = model.makeRun(items);
  for (unsigned number = 0; number < end; ++number) {
    monitor.begin("look again at stages", number,
                  unsigned(model.stages.size()));
    if (Error error = model.advanceDense(run))
      return std::move(error);
    if (isWanted(number)) {
      auto moments = learn(number, run);
      if (!moments)
        return moments.takeError();
    }
  }
  return ArrayRef(pruners);
}

std::string Measurement::describeMissing() const {
  const PrunableLayer &layer = model.layers[model.stages[worst].layers.front()];
  return llvm::formatv("they leave {0} of the {1} directions of layers' inputs "
                       "unseen, {2} of {3} of layer '{4}'",
                       missing, directions, worstMissing, layer.getInputs(),
                       layer.name);
}

std::string Measurement::getWarning() const {
  bool isMuch = double(missing) > kWorthTelling * double(directions);
  return isMuch ? "few calibration inputs: " + describeMissing() : "";
}
