//===- DropDeadFeatures.cpp - Layers without what nobody reads ------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TakeParts.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "sparse-opt/Analysis/InputParts.h"
#include "sparse-opt/Analysis/WeightPattern.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/ADT/STLExtras.h"

namespace sopt {
#define GEN_PASS_DEF_DROPDEADFEATURES
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

/// Those of the `parts` parts of a layer's input that its weight has a use for;
/// empty if it has for all.
static SmallVector<int64_t> findLiveParts(Value weight, int64_t parts) {
  if (!parts)
    return {};
  auto data = onnx::ConstantData::get(weight);
  if (data->isSplat() || !data->getElementType().isF32())
    return {};
  SmallVector<int64_t> live;
  for (auto [part, isRead] :
       llvm::enumerate(findReadParts(data->getAs<float>(), parts)))
    if (isRead)
      live.push_back(int64_t(part));
  // A tensor without features is more than any kernel expects.
  if (live.empty())
    live.push_back(0);
  return int64_t(live.size()) < parts ? live : SmallVector<int64_t>();
}

/// `live` of `parts`, with all others of an aligned block of 4 of which one is
/// live.
static SmallVector<int64_t> completeBlocks(ArrayRef<int64_t> live,
                                           int64_t parts) {
  constexpr int64_t kBlock = 4;
  SmallVector<int64_t> complete;
  for (int64_t part : live) {
    int64_t begin = part / kBlock * kBlock;
    if (!complete.empty() && complete.back() >= begin)
      continue;
    int64_t end = std::min(begin + kBlock, parts);
    llvm::append_range(complete, llvm::seq(begin, end));
  }
  return complete;
}

/// Blocks of 4 neighbouring outputs that hold a non-zero, if the layers'
/// outputs were those in `live` alone.
static int64_t countBlocks(ArrayRef<LinearOp> layers, ArrayRef<int64_t> live) {
  int64_t blocks = 0;
  for (LinearOp layer : layers) {
    auto data = onnx::ConstantData::get(layer.getWeight());
    if (data->isSplat() || !data->getElementType().isF32())
      continue;
    blocks += WeightPattern::countBlocks(
        data->getAs<float>(), data->getShape()[0], data->getShape()[1], live);
  }
  return blocks;
}

/// The most non-zeros that 4 neighbouring inputs of `layer` have of one output,
/// if its inputs were those in `live` alone.
static int64_t getMostOf4(LinearOp layer, ArrayRef<int64_t> live) {
  auto data = onnx::ConstantData::get(layer.getWeight());
  int64_t n = data->getShape()[1];
  if (data->isSplat() || !data->getElementType().isF32())
    return 0;
  std::vector<float> rows;
  rows.reserve(live.size() * size_t(n));
  for (int64_t row : live)
    llvm::append_range(rows, data->getAs<float>().slice(row * n, n));
  return WeightPattern::of(rows, int64_t(live.size()), n).mostOf4;
}

/// Leaves `live` of the parts of a value's last dimension.
static void resizeLast(Value value, int64_t parts, size_t live) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = shape.back() / parts * int64_t(live);
  value.setType(type.clone(shape));
}

static void dropDeadInputs(LinearOp layer) {
  constexpr int64_t kMostKept = 2; // In groups that a kernel is for.
  // Its exponents are of the features as they are.
  if (layer.getPrecision() && layer.getPrecision()->getSmooth())
    return;
  InputParts parts = findInputParts(layer);
  SmallVector<int64_t> live = findLiveParts(layer.getWeight(), parts.count);
  if (live.empty())
    return;
  // Zeros in blocks stay in blocks, and N:M weights N:M: what is taken out of
  // the middle of a block or group would move all that follows.
  if (!parts.attention) {
    SmallVector<int64_t> blocks = completeBlocks(live, parts.count);
    if (countBlocks(parts.producers, blocks) <
            countBlocks(parts.producers, live) ||
        (getMostOf4(layer, blocks) <= kMostKept &&
         getMostOf4(layer, live) > kMostKept))
      live = blocks;
    if (int64_t(live.size()) == parts.count)
      return;
  }
  for (LinearOp producer : parts.producers) {
    takeOutputs(producer, parts.count, live);
    resizeLast(producer.getResult(), parts.count, live.size());
  }
  if (AttentionOp attention = parts.attention) {
    attention.setHeads(int64_t(live.size()));
    attention.setKvHeads(int64_t(live.size()));
    resizeLast(attention.getResult(), parts.count, live.size());
  }
  takeInputs(layer, parts.count, live);
}

namespace {
struct DropDeadFeatures : sopt::impl::DropDeadFeaturesBase<DropDeadFeatures> {
  void runOnOperation() override {
    SmallVector<LinearOp> layers;
    getOperation()->walk([&](LinearOp layer) { layers.push_back(layer); });
    // From the last on: what a layer no longer reads may be all that needed a
    // feature of the one before.
    for (LinearOp layer : llvm::reverse(layers))
      dropDeadInputs(layer);
  }
};
} // namespace
