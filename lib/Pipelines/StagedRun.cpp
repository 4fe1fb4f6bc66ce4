//===- StagedRun.cpp - Run a model piece by piece -------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StagedRun.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace sopt;
using llvm::Error;
using llvm::Expected;

/// The values of `known` that `wanted` is computed from, with nothing of what
/// they are computed from themselves.
static SmallVector<Value> findKnown(ArrayRef<Value> wanted,
                                    const llvm::SetVector<Value> &known) {
  llvm::SetVector<Value> found;
  llvm::DenseSet<Operation *> seen;
  SmallVector<Value> work(wanted);
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (known.contains(value)) {
      found.insert(value);
      continue;
    }
    Operation *op = value.getDefiningOp();
    if (!op || !seen.insert(op).second)
      continue;
    // Bodies of If and Loop read values from around them.
    op->walk([&](Operation *inner) {
      llvm::append_range(work, inner->getOperands());
    });
  }
  return found.takeVector();
}

std::vector<Stage> sopt::makeStages(func::FuncOp function,
                                    ArrayRef<PrunableLayer> layers) {
  llvm::MapVector<Value, Stage> byInput;
  for (auto [index, layer] : llvm::enumerate(layers)) {
    Stage &stage = byInput[layer.input];
    stage.input = layer.input;
    stage.layers.push_back(index);
    stage.stream = stage.layers.size() == 1 ? layer.stream : nullptr;
  }
  std::vector<Stage> stages;
  llvm::SetVector<Value> known;
  for (auto &[input, stage] : byInput) {
    stage.slice.wanted.push_back(input);
    if (stage.stream && stage.stream != input && !known.contains(stage.stream))
      stage.slice.wanted.push_back(stage.stream);
    stage.slice.known = findKnown(stage.slice.wanted, known);
    // A value of unknown rank can't be an argument: it is computed again.
    if (isa<RankedTensorType>(input.getType()))
      known.insert(input);
    stages.push_back(std::move(stage));
  }
  Stage last;
  llvm::append_range(last.slice.wanted,
                     function.getBody().front().getTerminator()->getOperands());
  last.slice.known = findKnown(last.slice.wanted, known);
  stages.push_back(std::move(last));
  return stages;
}

Expected<const LoadedModel *> StageLibraries::get(unsigned index) {
  std::optional<LoadedModel> &library = libraries[index];
  if (!library) {
    Expected<LoadedModel> opened = openForTrial(module, stages[index].slice);
    if (!opened)
      return opened.takeError();
    library = std::move(*opened);
  }
  return &*library;
}

std::vector<Tensor> StagedRun::takeInputs(const ModelSlice &slice,
                                          size_t item) const {
  std::vector<Tensor> inputs = items[item].inputs;
  for (Value value : slice.known)
    inputs.push_back(values.find(value)->second[item]);
  return inputs;
}

void StagedRun::dropBefore(unsigned stage) {
  llvm::DenseSet<Value> read;
  for (const Stage &later : stages.drop_front(stage)) {
    read.insert(later.slice.known.begin(), later.slice.known.end());
    read.insert(later.input);
    read.insert(later.stream);
  }
  SmallVector<Value> dropped;
  for (const auto &[value, ignored] : values)
    if (!read.contains(value))
      dropped.push_back(value);
  for (Value value : dropped)
    values.erase(value);
}

Error StagedRun::advance() {
  dropBefore(next);
  const Stage &stage = stages[next];
  Expected<const LoadedModel *> library = libraries->get(next++);
  if (!library)
    return library.takeError();
  bool isLast = next == stages.size();
  for (size_t item = 0; item < items.size(); ++item) {
    Expected<std::vector<Tensor>> computed =
        runOnce(**library, takeInputs(stage.slice, item));
    if (!computed)
      return computed.takeError();
    if (isLast) {
      outputs.push_back(std::move(*computed));
      continue;
    }
    for (auto [value, tensor] : llvm::zip_equal(stage.slice.wanted, *computed))
      values[value].push_back(std::move(tensor));
  }
  return Error::success();
}
