//===- LatencyTrial.cpp - How fast a model is with other weights ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LatencyTrial.h"
#include "sparse-opt/Transforms/ConstantBlobs.h"
#include <chrono>

using namespace mlir;
using namespace sopt;
using llvm::Error;
using llvm::Expected;

using Clock = std::chrono::steady_clock;

/// Models take turns, in each of which one runs for so many seconds, but no
/// fewer and no more than so many times.
static constexpr unsigned kTurns = 9;
static constexpr double kSeconds = 0.12;
static constexpr unsigned kFewestRuns = 3, kMostRuns = 100;

static double getMedian(MutableArrayRef<double> values) {
  auto *middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The median of a turn's runs. One more comes first, which brings weights
/// near.
static Expected<double> takeTurn(Session &session) {
  if (Error error = session.run())
    return std::move(error);
  std::vector<double> times;
  Clock::time_point begin = Clock::now();
  for (unsigned run = 0; run < kMostRuns; ++run) {
    Clock::time_point start = Clock::now();
    if (Error error = session.run())
      return std::move(error);
    Clock::time_point end = Clock::now();
    times.push_back(
        std::chrono::duration<double, std::nano>(end - start).count());
    if (times.size() >= kFewestRuns &&
        end - begin > std::chrono::duration<double>(kSeconds))
      break;
  }
  return getMedian(times);
}

/// Compiles the model that the module holds.
static Expected<LoadedModel> compile(StagedModel &model) {
  auto function = model.module.lookupSymbol<func::FuncOp>("main_graph");
  ModelSlice whole;
  llvm::append_range(whole.wanted,
                     function.getBody().front().getTerminator()->getOperands());
  return openForTrial(model.module, whole);
}

static Expected<Session> start(const LoadedModel &library,
                               const CalibrationItem &item) {
  return Session::create(library, item.inputs, /*threads=*/0);
}

Expected<LatencyTrial> LatencyTrial::create(StagedModel &model,
                                            const CalibrationItem &item) {
  auto library = compile(model);
  if (!library)
    return library.takeError();
  LatencyTrial trial(model, item, std::move(*library));
  auto session = start(trial.denseModel, item);
  if (!session)
    return session.takeError();
  std::vector<double> turns;
  for (unsigned turn = 0; turn < kTurns; ++turn) {
    auto median = takeTurn(*session);
    if (!median)
      return median.takeError();
    turns.push_back(*median);
  }
  trial.dense = getMedian(turns);
  return trial;
}

Expected<double> LatencyTrial::time(ArrayRef<PrunedWeights> layers) {
  return withWeights(*model, layers, [&]() -> Expected<double> {
    auto library = compile(*model);
    if (!library)
      return library.takeError();
    auto session = start(*library, *item);
    if (!session)
      return session.takeError();
    auto denseSession = start(denseModel, *item);
    if (!denseSession)
      return denseSession.takeError();
    std::vector<double> shares;
    for (unsigned turn = 0; turn < kTurns; ++turn) {
      auto now = takeTurn(*denseSession);
      if (!now)
        return now.takeError();
      auto pruned = takeTurn(*session);
      if (!pruned)
        return pruned.takeError();
      shares.push_back(*pruned / *now);
    }
    return getMedian(shares) * dense;
  });
}

static void write(const StagedModel &model, ArrayRef<PrunedWeights> layers) {
  for (auto [layer, pruned] : llvm::zip_equal(model.layers, layers)) {
    layer.setWeight(pruned.weight);
    if (layer.bias && !pruned.bias.empty())
      layer.setBias(pruned.bias);
  }
}

Expected<double> sopt::withWeights(StagedModel &model,
                                   ArrayRef<PrunedWeights> layers,
                                   llvm::function_ref<Expected<double>()> run) {
  SmallVector<std::pair<onnx::ConstantOp, ElementsAttr>> before;
  for (const PrunableLayer &layer : model.layers)
    for (onnx::ConstantOp constant : {layer.constant, layer.bias})
      if (constant)
        before.emplace_back(constant, constant.getValueAttr());
  write(model, layers);
  ConstantBlobs blobs(model.module);
  Expected<double> result = run();
  for (auto &[constant, value] : before)
    constant.setValueAttr(value);
  blobs.update(model.module);
  return result;
}

void sopt::setWeights(StagedModel &model, ArrayRef<PrunedWeights> layers) {
  ConstantBlobs blobs(model.module);
  write(model, layers);
  blobs.update(model.module);
}
