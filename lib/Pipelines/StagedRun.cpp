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

/// Rows that are multiplied together: products of few take long for what they
/// are.
static constexpr int64_t kRowsTogether = 1024;

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

SmallVector<const Tensor *> StagedRun::takeInputs(const ModelSlice &slice,
                                                  size_t item) const {
  SmallVector<const Tensor *> inputs;
  for (const Tensor &input : items[item].inputs)
    inputs.push_back(&input);
  for (Value value : slice.known)
    inputs.push_back(values.find(value)->second[item].get());
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
  std::vector<float> x, y;
  for (auto first = sources.begin(); first != sources.end();) {
    x.clear();
    auto end = first;
    for (; end != sources.end() && int64_t(x.size()) < kRowsTogether * inputs;
         ++end)
      llvm::append_range(x, (*end)->get<float>());
    int64_t rows = int64_t(x.size()) / inputs;
    y.resize(rows * outputs);
    for (int64_t row = 0; row < rows; ++row)
      llvm::copy(addend, &y[row * outputs]);
    if (rows)
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, outputs,
                  inputs, 1.0f, x.data(), inputs, weight.data(), outputs, 1.0f,
                  y.data(), outputs);
    const char *next = reinterpret_cast<const char *>(y.data());
    for (; first != end; ++first) {
      const Tensor &source = **first;
      size_t bytes = source.bytes.size() / inputs * outputs;
      std::vector<int64_t> shape = source.shape;
      shape.back() = outputs;
      results.push_back(std::make_shared<const Tensor>(
          Tensor{"", source.type, std::move(shape), {next, next + bytes}}));
      next += bytes;
    }
  }
}

Error StagedRun::advance() {
  const Stage &stage = stages[next];
  Expected<const LoadedModel *> library = libraries->get(next++);
  if (!library)
    return library.takeError();
  Expected<Session> session = Session::create(**library, {}, /*threads=*/0);
  if (!session)
    return session.takeError();
  SmallVector<Value> last = findLastReads(stage);
  bool isLast = next == stages.size();
  for (size_t item = 0; item < items.size(); ++item) {
    session->setInputs(takeInputs(stage.slice, item));
    if (Error error = session->run())
      return error;
    flops += (*library)->flops(session->getContext());
    std::vector<Tensor> computed = session->getOutputs();
    for (Value value : last)
      values.find(value)->second[item].reset();
    if (isLast) {
      outputs.push_back(std::move(computed));
      continue;
    }
    for (auto [value, tensor] : llvm::zip_equal(stage.slice.wanted, computed))
      values[value].push_back(
          std::make_shared<const Tensor>(std::move(tensor)));
  }
  for (Value value : last)
    values.erase(value);
  return Error::success();
}
