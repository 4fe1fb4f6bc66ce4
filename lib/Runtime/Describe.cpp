//===- Describe.cpp - What the model takes and gives ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "ElementTypes.h"
#include "sparse-opt/Runtime/ModelInfo.h"
#include <cstring>

using namespace sopt::runtime;

int32_t sopt_abi_version(void) { return SOPT_ABI_VERSION; }

int32_t sopt_num_inputs(void) { return sopt_model_info.numInputs; }

int32_t sopt_num_outputs(void) { return sopt_model_info.numOutputs; }

int32_t sopt_num_nodes(void) { return sopt_model_info.numNodes; }

const SoptTensorInfo *sopt_input_info(int32_t index) {
  if (index < 0 || index >= sopt_model_info.numInputs)
    return nullptr;
  return &sopt_model_info.inputs[index];
}

const SoptTensorInfo *sopt_output_info(int32_t index) {
  if (index < 0 || index >= sopt_model_info.numOutputs)
    return nullptr;
  return &sopt_model_info.outputs[index];
}

const char *sopt_node_name(int32_t index) {
  if (index < 0 || index >= sopt_model_info.numNodes)
    return nullptr;
  return sopt_model_info.nodeNames[index];
}

const char *sopt_type_name(int32_t type) { return getTypeName(type); }

uint64_t sopt_type_size(int32_t type) { return getTypeSize(type); }

void sopt_profile_enable(SoptContext *context, int32_t enable) {
  if (!context)
    return;
  context->isProfiling = enable != 0;
  memset(context->nodeNanoseconds, 0,
         uint64_t(sopt_model_info.numNodes) * sizeof(uint64_t));
}

uint64_t sopt_profile_nanoseconds(const SoptContext *context, int32_t index) {
  if (!context || index < 0 || index >= sopt_model_info.numNodes)
    return 0;
  return context->nodeNanoseconds[index];
}
