//===- Prune.cpp - Prune a model by running it ----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Pipelines/Prune.h"
#include "Calibration.h"
#include "TrialRun.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "sparse-opt/Analysis/PrunableLayers.h"
#include "sparse-opt/Search/Moments.h"
#include "sparse-opt/Search/PruneSearch.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

Expected<PruneOptions> PruneOptions::parse(StringRef text) {
  PruneOptions options;
  bool hasRatio = false;
  SmallVector<StringRef> words;
  llvm::SplitString(text, words);
  for (StringRef word : words) {
    auto [key, value] = word.split('=');
    if (key == "ratio") {
      if (value.getAsDouble(options.ratio) ||
          !(options.ratio >= 0 && options.ratio < 1))
        return createStringError("ratio: a number from 0 to below 1, not '" +
                                 value + "'");
      hasRatio = true;
    } else if (key == "calibration") {
      options.calibration = value.str();
    } else {
      return createStringError("'" + key +
                               "' is unknown; there are ratio=0.8 and "
                               "calibration=FILE.npz");
    }
  }
  if (!hasRatio)
    return createStringError("say how many weights shall be zero: ratio=0.8");
  if (options.calibration.empty())
    return createStringError("name inputs to prune by: calibration=FILE.npz");
  return options;
}

void PruneReport::print(llvm::raw_ostream &os) const {
  size_t width = 5;
  for (const PrunedLayerReport &layer : layers)
    width = std::max(width, layer.name.size());
  os << llvm::left_justify("layer", width) << "      weight   zeros   error\n";
  double zeros = 0, weights = 0;
  for (const PrunedLayerReport &layer : layers) {
    os << llvm::left_justify(layer.name, width)
       << llvm::right_justify(
              llvm::formatv("{0}x{1}", layer.inputs, layer.outputs).str(), 12)
       << llvm::format("%6.1f %%%8.4f\n", 100 * layer.zeros, layer.error);
    zeros += layer.zeros * double(layer.inputs * layer.outputs);
    weights += double(layer.inputs * layer.outputs);
  }
  os << llvm::left_justify("all", width) << llvm::right_justify("", 12)
     << llvm::format("%6.1f %%", 100 * zeros / weights)
     << "   outputs moved by " << llvm::format("%.4f", loss)
     << " of their square, " << allocation << '\n';
}

namespace {
/// A model that is run with changed weights, and what is known of it.
class Pruning {
public:
  using Progress = llvm::function_ref<void(const Twine &)>;

  Pruning(ModuleOp module, std::vector<PrunableLayer> layers, Progress progress)
      : module(module), layers(std::move(layers)), progress(progress) {
    for (const PrunableLayer &layer : this->layers) {
      weights.push_back(layer.getWeight());
      moments.try_emplace(layer.input, layer.getInputs());
    }
  }

  /// Runs the dense model on the calibration inputs.
  Error gather(StringRef calibration);

  PruneProblem makeProblem(double ratio) const;

  /// How far the outputs move with these weights.
  Expected<double> measure(ArrayRef<std::vector<float>> candidate);

  void setWeights(ArrayRef<std::vector<float>> values) {
    for (auto [layer, value] : llvm::zip_equal(layers, values))
      layer.setWeight(value);
  }
  void restoreWeights() { setWeights(weights); }

private:
  Error addRun(ArrayRef<Tensor> outputs);

  ModuleOp module;
  std::vector<PrunableLayer> layers;
  Progress progress;
  std::vector<std::vector<float>> weights; ///< The dense ones.
  /// Layers that read one value share what is known of it.
  llvm::MapVector<Value, Moments> moments;
  std::vector<CalibrationItem> items;
  std::vector<std::vector<Tensor>> references; ///< The dense model's outputs.
};
} // namespace

Error Pruning::gather(StringRef calibration) {
  SmallVector<Value> taps;
  for (const auto &[value, ignored] : moments)
    taps.push_back(value);
  progress("compile the model with taps");
  Expected<LoadedModel> model = openForTrial(module, taps);
  if (!model)
    return model.takeError();
  auto read = readCalibration(calibration, *model);
  if (!read)
    return read.takeError();
  items = std::move(*read);
  for (auto [index, item] : llvm::enumerate(items)) {
    progress("run calibration input " + Twine(index + 1) + " of " +
             Twine(items.size()));
    Expected<std::vector<Tensor>> outputs = runOnce(*model, item);
    if (!outputs)
      return llvm::createFileError(calibration, outputs.takeError());
    if (Error error = addRun(*outputs))
      return error;
  }
  return Error::success();
}

/// Takes a run's taps to the moments, and keeps its own outputs.
Error Pruning::addRun(ArrayRef<Tensor> outputs) {
  size_t own = outputs.size() - moments.size();
  references.push_back(outputs.take_front(own).vec());
  auto *known = moments.begin();
  for (const Tensor &tap : outputs.drop_front(own)) {
    auto &[input, moment] = *known++;
    if (moment.add(tap.get<float>()))
      continue;
    for (const PrunableLayer &layer : layers)
      if (layer.input == input)
        return createStringError("layer '" + layer.name +
                                 "' sees an input that is not finite");
  }
  return Error::success();
}

PruneProblem Pruning::makeProblem(double ratio) const {
  PruneProblem problem;
  for (auto [layer, weight] : llvm::zip_equal(layers, weights))
    problem.layers.push_back({layer.name, layer.getInputs(), layer.getOutputs(),
                              weight, moments.find(layer.input)->second.get()});
  problem.ratio = ratio;
  problem.progress = progress;
  return problem;
}

Expected<double> Pruning::measure(ArrayRef<std::vector<float>> candidate) {
  setWeights(candidate);
  Expected<LoadedModel> model = openForTrial(module, {});
  restoreWeights();
  if (!model)
    return model.takeError();
  double moved = 0, power = 0;
  for (auto [item, reference] : llvm::zip_equal(items, references)) {
    Expected<std::vector<Tensor>> outputs = runOnce(*model, item);
    if (!outputs)
      return outputs.takeError();
    for (auto [output, expected] : llvm::zip_equal(*outputs, reference)) {
      if (output.type != SOPT_FLOAT)
        continue;
      for (auto [y, y0] :
           llvm::zip(output.get<float>(), expected.get<float>())) {
        moved += (double(y) - y0) * (double(y) - y0);
        power += double(y0) * y0;
      }
    }
  }
  return power > 0 ? moved / power : 0;
}

Expected<PruneReport> sopt::pruneModel(ModuleOp module,
                                       const PruneOptions &options,
                                       Pruning::Progress progress) {
  auto function = module.lookupSymbol<func::FuncOp>("main_graph");
  std::vector<PrunableLayer> layers;
  if (function)
    layers = findPrunableLayers(function);
  if (layers.empty())
    return createStringError("nothing to prune: no MatMul or Gemm has an f32 "
                             "constant of at least 64 x 64 to itself");
  Pruning pruning(module, layers, progress);
  if (Error error = pruning.gather(options.calibration))
    return std::move(error);
  PruneProblem problem = pruning.makeProblem(options.ratio);
  auto measure = [&](ArrayRef<std::vector<float>> candidate) {
    return pruning.measure(candidate);
  };
  problem.measure = measure;
  Expected<PruneCandidate> best = searchPruning(problem);
  if (!best)
    return best.takeError();
  pruning.setWeights(best->weights);
  PruneReport report{best->name, best->loss, {}};
  for (auto [layer, weight] : llvm::zip_equal(problem.layers, best->weights))
    report.layers.push_back(
        {layer.name, layer.inputs, layer.outputs,
         double(llvm::count(weight, 0.0f)) / double(weight.size()),
         getRelativeError(layer, weight)});
  return report;
}
