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

/// Runs go on for so many seconds, but for no fewer and no more than so many.
static constexpr double kSeconds = 1;
static constexpr unsigned kFewestRuns = 11, kMostRuns = 500;

/// The median time of runs after the first few, which warm up.
static Expected<double> time(const LoadedModel &library,
                             const CalibrationItem &item) {
  using Clock = std::chrono::steady_clock;
  auto session = Session::create(library, item.inputs, /*threads=*/0);
  if (!session)
    return session.takeError();
  std::vector<double> times;
  constexpr unsigned kWarmUps = 3;
  Clock::time_point begin = Clock::now();
  for (unsigned run = 0; run < kMostRuns + kWarmUps; ++run) {
    Clock::time_point start = Clock::now();
    if (Error error = session->run())
      return std::move(error);
    Clock::time_point end = Clock::now();
    if (run >= kWarmUps)
      times.push_back(
          std::chrono::duration<double, std::nano>(end - start).count());
    if (times.size() >= kFewestRuns &&
        end - begin > std::chrono::duration<double>(kSeconds))
      break;
  }
  auto middle = times.begin() + times.size() / 2;
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

Expected<double> sopt::timeDense(StagedModel &model,
                                 const CalibrationItem &item) {
  auto function = model.module.lookupSymbol<func::FuncOp>("main_graph");
  ModelSlice whole;
  llvm::append_range(whole.wanted,
                     function.getBody().front().getTerminator()->getOperands());
  Expected<LoadedModel> library = openForTrial(model.module, whole);
  if (!library)
    return library.takeError();
  return time(*library, item);
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

Expected<double> sopt::timeModel(StagedModel &model,
                                 ArrayRef<PrunedWeights> layers,
                                 const CalibrationItem &item) {
  return withWeights(model, layers, [&] { return timeDense(model, item); });
}

void sopt::setWeights(StagedModel &model, ArrayRef<PrunedWeights> layers) {
  ConstantBlobs blobs(model.module);
  write(model, layers);
  blobs.update(model.module);
}
