//===- Describe.cpp - Print what a model takes and gives ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Describe.h"
#include "Values.h"
#include <fmt/format.h>

using namespace llvm;
using namespace sopt;

/// [batch, 128, ?]
static std::string formatDims(const SoptTensorInfo &info) {
  std::vector<std::string> dims;
  for (int32_t i = 0; i < info.rank; ++i) {
    StringRef symbol = info.dimNames[i];
    if (info.dims[i] >= 0)
      dims.push_back(std::to_string(info.dims[i]));
    else
      dims.push_back(symbol.empty() ? "?" : symbol.str());
  }
  return fmt::format("[{}]", fmt::join(dims, ", "));
}

static void printTensors(const LoadedModel &model,
                         ArrayRef<const SoptTensorInfo *> tensors,
                         size_t width) {
  for (const SoptTensorInfo *info : tensors)
    fmt::print("  {:<{}}  {:<10}  {}\n", info->name, width,
               model.typeName(info->type), formatDims(*info));
}

void sopt::printModel(const LoadedModel &model) {
  size_t width = 0;
  for (auto tensors : {model.getInputs(), model.getOutputs()})
    for (const SoptTensorInfo *info : tensors)
      width = std::max(width, StringRef(info->name).size());
  fmt::print("inputs\n");
  printTensors(model, model.getInputs(), width);
  fmt::print("outputs\n");
  printTensors(model, model.getOutputs(), width);
}

void sopt::printOutputs(const LoadedModel &model, ArrayRef<Tensor> outputs) {
  constexpr size_t most = 6;
  for (const Tensor &output : outputs) {
    Values values(output);
    std::vector<std::string> first;
    for (size_t i = 0; i < std::min(values.size(), most); ++i)
      first.push_back(values.format(i));
    if (values.size() > most)
      first.emplace_back("...");
    fmt::print("{}  {} [{}]  {}\n", output.name, model.typeName(output.type),
               fmt::join(output.shape, ", "), fmt::join(first, " "));
  }
}
