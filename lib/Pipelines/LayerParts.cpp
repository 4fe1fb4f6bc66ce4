//===- LayerParts.cpp - Neurons and heads between layers ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerParts.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Pass/PassManager.h"
#include "sparse-opt/Analysis/InputParts.h"
#include "sparse-opt/Pipelines/Raise.h"

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Error;

namespace {
/// Layers of the onnx dialect by the operations that they are raised to:
/// locations last through all rewrites.
class RaisedLayers {
public:
  RaisedLayers(ModuleOp module, ArrayRef<PrunableLayer> layers);

  std::optional<unsigned> find(LinearOp op) const {
    auto found = indices.find(op);
    return found == indices.end() ? std::nullopt : std::optional(found->second);
  }
  LinearOp get(unsigned index) const { return operations[index]; }

private:
  OwningOpRef<ModuleOp> copy;
  llvm::DenseMap<Operation *, unsigned> indices;
  std::vector<LinearOp> operations;
};
} // namespace

RaisedLayers::RaisedLayers(ModuleOp module, ArrayRef<PrunableLayer> layers)
    : operations(layers.size()) {
  IRMapping mapping;
  copy = cast<ModuleOp>(module->clone(mapping));
  MLIRContext *context = module.getContext();
  llvm::DenseMap<Location, unsigned> marks;
  for (auto [index, layer] : llvm::enumerate(layers)) {
    Location mark = FileLineColLoc::get(context, "layer", index, 0);
    marks[mark] = index;
    mapping.lookup(layer.getProduct())->setLoc(mark);
  }
  PassManager passes(context, copy->getOperationName());
  buildRaisePipeline(passes, RaisePipelineOptions());
  if (failed(passes.run(*copy)))
    return;
  copy->walk([&](LinearOp op) {
    op.getLoc()->walk([&](Location location) {
      auto mark = marks.find(location);
      if (mark != marks.end()) {
        indices[op] = mark->second;
        operations[mark->second] = op;
      }
      return WalkResult::advance();
    });
  });
}

Error sopt::findParts(ModuleOp module, MutableArrayRef<PrunableLayer> layers) {
  RaisedLayers raised(module, layers);
  bool hasParts = false;
  for (auto [index, layer] : llvm::enumerate(layers)) {
    LinearOp op = raised.get(index);
    InputParts parts = op ? findInputParts(op) : InputParts();
    SmallVector<unsigned> producers;
    for (LinearOp producer : parts.producers)
      if (std::optional<unsigned> found = raised.find(producer);
          found && layers[*found].part == 0)
        producers.push_back(*found);
    // One may be none of ours, or have parts itself.
    if (producers.empty() || producers.size() != parts.producers.size())
      continue;
    layer.part = layer.getInputs() / parts.count;
    for (unsigned producer : producers)
      layers[producer].reader = index;
    layer.producers = std::move(producers);
    hasParts = true;
  }
  if (!hasParts)
    return createStringError("formats: no layer's inputs are the neurons of "
                             "one other layer or the heads of an attention");
  return Error::success();
}

/// Of the parts of a layer's inputs, those that a weight of the layer reads.
static std::vector<bool> findLiveParts(const PrunableLayer &layer,
                                       ArrayRef<float> weight) {
  return findReadParts(weight, layer.getInputs() / layer.part);
}

void sopt::clearProducers(ArrayRef<PrunableLayer> layers,
                          MutableArrayRef<PrunedWeights> weights) {
  for (auto [index, layer] : llvm::enumerate(layers)) {
    if (layer.producers.empty())
      continue;
    std::vector<bool> live = findLiveParts(layer, weights[index].weight);
    for (unsigned producer : layer.producers) {
      std::vector<float> &weight = weights[producer].weight;
      int64_t outputs = layers[producer].getOutputs();
      int64_t part = outputs / int64_t(live.size());
      for (size_t i = 0; i < weight.size(); ++i)
        if (!live[i % outputs / part])
          weight[i] = 0;
    }
  }
}

LiveWeight sopt::takeLive(const PrunableLayer &layer, ArrayRef<float> weight) {
  int64_t inputs = layer.getInputs(), outputs = layer.getOutputs();
  std::vector<bool> isRead(inputs, true), isMade(outputs, true);
  if (layer.part) {
    std::vector<bool> live = findLiveParts(layer, weight);
    for (int64_t input = 0; input < inputs; ++input)
      isRead[input] = live[input / layer.part];
  }
  if (layer.reader)
    for (int64_t output = 0; output < outputs; ++output) {
      isMade[output] = false;
      for (int64_t input = 0; input < inputs && !isMade[output]; ++input)
        isMade[output] = weight[input * outputs + output] != 0;
    }
  LiveWeight live{llvm::count(isRead, true), llvm::count(isMade, true), {}};
  for (int64_t input = 0; input < inputs; ++input)
    for (int64_t output = 0; output < outputs; ++output)
      if (isRead[input] && isMade[output])
        live.weight.push_back(weight[input * outputs + output]);
  return live;
}
