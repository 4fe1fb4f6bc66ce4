//===- Inputs.cpp - Give every input a value ------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Inputs.h"
#include "RandomInputs.h"
#include "sparse-opt/Execution/Npz.h"

using namespace llvm;
using namespace sopt;

static const SoptTensorInfo *findInfo(const LoadedModel &model,
                                      StringRef name) {
  for (const SoptTensorInfo *info : model.getInputs())
    if (name == info->name)
      return info;
  return nullptr;
}

static Expected<std::vector<RandomSpec>> parseSpecs(const LoadedModel &model,
                                                    const Options &options) {
  std::vector<RandomSpec> specs;
  for (const std::string &text : options.random) {
    Expected<RandomSpec> spec = parseRandomSpec(text);
    if (!spec)
      return spec.takeError();
    if (!findInfo(model, spec->name))
      return createStringError("--random: the model has no input '" +
                               spec->name + "'");
    if (any_of(specs, [&](const RandomSpec &other) {
          return other.name == spec->name;
        }))
      return createStringError("--random: input '" + spec->name +
                               "' is there twice");
    specs.push_back(std::move(*spec));
  }
  return specs;
}

/// The array that a file has for an input. Where numpy lacks the input's type,
/// it is read as the one stored alike.
static Expected<Tensor> takeArray(const LoadedModel &model,
                                  const SoptTensorInfo &info,
                                  ArrayRef<Tensor> arrays) {
  const Tensor *array = findTensor(arrays, info.name);
  if (!array)
    array = findTensor(arrays, std::string("in:") + info.name);
  if (!array)
    return createStringError("input '" + Twine(info.name) +
                             "' has no value; give it one by --inputs or "
                             "--random");
  Tensor tensor = *array;
  tensor.name = info.name;
  if (areStoredAlike(tensor.type, info.type))
    tensor.type = info.type;
  return tensor;
}

Expected<std::vector<Tensor>> sopt::makeInputs(const LoadedModel &model,
                                               const Options &options,
                                               ArrayRef<Tensor> arrays) {
  Expected<std::vector<RandomSpec>> specs = parseSpecs(model, options);
  if (!specs)
    return specs.takeError();
  std::vector<Tensor> tensors;
  for (const SoptTensorInfo *info : model.getInputs()) {
    auto spec = find_if(*specs, [&](const RandomSpec &spec) {
      return spec.name == info->name;
    });
    // Each input has its own numbers, whichever others are random.
    uint64_t seed = options.seed * 1000003 + tensors.size();
    Expected<Tensor> tensor =
        spec == specs->end()
            ? takeArray(model, *info, arrays)
            : makeRandom(*spec, info->type, model.typeSize(info->type), seed);
    if (!tensor)
      return tensor.takeError();
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}
