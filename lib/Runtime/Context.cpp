//===- Context.cpp - State of the runs of one thread ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "Threads.h"
#include "sparse-opt/Runtime/ModelInfo.h"
#include <cassert>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

using namespace sopt::runtime;

__thread SoptContext *sopt::runtime::current = nullptr;

void sopt::runtime::setError(SoptContext &context, SoptStatus status,
                             const char *format, ...) {
  if (context.status != SOPT_OK)
    return;
  context.status = status;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(context.error, sizeof(context.error), format, arguments);
  va_end(arguments);
}

void sopt::runtime::clearError(SoptContext &context) {
  context.status = SOPT_OK;
  context.error[0] = 0;
}

static int64_t sumDescriptors(const SoptTensorInfo *tensors, int32_t count) {
  int64_t words = 0;
  for (int32_t i = 0; i < count; ++i)
    words += descriptorWords(tensors[i].rank);
  return words;
}

static int64_t sumRanks(const SoptTensorInfo *tensors, int32_t count) {
  int64_t ranks = 0;
  for (int32_t i = 0; i < count; ++i)
    ranks += tensors[i].rank;
  return ranks;
}

SoptContext *sopt_context_create(int32_t threads) {
  const SoptModelInfo &model = sopt_model_info;
  assert(model.abiVersion == SOPT_ABI_VERSION && "linked with another runtime");

  int64_t inputWords = sumDescriptors(model.inputs, model.numInputs);
  int64_t outputWords = sumDescriptors(model.outputs, model.numOutputs);
  int64_t inputRanks = sumRanks(model.inputs, model.numInputs);
  int64_t outputRanks = sumRanks(model.outputs, model.numOutputs);
  int64_t words = model.numNodes + inputWords + model.numInputs + outputWords +
                  inputRanks + outputRanks;
  auto *context = static_cast<SoptContext *>(
      calloc(1, sizeof(SoptContext) + uint64_t(words) * sizeof(int64_t)));
  if (!context)
    return nullptr;
  if (!context->arena.reserve()) {
    free(context);
    return nullptr;
  }
  context->threads = clampThreads(threads);

  auto *next = reinterpret_cast<int64_t *>(context + 1);
  auto take = [&next](int64_t count) {
    int64_t *start = next;
    next += count;
    return start;
  };
  context->nodeNanoseconds = reinterpret_cast<uint64_t *>(take(model.numNodes));
  context->inputDescriptors = take(inputWords);
  context->arguments = reinterpret_cast<void **>(take(model.numInputs));
  context->results = take(outputWords);
  context->inputShapes = take(inputRanks);
  context->outputShapes = take(outputRanks);
  return context;
}

void sopt_context_destroy(SoptContext *context) {
  if (!context)
    return;
  context->arena.release();
  free(context);
}

int32_t sopt_context_threads(const SoptContext *context) {
  return context ? context->threads : 0;
}

const char *sopt_last_error(const SoptContext *context) {
  return context ? context->error : "there is no context";
}

uint64_t sopt_context_allocations(const SoptContext *context) {
  return context ? 1 + context->arena.getSystemCalls() : 0;
}

uint64_t sopt_context_arena_bytes(const SoptContext *context) {
  return context ? context->arena.getCommitted() : 0;
}

uint64_t sopt_flops(const SoptContext *context) {
  return context ? context->flops : 0;
}
