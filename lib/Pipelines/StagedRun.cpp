//===- StagedRun.cpp - Run a model piece by piece -------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StagedRun.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include <cblas.h>

using namespace mlir;
using namespace sopt;
using llvm::Error;
using llvm::Expected;

/// The values of `known` that `wanted` is computed from, with nothing of what
/// they are computed from themselves; or none, if a layer is among what
/// computes it.
static std::optional<SmallVector<Value>>
findKnown(ArrayRef<Value> wanted, const llvm::SetVector<Value> &known,
          const llvm::DenseSet<Value> &outputs) {
  llvm::SetVector<Value> found;
  llvm::DenseSet<Operation *> seen;
  SmallVector<Value> work(wanted);
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (known.contains(value)) {
      found.insert(value);
      continue;
    }
    if (outputs.contains(value))
      return std::nullopt;
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

static SmallVector<Value> getResults(func::FuncOp function) {
  return llvm::to_vector(
      function.getBody().front().getTerminator()->getOperands());
}

std::vector<Stage> sopt::makeStages(func::FuncOp function,
                                    ArrayRef<PrunableLayer> layers) {
  llvm::MapVector<Value, Stage> byInput;
  llvm::DenseSet<Value> outputs;
  for (auto [index, layer] : llvm::enumerate(layers)) {
    Stage &stage = byInput[layer.input];
    stage.input = layer.input;
    stage.layers.push_back(index);
    stage.stream = stage.layers.size() == 1 ? layer.stream : nullptr;
    outputs.insert(layer.output);
  }
  std::vector<Stage> stages;
  llvm::SetVector<Value> known;
  for (auto &[input, stage] : byInput) {
    if (stage.stream && !findKnown(stage.stream, known, outputs))
      stage.stream = nullptr;
    for (Value value : {stage.input, stage.stream})
      if (value && !known.contains(value) &&
          !llvm::is_contained(stage.slice.wanted, value))
        stage.slice.wanted.push_back(value);
    stage.slice.known = *findKnown(stage.slice.wanted, known, outputs);
    known.insert(input);
    for (unsigned index : stage.layers)
      known.insert(layers[index].output);
    stages.push_back(std::move(stage));
  }
  Stage last;
  last.slice.wanted = getResults(function);
  last.slice.known = *findKnown(last.slice.wanted, known, outputs);
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
    inputs.push_back(*values.find(value)->second[item]);
  return inputs;
}

/// The values that are here and that `stage` alone of those to come reads, or
/// none does: inputs and streams are read once their stage is computed.
SmallVector<Value> StagedRun::findLastReads(const Stage &stage) const {
  llvm::DenseSet<Value> read = {stage.input, stage.stream};
  for (const Stage &later : stages.drop_front(next)) {
    read.insert(later.slice.known.begin(), later.slice.known.end());
    read.insert(later.input);
    read.insert(later.stream);
  }
  SmallVector<Value> last;
  for (const auto &[value, ignored] : values)
    if (!read.contains(value))
      last.push_back(value);
  return last;
}

void StagedRun::apply(unsigned index, ArrayRef<float> weight,
                      ArrayRef<float> addend) {
  const PrunableLayer &layer = layers[index];
  int64_t inputs = layer.getInputs(), outputs = layer.getOutputs();
  Values &results = values[layer.output];
  // The map may have moved what is looked up before the insertion.
  const Values &sources = values.find(layer.input)->second;
  results.clear();
  for (const std::shared_ptr<const Tensor> &x : sources) {
    int64_t rows = int64_t(x->get<float>().size()) / inputs;
    Tensor y{"", x->type, x->shape, {}};
    y.shape.back() = outputs;
    y.bytes.resize(rows * outputs * sizeof(float));
    auto *sums = reinterpret_cast<float *>(y.bytes.data());
    for (int64_t row = 0; row < rows; ++row)
      llvm::copy(addend, sums + row * outputs);
    if (rows)
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, outputs,
                  inputs, 1.0f, x->get<float>().data(), inputs, weight.data(),
                  outputs, 1.0f, sums, outputs);
    results.push_back(std::make_shared<const Tensor>(std::move(y)));
  }
}

Error StagedRun::advance() {
  const Stage &stage = stages[next];
  Expected<const LoadedModel *> library = libraries->get(next++);
  if (!library)
    return library.takeError();
  SmallVector<Value> last = findLastReads(stage);
  bool isLast = next == stages.size();
  for (size_t item = 0; item < items.size(); ++item) {
    Expected<std::vector<Tensor>> computed =
        runOnce(**library, takeInputs(stage.slice, item), &flops);
    if (!computed)
      return computed.takeError();
    for (Value value : last)
      values.find(value)->second[item].reset();
    if (isLast) {
      outputs.push_back(std::move(*computed));
      continue;
    }
    for (auto [value, tensor] : llvm::zip_equal(stage.slice.wanted, *computed))
      values[value].push_back(
          std::make_shared<const Tensor>(std::move(tensor)));
  }
  for (Value value : last)
    values.erase(value);
  return Error::success();
}
