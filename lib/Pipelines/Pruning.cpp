//===- Pruning.cpp - A model that is run with changed weights -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pruning.h"
#include "sparse-opt/Search/Moments.h"

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

/// Parts of the calibration inputs of which each is predicted from the others.
static constexpr unsigned kFolds = 4;

/// Inputs that tell how much the model's outputs depend on a layer: it is one
/// number for a layer, which differs more between layers than between inputs.
static constexpr size_t kSensitivityItems = 48;

Pruning::Pruning(ModuleOp module, func::FuncOp function,
                 std::vector<PrunableLayer> found, Progress progress)
    : layers(std::move(found)), progress(progress),
      stages(makeStages(function, layers)), libraries(module, stages),
      strengths(stages.size()) {
  for (const PrunableLayer &layer : layers) {
    weights.push_back(layer.getWeight());
    addends.push_back(layer.getAddend());
  }
}

Error Pruning::read(StringRef calibration, uint64_t seed) {
  progress("compile the model in stages");
  Expected<const LoadedModel *> model = libraries.get(0);
  if (!model)
    return model.takeError();
  auto read = readCalibration(calibration, **model);
  if (!read)
    return read.takeError();
  items = std::move(*read);
  addPieces(items, seed);
  return Error::success();
}

Error Pruning::advanceDense(StagedRun &run) const {
  if (Error error = run.advance())
    return error;
  for (unsigned index : stages[run.getPosition() - 1].layers)
    run.apply(index, weights[index], addends[index]);
  return Error::success();
}

Error Pruning::finishDense(StagedRun &run) const {
  while (run.getPosition() < stages.size())
    if (Error error = advanceDense(run))
      return error;
  return Error::success();
}

static Error refuseInput(StringRef layer) {
  return createStringError("layer '" + layer +
                           "' sees an input that is not finite");
}

/// ‖y − y₀‖² / ‖y₀‖² over all outputs that are f32.
static double getDistance(ArrayRef<std::vector<Tensor>> outputs,
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
  return power > 0 ? moved / power : 0;
}

Expected<std::vector<MeasuredLayer>> Pruning::measureStage(const Stage &stage,
                                                           const StagedRun &run,
                                                           double zeros) const {
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
  return measureErrors(pruned, zeros);
}

/// Every so-many-th, so that whole inputs are among them as their pieces are.
static std::vector<CalibrationItem> takeSome(ArrayRef<CalibrationItem> items) {
  size_t step = llvm::divideCeil(items.size(), kSensitivityItems);
  std::vector<CalibrationItem> taken;
  for (size_t item = 0; item < items.size(); item += step)
    taken.push_back(items[item]);
  return taken;
}

Error Pruning::measureSensitivities(MutableArrayRef<MeasuredLayer> measured) {
  std::vector<CalibrationItem> some = takeSome(items);
  StagedRun whole = makeRun(some), dense = makeRun(some);
  if (Error error = finishDense(whole))
    return error;
  for (auto [number, stage] : llvm::enumerate(stages)) {
    progress("see what the outputs owe to stage " + Twine(number + 1) + " of " +
             Twine(stages.size()));
    if (Error error = advanceDense(dense))
      return error;
    for (unsigned index : stage.layers) {
      StagedRun changed = dense;
      changed.apply(index, measured[index].sample, addends[index]);
      if (Error error = finishDense(changed))
        return error;
      measured[index].scaleTo(
          getDistance(changed.getOutputs(), whole.getOutputs()));
    }
  }
  return Error::success();
}

Expected<std::vector<ErrorTable>> Pruning::measureLayers(double zeros) {
  std::vector<MeasuredLayer> measured(layers.size());
  StagedRun run = makeRun(items);
  for (auto [number, stage] : llvm::enumerate(stages)) {
    progress("look at stage " + Twine(number + 1) + " of " +
             Twine(stages.size()));
    if (Error error = advanceDense(run))
      return error;
    if (stage.layers.empty())
      continue;
    auto found = measureStage(stage, run, zeros);
    if (!found)
      return found.takeError();
    for (auto [index, layer] : llvm::zip_equal(stage.layers, *found))
      measured[index] = std::move(layer);
  }
  if (Error error = measureSensitivities(measured))
    return error;
  std::vector<ErrorTable> tables;
  tables.reserve(measured.size());
  for (MeasuredLayer &layer : measured)
    tables.push_back(std::move(layer.table));
  return tables;
}

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
  const PrunableLayer &head = layers[stage.layers.front()];
  PruningStage known{head.getInputs(), {}, {}};
  int64_t outputs = 0;
  for (unsigned index : stage.layers) {
    const PrunableLayer &layer = layers[index];
    known.layers.push_back({layer.name, layer.getOutputs(), weights[index],
                            layer.bias ? addends[index] : std::vector<float>(),
                            SparsityTarget()});
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
      targets =
          makeTargets(stage, layers, addends, *dense, pruned, hasStream, item);
    if (!known.folds[source.source % kFolds].add(pruned.get(stage.input, item),
                                                 targets))
      return refuseInput(head.name);
  }
  return known;
}

Error Pruning::pruneNextStage(unsigned number, const StagedRun *dense,
                              StagedRun &run, PruneCandidate &candidate,
                              Pruner pruner) {
  const Stage &stage = stages[number];
  progress("try " + Twine(candidate.name) + ": stage " + Twine(number + 1) +
           " of " + Twine(stages.size()));
  if (Error error = run.advance())
    return error;
  if (stage.layers.empty())
    return Error::success();
  Expected<PruningStage> known = observe(stage, dense, run);
  if (!known)
    return known.takeError();
  for (auto [layer, index] : llvm::zip_equal(known->layers, stage.layers))
    layer.target.zeros = candidate.zeros[index];
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
    run.apply(index, layer.weight,
              layers[index].bias ? layer.bias : addends[index]);
  }
  return Error::success();
}

Error Pruning::tryOut(MutableArrayRef<PruneCandidate> candidates) {
  StagedRun dense = makeRun(items);
  // All go through the model together, so that the dense one does so once.
  std::vector<StagedRun> runs(candidates.size(), makeRun(items));
  for (PruneCandidate &candidate : candidates)
    candidate.layers.assign(layers.size(), PrunedWeights());
  for (unsigned number = 0; number < stages.size(); ++number) {
    if (Error error = advanceDense(dense))
      return error;
    for (auto [candidate, run] : llvm::zip_equal(candidates, runs))
      if (Error error = pruneNextStage(number, &dense, run, candidate, nullptr))
        return error;
  }
  for (auto [candidate, run] : llvm::zip_equal(candidates, runs))
    candidate.loss = getDistance(run.getOutputs(), dense.getOutputs());
  return Error::success();
}

Error Pruning::tryOut(PruneCandidate &candidate, Pruner pruner) {
  StagedRun dense = makeRun(items), run = makeRun(items);
  if (Error error = finishDense(dense))
    return error;
  candidate.layers.assign(layers.size(), PrunedWeights());
  for (unsigned number = 0; number < stages.size(); ++number)
    if (Error error = pruneNextStage(number, nullptr, run, candidate, pruner))
      return error;
  candidate.loss = getDistance(run.getOutputs(), dense.getOutputs());
  return Error::success();
}

void Pruning::setWeights(const PruneCandidate &candidate) const {
  for (auto [layer, pruned] : llvm::zip_equal(layers, candidate.layers)) {
    layer.setWeight(pruned.weight);
    if (layer.bias)
      layer.setBias(pruned.bias);
  }
}
