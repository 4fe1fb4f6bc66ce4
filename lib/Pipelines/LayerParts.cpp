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
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"

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
  /// The operation that a layer became; null if it is none or several.
  LinearOp get(unsigned index) const {
    return operations[index].size() == 1 ? operations[index].front() : nullptr;
  }
  /// Into how many operations it was split.
  size_t count(unsigned index) const { return operations[index].size(); }

private:
  OwningOpRef<ModuleOp> copy;
  llvm::DenseMap<Operation *, unsigned> indices;
  std::vector<SmallVector<LinearOp, 1>> operations;
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
  passes.addPass(createSplitLayers());
  if (failed(passes.run(*copy)))
    return;
  copy->walk([&](LinearOp op) {
    op.getLoc()->walk([&](Location location) {
      auto mark = marks.find(location);
      if (mark == marks.end())
        return WalkResult::advance();
      indices[op] = mark->second;
      operations[mark->second].push_back(op);
      // A location may be there twice.
      return WalkResult::interrupt();
    });
  });
}

/// The layers that make the parts, each once; none if one is none of ours, has
/// parts itself, or makes anything else, or parts of different sizes.
static SmallVector<unsigned> findProducers(const InputParts &parts,
                                           const RaisedLayers &raised,
                                           ArrayRef<PrunableLayer> layers) {
  llvm::MapVector<unsigned, SmallVector<int64_t>> sizes;
  for (LinearOp producer : parts.producers) {
    std::optional<unsigned> found = raised.find(producer);
    if (!found || layers[*found].part != 0)
      return {};
    auto type = cast<RankedTensorType>(producer.getResult().getType());
    sizes[*found].push_back(type.getShape().back());
  }
  SmallVector<unsigned> producers;
  for (const auto &[producer, segments] : sizes) {
    if (segments.size() != raised.count(producer) || !llvm::all_equal(segments))
      return {};
    producers.push_back(producer);
  }
  return producers;
}

Error sopt::findParts(ModuleOp module, MutableArrayRef<PrunableLayer> layers) {
  RaisedLayers raised(module, layers);
  bool hasParts = false;
  for (auto [index, layer] : llvm::enumerate(layers)) {
    LinearOp op = raised.get(index);
    InputParts parts = op ? findInputParts(op) : InputParts();
    SmallVector<unsigned> producers = findProducers(parts, raised, layers);
    if (producers.empty())
      continue;
    layer.part = layer.getInputs() / parts.count;
    for (unsigned producer : producers) {
      layers[producer].reader = index;
      layers[producer].segments = int64_t(raised.count(producer));
    }
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
      int64_t segment = outputs / layers[producer].segments;
      int64_t part = segment / int64_t(live.size());
      for (size_t i = 0; i < weight.size(); ++i)
        if (!live[i % segment / part])
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
