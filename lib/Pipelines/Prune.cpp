//===- Prune.cpp - Prune a model by running it ----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Pipelines/Prune.h"
#include "StagedRun.h"
#include "sparse-opt/Search/Moments.h"
#include "sparse-opt/Search/PruneSearch.h"
#include "sparse-opt/Search/Reconstruction.h"
#include "llvm/Support/GlobPattern.h"
#include <chrono>

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

/// Parts of the calibration inputs of which each is predicted from the others.
static constexpr unsigned kFolds = 4;

namespace {
/// A model that is run with changed weights, and what is known of it.
class Pruning {
public:
  using Progress = llvm::function_ref<void(const Twine &)>;

  Pruning(ModuleOp module, func::FuncOp function,
          std::vector<PrunableLayer> found, StringRef method, Progress progress)
      : module(module), layers(std::move(found)), method(method),
        progress(progress), stages(makeStages(function, layers)),
        denseLibraries(module, stages), strengths(stages.size()) {
    for (const PrunableLayer &layer : layers) {
      weights.push_back(layer.getWeight());
      biases.push_back(layer.bias ? layer.getBias() : std::vector<float>());
      onnx::ConstantOp weight = layer.constant, bias = layer.bias;
      denseValues.push_back(
          {weight.getValueAttr(), bias ? bias.getValueAttr() : ElementsAttr()});
    }
  }

  /// Runs the dense model on the calibration inputs, and tells what its layers
  /// lose at each level.
  Expected<std::vector<ErrorTable>> gather(const PruneOptions &options);

  /// Prunes layer after layer to the candidate's zeros, with each towards the
  /// dense model, and measures how far the outputs move.
  Error tryOut(PruneCandidate &candidate);

  void setWeights(const PruneCandidate &candidate);

private:
  void setWeights(unsigned index, const PrunedWeights &pruned);
  void restoreWeights();
  Expected<std::vector<ErrorTable>> gatherStage(const Stage &stage,
                                                const StagedRun &run);
  Expected<PruningStage> observe(const Stage &stage, const StagedRun &dense,
                                 const StagedRun &pruned);
  Error pruneStages(PruneCandidate &candidate);
  double measure(const StagedRun &pruned) const;

  ModuleOp module;
  std::vector<PrunableLayer> layers;
  StringRef method; ///< See PruneOptions.
  Progress progress;
  std::vector<Stage> stages;
  StageLibraries denseLibraries;
  /// Of each stage, once the first candidate told it.
  std::vector<std::optional<ReconstructionStrength>> strengths;
  /// The dense model's, as numbers and as they stand in the module.
  std::vector<std::vector<float>> weights, biases;
  std::vector<std::pair<ElementsAttr, ElementsAttr>> denseValues;
  std::vector<CalibrationItem> items;
  std::vector<std::vector<Tensor>> references; ///< The dense model's outputs.
};
} // namespace

static Error refuseInput(StringRef layer) {
  return createStringError("layer '" + layer +
                           "' sees an input that is not finite");
}

Expected<std::vector<ErrorTable>> Pruning::gatherStage(const Stage &stage,
                                                       const StagedRun &run) {
  const PrunableLayer &first = layers[stage.layers.front()];
  Moments moments(first.getInputs());
  for (size_t item = 0; item < items.size(); ++item)
    if (!moments.add(run.get(stage.input, item)))
      return refuseInput(first.name);
  std::vector<PrunedLayer> pruned;
  for (unsigned index : stage.layers)
    pruned.push_back({layers[index].name, layers[index].getInputs(),
                      layers[index].getOutputs(), weights[index],
                      moments.get()});
  return measureErrors(pruned);
}

Expected<std::vector<ErrorTable>> Pruning::gather(const PruneOptions &options) {
  progress("compile the model in stages");
  Expected<const LoadedModel *> model = denseLibraries.get(0);
  if (!model)
    return model.takeError();
  auto read = readCalibration(options.calibration, **model);
  if (!read)
    return read.takeError();
  items = std::move(*read);
  addPieces(items, options.seed);

  std::vector<ErrorTable> tables(layers.size());
  StagedRun run(denseLibraries, stages, items);
  for (auto [number, stage] : llvm::enumerate(stages)) {
    progress("look at stage " + Twine(number + 1) + " of " +
             Twine(stages.size()));
    if (Error error = run.advance())
      return llvm::createFileError(options.calibration, std::move(error));
    if (stage.layers.empty() || !method.empty())
      continue;
    auto measured = gatherStage(stage, run);
    if (!measured)
      return measured.takeError();
    for (auto [index, table] : llvm::zip_equal(stage.layers, *measured))
      tables[index] = std::move(table);
  }
  references = run.getOutputs().vec();
  return tables;
}

/// What is known of a stage's inputs in both models, in folds.
Expected<PruningStage> Pruning::observe(const Stage &stage,
                                        const StagedRun &dense,
                                        const StagedRun &pruned) {
  const PrunableLayer &first = layers[stage.layers.front()];
  PruningStage known{first.getInputs(), {}, {}};
  for (unsigned index : stage.layers)
    known.layers.push_back({layers[index].name, layers[index].getOutputs(),
                            weights[index], biases[index], SparsityTarget()});
  // A stream whose rows broadcast is none.
  int64_t width = stage.stream ? first.getOutputs() : 0;
  for (size_t item = 0; item < items.size() && width; ++item)
    if (pruned.get(stage.stream, item).size() * first.getInputs() !=
        pruned.get(stage.input, item).size() * width)
      width = 0;
  known.folds.assign(kFolds, Drift(first.getInputs(), width));
  for (auto [item, source] : llvm::enumerate(items)) {
    ArrayRef<float> stream, denseStream;
    if (width) {
      stream = pruned.get(stage.stream, item);
      denseStream = dense.get(stage.stream, item);
    }
    if (!known.folds[source.source % kFolds].add(pruned.get(stage.input, item),
                                                 dense.get(stage.input, item),
                                                 stream, denseStream))
      return refuseInput(first.name);
  }
  return known;
}

Error Pruning::pruneStages(PruneCandidate &candidate) {
  StageLibraries libraries(module, stages);
  StagedRun dense(denseLibraries, stages, items);
  StagedRun pruned(libraries, stages, items);
  for (auto [number, stage] : llvm::enumerate(stages)) {
    progress("try " + Twine(candidate.name) + ": stage " + Twine(number + 1) +
             " of " + Twine(stages.size()));
    if (Error error = pruned.advance())
      return error;
    if (stage.layers.empty())
      break;
    if (Error error = dense.advance())
      return error;
    Expected<PruningStage> known = observe(stage, dense, pruned);
    if (!known)
      return known.takeError();
    for (auto [layer, index] : llvm::zip_equal(known->layers, stage.layers))
      layer.target.zeros = candidate.zeros[index];
    known->pruner = lookUpPruner(method);
    known->strength = strengths[number];
    Expected<PrunedStage> result = pruneStage(*known);
    if (!result)
      return result.takeError();
    // It hangs on the data more than on the zeros, so once is enough.
    strengths[number] = result->strength;
    for (auto [place, index] : llvm::enumerate(stage.layers)) {
      candidate.layers[index] = {std::move(result->weights[place]),
                                 std::move(result->biases[place]),
                                 result->errors[place]};
      setWeights(index, candidate.layers[index]);
    }
  }
  candidate.loss = measure(pruned);
  return Error::success();
}

Error Pruning::tryOut(PruneCandidate &candidate) {
  candidate.layers.assign(layers.size(), PrunedWeights());
  Error error = pruneStages(candidate);
  restoreWeights();
  return error;
}

void Pruning::setWeights(const PruneCandidate &candidate) {
  for (auto [index, pruned] : llvm::enumerate(candidate.layers))
    setWeights(index, pruned);
}

void Pruning::setWeights(unsigned index, const PrunedWeights &pruned) {
  layers[index].setWeight(pruned.weight);
  if (layers[index].bias)
    layers[index].setBias(pruned.bias);
}

void Pruning::restoreWeights() {
  for (auto [layer, attributes] : llvm::zip_equal(layers, denseValues)) {
    layer.constant.setValueAttr(attributes.first);
    if (layer.bias)
      layer.bias.setValueAttr(attributes.second);
  }
}

double Pruning::measure(const StagedRun &pruned) const {
  double moved = 0, power = 0;
  for (auto [outputs, expected] :
       llvm::zip_equal(pruned.getOutputs(), references))
    for (auto [output, reference] : llvm::zip_equal(outputs, expected)) {
      if (output.type != SOPT_FLOAT)
        continue;
      for (auto [y, y0] :
           llvm::zip(output.get<float>(), reference.get<float>())) {
        moved += (double(y) - y0) * (double(y) - y0);
        power += double(y0) * y0;
      }
    }
  return power > 0 ? moved / power : 0;
}

static Expected<PruneCandidate>
search(Pruning &pruning, const PruneOptions &options, size_t numLayers) {
  auto start = std::chrono::steady_clock::now();
  auto tables = pruning.gather(options);
  if (!tables)
    return tables.takeError();
  if (!options.method.empty()) {
    PruneCandidate candidate;
    candidate.name = options.method;
    candidate.zeros.assign(numLayers, options.ratio);
    if (Error error = pruning.tryOut(candidate))
      return std::move(error);
    return candidate;
  }
  PruneProblem problem;
  problem.tables = std::move(*tables);
  problem.ratio = options.ratio;
  auto tryOut = [&](PruneCandidate &candidate) {
    return pruning.tryOut(candidate);
  };
  problem.tryOut = tryOut;
  auto isTimeUp = [&] {
    return options.seconds &&
           std::chrono::steady_clock::now() - start >
               std::chrono::duration<double>(*options.seconds);
  };
  problem.isTimeUp = isTimeUp;
  return searchPruning(problem);
}

/// The layers that `options` wants pruned.
static Expected<std::vector<PrunableLayer>>
chooseLayers(func::FuncOp function, const PruneOptions &options) {
  std::vector<PrunableLayer> layers = findPrunableLayers(function);
  if (layers.empty())
    return createStringError("nothing to prune: no MatMul or Gemm has an f32 "
                             "constant of at least 64 x 64 to itself");
  auto only = llvm::GlobPattern::create(options.only);
  if (!only)
    return llvm::createFileError("only", only.takeError());
  auto keep = llvm::GlobPattern::create(options.keep);
  if (!keep)
    return llvm::createFileError("keep", keep.takeError());
  llvm::erase_if(layers, [&](const PrunableLayer &layer) {
    return !only->match(layer.name) ||
           (!options.keep.empty() && keep->match(layer.name));
  });
  if (layers.empty())
    return createStringError("only=" + options.only + " and keep=" +
                             options.keep + " leave no layer to prune");
  return layers;
}

Expected<PruneReport> sopt::pruneModel(ModuleOp module,
                                       const PruneOptions &options,
                                       Pruning::Progress progress) {
  auto function = module.lookupSymbol<func::FuncOp>("main_graph");
  if (!function)
    return createStringError("nothing to prune: there is no @main_graph");
  auto layers = chooseLayers(function, options);
  if (!layers)
    return layers.takeError();
  Pruning pruning(module, function, *layers, options.method, progress);
  Expected<PruneCandidate> best = search(pruning, options, layers->size());
  if (!best)
    return best.takeError();
  pruning.setWeights(*best);
  PruneReport report{best->name, best->loss, {}};
  for (auto [layer, pruned] : llvm::zip_equal(*layers, best->layers))
    report.layers.push_back({layer.name, layer.getInputs(), layer.getOutputs(),
                             double(llvm::count(pruned.weight, 0.0f)) /
                                 double(pruned.weight.size()),
                             pruned.error});
  return report;
}
