//===- LoadedModel.cpp - A model opened at run time -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Execution/LoadedModel.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/Support/FileSystem.h"
#include <dlfcn.h>

using namespace llvm;
using namespace sopt;

/// Sets `function` to what the library calls `name`.
template <typename F>
static bool find(void *library, const char *name, F &function) {
  function = reinterpret_cast<F>(dlsym(library, name));
  return function != nullptr;
}

Expected<LoadedModel> LoadedModel::open(StringRef path) {
  // A name without a slash would be looked for among the system's libraries.
  SmallString<256> absolute(path);
  if (std::error_code error = sys::fs::make_absolute(absolute))
    return createFileError(path, error);
  void *library = dlopen(absolute.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return createStringError(dlerror());

  LoadedModel model;
  decltype(&sopt_abi_version) abiVersion;
  decltype(&sopt_num_inputs) numInputs;
  decltype(&sopt_num_outputs) numOutputs;
  decltype(&sopt_input_info) inputInfo;
  decltype(&sopt_output_info) outputInfo;
  if (!find(library, "sopt_abi_version", abiVersion))
    return createFileError(path,
                           createStringError("not a library of sparse-opt"));
  if (abiVersion() != SOPT_ABI_VERSION)
    return createFileError(
        path,
        createStringError("has ABI version " + Twine(abiVersion()) +
                          ", this tool needs " + Twine(SOPT_ABI_VERSION)));
  bool complete =
      find(library, "sopt_num_inputs", numInputs) &&
      find(library, "sopt_num_outputs", numOutputs) &&
      find(library, "sopt_input_info", inputInfo) &&
      find(library, "sopt_output_info", outputInfo) &&
      find(library, "sopt_num_nodes", model.numNodes) &&
      find(library, "sopt_node_name", model.nodeName) &&
      find(library, "sopt_type_name", model.typeName) &&
      find(library, "sopt_type_size", model.typeSize) &&
      find(library, "sopt_context_create", model.contextCreate) &&
      find(library, "sopt_context_destroy", model.contextDestroy) &&
      find(library, "sopt_context_threads", model.contextThreads) &&
      find(library, "sopt_last_error", model.lastError) &&
      find(library, "sopt_run", model.run) &&
      find(library, "sopt_profile_enable", model.profileEnable) &&
      find(library, "sopt_profile_nanoseconds", model.profileNanoseconds) &&
      find(library, "sopt_flops", model.flops);
  if (!complete)
    return createFileError(path, createStringError(dlerror()));
  for (int32_t i = 0; i < numInputs(); ++i)
    model.inputs.push_back(inputInfo(i));
  for (int32_t i = 0; i < numOutputs(); ++i)
    model.outputs.push_back(outputInfo(i));
  return model;
}

Expected<Session> Session::create(const LoadedModel &model,
                                  ArrayRef<Tensor> inputs, int32_t threads) {
  SoptContext *context = model.contextCreate(threads);
  if (!context)
    return createStringError("no memory for a context");
  Session session(model, context);
  session.setInputs(
      llvm::map_to_vector(inputs, [](const Tensor &input) { return &input; }));
  session.outputs.resize(model.getOutputs().size(), SoptOutput{});
  return session;
}

void Session::setInputs(ArrayRef<const Tensor *> tensors) {
  inputs.clear();
  for (const Tensor *input : tensors)
    inputs.push_back({input->bytes.data(), input->type,
                      int32_t(input->shape.size()), input->shape.data()});
}

Error Session::run() {
  SoptStatus status =
      model->run(context.get(), inputs.data(), int32_t(inputs.size()),
                 outputs.data(), int32_t(outputs.size()));
  if (status == SOPT_OK)
    return Error::success();
  return createStringError(model->lastError(context.get()));
}

std::vector<Tensor> Session::getOutputs() const {
  std::vector<Tensor> tensors;
  for (auto [info, output] : zip_equal(model->getOutputs(), outputs)) {
    auto *data = static_cast<const char *>(output.data);
    tensors.push_back({info->name, output.type,
                       std::vector(output.shape, output.shape + output.rank),
                       std::vector(data, data + output.bytes)});
  }
  return tensors;
}
