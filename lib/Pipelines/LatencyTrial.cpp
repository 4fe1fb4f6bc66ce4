//===- LatencyTrial.cpp - How fast a model is with other weights ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LatencyTrial.h"
#include "sparse-opt/Math/Median.h"
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

static Expected<LoadedModel> compileWith(StagedModel &model,
                                         ArrayRef<PrunedWeights> layers) {
  WeightScope scope(model, layers);
  return compile(model);
}

/// By turn, the times of the libraries.
static Expected<std::vector<SmallVector<double>>>
takeTurns(ArrayRef<const LoadedModel *> libraries,
          const CalibrationItem &item) {
  std::vector<Session> sessions;
  for (const LoadedModel *library : libraries) {
    auto session = Session::create(*library, item.inputs, /*threads=*/0);
    if (!session)
      return session.takeError();
    sessions.push_back(std::move(*session));
  }
  std::vector<SmallVector<double>> turns(kTurns);
  for (SmallVector<double> &turn : turns)
    for (Session &session : sessions) {
      auto median = takeTurn(session);
      if (!median)
        return median.takeError();
      turn.push_back(*median);
    }
  return turns;
}

Expected<LatencyTrial> LatencyTrial::create(StagedModel &model,
                                            ArrayRef<PrunedWeights> sparse,
                                            const CalibrationItem &item) {
  auto library = compile(model);
  if (!library)
    return library.takeError();
  auto sparseLibrary = compileWith(model, sparse);
  if (!sparseLibrary)
    return sparseLibrary.takeError();
  LatencyTrial trial(model, item, std::move(*library),
                     std::move(*sparseLibrary));
  auto turns = takeTurns({&trial.denseModel, &trial.sparseModel}, item);
  if (!turns)
    return turns.takeError();
  auto getTimes = [&](unsigned index) {
    return llvm::map_to_vector(
        *turns, [&](const auto &turn) -> double { return turn[index]; });
  };
  SmallVector<double> denseTimes = getTimes(0), sparseTimes = getTimes(1);
  trial.dense = getMedian(denseTimes);
  trial.sparse = getMedian(sparseTimes);
  return trial;
}

Expected<double> LatencyTrial::time(ArrayRef<PrunedWeights> layers) {
  // Two that differ by less tell nothing but how fast the machine is.
  constexpr double kLeastSpan = 0.2;
  auto library = compileWith(*model, layers);
  if (!library)
    return library.takeError();
  auto turns = takeTurns({&denseModel, &sparseModel, &*library}, *item);
  if (!turns)
    return turns.takeError();
  SmallVector<double> then;
  for (const SmallVector<double> &now : *turns) {
    double span = now[0] - now[1];
    bool isLine =
        span >= kLeastSpan * now[0] && dense - sparse >= kLeastSpan * dense;
    then.push_back(isLine ? dense + (now[2] - now[0]) * (dense - sparse) / span
                          : now[2] / now[0] * dense);
  }
  return getMedian(then);
}

static void write(const StagedModel &model, ArrayRef<PrunedWeights> layers) {
  for (auto [layer, pruned] : llvm::zip_equal(model.layers, layers)) {
    layer.setWeight(pruned.weight);
    if (layer.bias && !pruned.bias.empty())
      layer.setBias(pruned.bias);
  }
}

WeightScope::WeightScope(StagedModel &model, ArrayRef<PrunedWeights> layers)
    : model(model) {
  for (const PrunableLayer &layer : model.layers)
    for (onnx::ConstantOp constant : {layer.constant, layer.bias})
      if (constant)
        before.emplace_back(constant, constant.getValueAttr());
  write(model, layers);
  blobs.emplace(model.module);
}

WeightScope::~WeightScope() {
  for (auto &[constant, value] : before)
    constant.setValueAttr(value);
  blobs->update(model.module);
}

void sopt::setWeights(StagedModel &model, ArrayRef<PrunedWeights> layers) {
  ConstantBlobs blobs(model.module);
  write(model, layers);
  blobs.update(model.module);
}
