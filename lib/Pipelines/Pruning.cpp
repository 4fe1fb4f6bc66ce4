//===- Pruning.cpp - Prune a model towards what it was --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pruning.h"
#include "LatencyTrial.h"
#include "LayerParts.h"
#include <limits>

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

/// Parts of the calibration inputs of which each is predicted from the others.
static constexpr unsigned kFolds = 4;

Pruning::Pruning(StagedModel &model, ArrayRef<CalibrationItem> items,
                 Judge &judge, PruneMonitor &monitor)
    : model(model), items(items), judge(judge), monitor(monitor),
      strengths(model.stages.size()) {}

/// The rows of y₀ − addend + r₀ − r of layers side by side.
static std::vector<float>
makeTargets(const Stage &stage, ArrayRef<PrunableLayer> layers,
            ArrayRef<std::vector<float>> addends, const StagedRun &dense,
            const StagedRun &pruned, bool hasStream, size_t item) {
  int64_t inputs = layers[stage.layers.front()].getInputs(), outputs = 0;
  for (unsigned index : stage.layers)
    outputs += layers[index].getOutputs();
  int64_t rows = int64_t(pruned.get(stage.input, item).size()) / inputs;
  std::vector<float> targets(rows * outputs);
  int64_t first = 0;
  for (unsigned index : stage.layers) {
    int64_t width = layers[index].getOutputs();
    ArrayRef<float> y = dense.get(layers[index].output, item), r, r0;
    if (hasStream) {
      r = pruned.get(stage.stream, item);
      r0 = dense.get(stage.stream, item);
    }
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t i = 0; i < width; ++i) {
        float &target = targets[row * outputs + first + i];
        target = y[row * width + i] - addends[index][i];
        if (hasStream)
          target += r0[row * width + i] - r[row * width + i];
      }
    first += width;
  }
  return targets;
}

/// What is known of a stage's inputs, in folds; and of its targets, unless
/// `dense` is null.
Expected<PruningStage> Pruning::observe(const Stage &stage,
                                        const StagedRun *dense,
                                        const StagedRun &pruned) const {
  ArrayRef<PrunableLayer> layers = model.layers;
  const PrunableLayer &head = layers[stage.layers.front()];
  PruningStage known{head.getInputs(), {}, {}};
  int64_t outputs = 0;
  for (unsigned index : stage.layers) {
    const PrunableLayer &layer = layers[index];
    known.layers.push_back(
        {layer.name, layer.getOutputs(), model.weights[index],
         layer.bias ? model.addends[index] : std::vector<float>(),
         SparsityTarget(), layer.part});
    outputs += dense ? layer.getOutputs() : 0;
  }
  // A stream whose rows broadcast is none.
  bool hasStream = dense && stage.stream;
  for (size_t item = 0; item < items.size() && hasStream; ++item)
    hasStream = pruned.get(stage.stream, item).size() ==
                dense->get(head.output, item).size();
  known.folds.assign(kFolds, RegressionSums(head.getInputs(), outputs));
  for (auto [item, source] : llvm::enumerate(items)) {
    std::vector<float> targets;
    if (dense)
      targets = makeTargets(stage, layers, model.addends, *dense, pruned,
                            hasStream, item);
    if (!known.folds[source.source % kFolds].add(pruned.get(stage.input, item),
                                                 targets))
      return refuseInput(head.name);
  }
  return known;
}

Error Pruning::pruneNextStage(unsigned number, const StagedRun *dense,
                              StagedRun &run, PruneCandidate &candidate,
                              Pruner pruner) {
  const Stage &stage = model.stages[number];
  monitor.begin("try " + Twine(candidate.name), number,
                unsigned(model.stages.size()));
  if (Error error = run.advance())
    return error;
  if (stage.layers.empty())
    return Error::success();
  Expected<PruningStage> known = observe(stage, dense, run);
  if (!known)
    return known.takeError();
  for (auto [layer, index] : llvm::zip_equal(known->layers, stage.layers))
    layer.target = candidate.targets[index];
  known->pruner = pruner;
  known->strength = strengths[number];
  Expected<PrunedStage> result = pruneStage(*known);
  if (!result)
    return result.takeError();
  // It hangs on the data more than on the zeros, so once is enough.
  strengths[number] = result->strength;
  for (auto [place, index] : llvm::enumerate(stage.layers)) {
    PrunedWeights &layer = candidate.layers[index];
    layer = {std::move(result->weights[place]),
             std::move(result->biases[place]), result->errors[place]};
    apply(index, layer, run);
  }
  return Error::success();
}

void Pruning::apply(unsigned layer, const PrunedWeights &weights,
                    StagedRun &run) const {
  run.apply(layer, weights.weight,
            model.layers[layer].bias ? weights.bias : model.addends[layer]);
}

/// Whether the layers of a stage have the same targets in both. What makes
/// another's parts lost what that one did not read, which may be read now.
bool Pruning::isStageOf(unsigned number, const PruneCandidate &candidate,
                        const PruneCandidate &known) const {
  return llvm::all_of(model.stages[number].layers, [&](unsigned index) {
    return candidate.targets[index] == known.targets[index] &&
           !model.layers[index].reader;
  });
}

/// With the weights of `known`.
Error Pruning::takeNextStage(unsigned number, StagedRun &run,
                             PruneCandidate &candidate,
                             const PruneCandidate &known) const {
  if (Error error = run.advance())
    return error;
  for (unsigned index : model.stages[number].layers) {
    candidate.layers[index] = known.layers[index];
    apply(index, known.layers[index], run);
  }
  return Error::success();
}

Expected<std::optional<double>>
Pruning::runProgram(const PruneCandidate *candidate) {
  std::optional<WeightScope> scope;
  if (candidate)
    scope.emplace(model, candidate->layers);
  Expected<double> score = judge.measure(model.module);
  if (score)
    return *score;
  // What stops the search may have ended the program as well.
  if (!monitor.isStopped())
    return score.takeError();
  llvm::consumeError(score.takeError());
  return std::nullopt;
}

Error Pruning::judgeDense() {
  if (!judge.readsFile())
    return Error::success();
  monitor.begin("judge the dense model");
  auto score = runProgram(nullptr);
  if (!score)
    return score.takeError();
  if (*score)
    judge.setDenseScore(**score);
  return Error::success();
}

Expected<std::optional<double>>
Pruning::getScore(const PruneCandidate &candidate, const StagedRun &run,
                  const StagedRun &dense) {
  if (judge.readsFile() && !judge.getDenseScore())
    return std::nullopt;
  if (judge.readsFile())
    return runProgram(&candidate);
  if (!judge.getDenseScore()) {
    auto score = judge.measure(dense.getOutputs(), dense.getOutputs());
    if (!score)
      return score.takeError();
    judge.setDenseScore(*score);
  }
  auto score = judge.measure(run.getOutputs(), dense.getOutputs());
  if (!score)
    return score.takeError();
  return *score;
}

Error Pruning::judgeCandidate(PruneCandidate &candidate, const StagedRun &run,
                              const StagedRun &dense) {
  auto score = getScore(candidate, run, dense);
  if (!score)
    return score.takeError();
  candidate.score = *score;
  candidate.loss =
      *score ? judge.getLoss(**score) : std::numeric_limits<double>::infinity();
  if (*score && (!hasCandidate || candidate.loss < leastLoss)) {
    leastLoss = candidate.loss;
    monitor.improve(judge.describe(**score));
  }
  hasCandidate = true;
  return Error::success();
}

Error Pruning::tryOut(MutableArrayRef<PruneCandidate> candidates,
                      const PruneCandidate *known) {
  if (!known)
    strengths.assign(model.stages.size(), std::nullopt);
  StagedRun dense = model.makeRun(items);
  // All go through the model together, so that the dense one does so once.
  std::vector<StagedRun> runs(candidates.size(), model.makeRun(items));
  for (PruneCandidate &candidate : candidates)
    candidate.layers.assign(model.layers.size(), PrunedWeights());
  size_t running = candidates.size();
  std::vector<bool> isKnown(running, known != nullptr);
  for (unsigned number = 0; number < model.stages.size(); ++number) {
    if (monitor.isStopped())
      running = std::min<size_t>(running, hasCandidate ? 0 : 1);
    if (running == 0)
      break;
    if (Error error = model.advanceDense(dense))
      return error;
    for (size_t i = 0; i < running; ++i) {
      isKnown[i] = isKnown[i] && isStageOf(number, candidates[i], *known);
      Error error =
          isKnown[i]
              ? takeNextStage(number, runs[i], candidates[i], *known)
              : pruneNextStage(number, &dense, runs[i], candidates[i], nullptr);
      if (error)
        return error;
    }
  }
  for (size_t i = 0; i < running; ++i) {
    clearProducers(model.layers, candidates[i].layers);
    monitor.begin("judge " + Twine(candidates[i].name));
    if (hasCandidate && monitor.isStopped())
      running = i;
    else if (Error error = judgeCandidate(candidates[i], runs[i], dense))
      return error;
  }
  for (PruneCandidate &candidate : candidates.drop_front(running))
    candidate.layers.clear();
  return Error::success();
}

Error Pruning::tryOut(PruneCandidate &candidate, Pruner pruner) {
  StagedRun dense = model.makeRun(items), run = model.makeRun(items);
  if (Error error = model.finishDense(dense))
    return error;
  candidate.layers.assign(model.layers.size(), PrunedWeights());
  for (unsigned number = 0; number < model.stages.size(); ++number)
    if (Error error = pruneNextStage(number, nullptr, run, candidate, pruner))
      return error;
  clearProducers(model.layers, candidate.layers);
  return judgeCandidate(candidate, run, dense);
}
