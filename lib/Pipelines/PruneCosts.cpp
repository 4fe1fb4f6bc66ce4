//===- PruneCosts.cpp - What pruned layers cost, and what they may --------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PruneCosts.h"
#include "LayerParts.h"
#include "sparse-opt/Pipelines/CPU.h"
#include "sparse-opt/Schedule/Machine.h"
#include "sparse-opt/Target/SharedLibrary.h"
#include <cmath>

using namespace mlir;
using namespace sopt;
using llvm::Error;
using llvm::Expected;
using Kind = PruneConstraint::Kind;

LatencyModel LatencyModel::fit(double predictedDense, double dense,
                               double predictedFewer, double fewer) {
  LatencyModel model;
  model.dense = dense;
  double slope = (dense - fewer) / (predictedDense - predictedFewer);
  bool isSensible = predictedDense > predictedFewer && slope > 0 &&
                    slope * predictedDense <= dense;
  model.scale = isSensible ? slope : dense / std::max(predictedDense, 1.0);
  model.fixed = dense - model.scale * predictedDense;
  return model;
}

/// The number of rows of a layer that the compiler sees in its type, or 0.
static int64_t getKnownRows(const PrunableLayer &layer) {
  auto rows =
      cast<RankedTensorType>(layer.input.getType()).getShape().drop_back();
  return ShapedType::isDynamicShape(rows) ? 0
                                          : ShapedType::getNumElements(rows);
}

Expected<PruneCosts> PruneCosts::create(StagedModel &model, Kind kind,
                                        const CalibrationItem &item,
                                        PruneMonitor &monitor) {
  PruneCosts costs(model, kind);
  auto machine = getMachineCosts(
      getKernelISA("native"), getKernelFeatures("native"), findMachineFile());
  if (!machine)
    return machine.takeError();
  costs.machine = *machine;
  costs.rows.resize(model.layers.size());
  StagedRun run = model.makeRun(item);
  for (const Stage &stage : model.stages) {
    monitor.begin("compile the model in stages", run.getPosition(),
                  unsigned(model.stages.size()));
    if (Error error = model.advanceDense(run))
      return std::move(error);
    for (unsigned index : stage.layers)
      costs.rows[index] = int64_t(run.get(stage.input, 0).size()) /
                          model.layers[index].getInputs();
  }
  costs.elsewhere = int64_t(run.getFlops() / 2);
  for (auto [index, layer] : llvm::enumerate(model.layers)) {
    costs.knownRows.push_back(getKnownRows(layer));
    if (!costs.isLatency())
      costs.dense += costs.getCost(index, SparsityTarget());
  }
  return costs;
}

KernelChoice PruneCosts::choose(unsigned layer,
                                const WeightPattern &pattern) const {
  int64_t known = knownRows[layer];
  return chooseKernel(machine, pattern,
                      known ? known : int64_t(CPUPipelineOptions().tokens),
                      known ? known : 1);
}

double PruneCosts::predict(unsigned layer, const WeightPattern &pattern) const {
  return predictRun(machine, pattern, choose(layer, pattern), rows[layer]);
}

static WeightPattern getPattern(const PrunableLayer &layer,
                                ArrayRef<float> weight) {
  if (!layer.part && !layer.reader)
    return WeightPattern::of(weight, layer.getInputs(), layer.getOutputs());
  LiveWeight live = takeLive(layer, weight);
  return WeightPattern::of(live.weight, live.inputs, live.outputs);
}

KernelChoice PruneCosts::choose(unsigned layer, ArrayRef<float> weight) const {
  return choose(layer, getPattern(model->layers[layer], weight));
}

double PruneCosts::predictTime(unsigned layer, ArrayRef<float> weight) const {
  return predict(layer, getPattern(model->layers[layer], weight));
}

double PruneCosts::predictDense(unsigned layer) const {
  return predictTime(layer, model->weights[layer]);
}

int64_t PruneCosts::getDenseCost(unsigned layer, int64_t inputs,
                                 int64_t outputs) const {
  if (isLatency())
    return std::llround(std::ceil(predict(
        layer, WeightPattern::expect(inputs, outputs, /*zeros=*/0, 1))));
  return inputs * outputs * (kind == Kind::Flops ? rows[layer] : 1);
}

int64_t PruneCosts::getStructuredCost(unsigned layer,
                                      const SparsityTarget &target) const {
  const PrunableLayer &from = model->layers[layer];
  int64_t parts = from.getInputs() / from.part;
  int64_t live = parts - std::llround(target.zeros * double(parts));
  int64_t cost = getDenseCost(layer, live * from.part, from.getOutputs());
  for (unsigned producer : from.producers) {
    const PrunableLayer &made = model->layers[producer];
    cost += getDenseCost(producer, made.getInputs(),
                         made.getOutputs() / parts * live);
  }
  return cost;
}

/// What is expected of a K × N weight with zeros as `target` says.
static WeightPattern expectPattern(int64_t k, int64_t n,
                                   const SparsityTarget &target) {
  return target.of ? WeightPattern::expectNM(k, n, target.keep, target.of)
                   : WeightPattern::expect(k, n, target.zeros, target.block);
}

int64_t PruneCosts::getCost(unsigned layer,
                            const SparsityTarget &target) const {
  if (model->layers[layer].reader)
    return 0;
  if (model->layers[layer].part)
    return getStructuredCost(layer, target);
  int64_t k = model->layers[layer].getInputs();
  int64_t n = model->layers[layer].getOutputs();
  if (isLatency()) {
    // What is dense may have zeros already.
    if (target == SparsityTarget())
      return std::llround(std::ceil(predictDense(layer)));
    return std::llround(std::ceil(predict(layer, expectPattern(k, n, target))));
  }
  // As pruners round it.
  int64_t groups = k * n / target.block;
  int64_t gone =
      target.of ? k * n / target.of * (target.of - target.keep)
                : std::llround(target.zeros * double(groups)) * target.block;
  return (k * n - gone) * (kind == Kind::Flops ? rows[layer] : 1);
}

// A hair is given to what decimals do to whole numbers.
static int64_t roundDown(double cost) {
  return int64_t(
      std::floor(cost + 1e-6 * std::max(1.0, std::abs(cost) * 1e-6)));
}

int64_t PruneCosts::getBudget(double value) const {
  switch (kind) {
  case Kind::Ratio:
    return roundDown((1 - value) * double(dense));
  case Kind::Flops:
    return roundDown(value * double(dense + elsewhere)) - elsewhere;
  case Kind::Latency:
    return roundDown((value * 1e6 - latency.fixed) / latency.scale);
  case Kind::Speedup:
    return roundDown((latency.dense / value - latency.fixed) / latency.scale);
  }
  llvm_unreachable("all kinds are listed");
}

double PruneCosts::getValue(int64_t cost) const {
  switch (kind) {
  case Kind::Ratio:
    return 1 - double(cost) / double(dense);
  case Kind::Flops:
    return double(cost + elsewhere) / double(dense + elsewhere);
  case Kind::Latency:
    return latency.get(double(cost)) * 1e-6;
  case Kind::Speedup:
    return latency.dense / latency.get(double(cost));
  }
  llvm_unreachable("all kinds are listed");
}

bool PruneCosts::isFast(const SparsityTarget &format) const {
  constexpr double kMany = 0.95;
  SparsityTarget target = format;
  if (!format.of)
    target.zeros = kMany;
  auto isWanted = [&](LayerKernel kernel) {
    if (format.of)
      return getKept(kernel) > 0;
    return kernel ==
           (format.block == 1 ? LayerKernel::Csr : LayerKernel::Block4);
  };
  return llvm::any_of(llvm::enumerate(model->layers), [&](const auto &entry) {
    const PrunableLayer &layer = entry.value();
    KernelChoice choice =
        choose(entry.index(),
               expectPattern(layer.getInputs(), layer.getOutputs(), target));
    return isWanted(choice.kernel) && rows[entry.index()] >= choice.denseBelow;
  });
}
