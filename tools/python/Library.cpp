//===- Library.cpp - A compiled model in this process ---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Library.h"
#include <dlfcn.h>

using namespace sopt;

template <typename F> void Library::find(const char *name, F &function) {
  function = reinterpret_cast<F>(dlsym(library, name));
  if (!function)
    throw RunError("not a library of sparse-opt: it has no " +
                   std::string(name));
}

Library::Library(const std::string &path, int32_t threads)
    : library(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (!library)
    throw RunError(dlerror());
  decltype(&sopt_abi_version) abiVersion;
  find("sopt_abi_version", abiVersion);
  if (abiVersion() != SOPT_ABI_VERSION)
    throw RunError("the library has ABI version " +
                   std::to_string(abiVersion()) + ", this package needs " +
                   std::to_string(int(SOPT_ABI_VERSION)));
  find("sopt_num_inputs", numInputs);
  find("sopt_num_outputs", numOutputs);
  find("sopt_input_info", inputInfo);
  find("sopt_output_info", outputInfo);
  find("sopt_context_create", contextCreate);
  find("sopt_context_destroy", contextDestroy);
  find("sopt_context_threads", contextThreads);
  find("sopt_last_error", lastError);
  find("sopt_run", runModel);
  context = contextCreate(threads);
  if (!context)
    throw RunError("no memory for a context");
}

Library::~Library() { contextDestroy(context); }

std::vector<const SoptTensorInfo *> Library::getInputs() const {
  std::vector<const SoptTensorInfo *> infos;
  for (int32_t i = 0; i < numInputs(); ++i)
    infos.push_back(inputInfo(i));
  return infos;
}

std::vector<const SoptTensorInfo *> Library::getOutputs() const {
  std::vector<const SoptTensorInfo *> infos;
  for (int32_t i = 0; i < numOutputs(); ++i)
    infos.push_back(outputInfo(i));
  return infos;
}

std::vector<Tensor> Library::run(const std::vector<Tensor> &inputs) {
  std::vector<SoptInput> in;
  for (const Tensor &input : inputs)
    in.push_back({input.data, input.type, int32_t(input.shape.size()),
                  input.shape.data()});
  std::vector<SoptOutput> out(size_t(numOutputs()), SoptOutput{});
  if (runModel(context, in.data(), int32_t(in.size()), out.data(),
               int32_t(out.size())) != SOPT_OK)
    throw RunError(lastError(context));
  std::vector<Tensor> outputs;
  for (const SoptOutput &o : out)
    outputs.push_back(
        {o.type, {o.shape, o.shape + o.rank}, o.data, size_t(o.bytes)});
  return outputs;
}
