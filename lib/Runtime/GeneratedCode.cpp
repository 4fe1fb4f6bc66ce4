//===- GeneratedCode.cpp - What generated code calls ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "TileRegisters.h"
#include "sparse-opt/Runtime/ModelInfo.h"
#include <cassert>
#include <cinttypes>
#include <ctime>

using namespace sopt::runtime;

/// The node that runs, for messages.
static const char *getNodeName() {
  return current->node >= 0 ? sopt_model_info.nodeNames[current->node] : "?";
}

/// Generated code has no way to report that it cannot go on. It holds nothing
/// but arena memory, so that it can be left where it calls.
[[noreturn]] static void leave() { std::longjmp(current->exit, 1); }

void *_mlir_memref_to_llvm_alloc(uint64_t size) {
  assert(current && "allocation off the thread that runs the model");
  if (void *block = current->arena.allocate(size))
    return block;
  setError(*current, SOPT_OUT_OF_MEMORY,
           "node '%s': no memory for %" PRIu64 " bytes", getNodeName(), size);
  leave();
}

void *_mlir_memref_to_llvm_aligned_alloc(uint64_t alignment, uint64_t size) {
  assert(alignment <= Arena::alignment && "alignment the arena does not give");
  return _mlir_memref_to_llvm_alloc(size);
}

void _mlir_memref_to_llvm_free(void *block) {
  assert(current && "deallocation off the thread that runs the model");
  current->arena.free(block);
}

static uint64_t readClock() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return uint64_t(time.tv_sec) * 1000000000 + uint64_t(time.tv_nsec);
}

void sopt_rt_node(int64_t node) {
  SoptContext &context = *current;
  if (context.isProfiling) {
    uint64_t now = readClock();
    if (context.node >= 0)
      context.nodeNanoseconds[context.node] += now - context.nodeStart;
    context.nodeStart = now;
  }
  context.node = node;
}

void sopt_rt_flops(int64_t count) { current->flops += uint64_t(count); }

int64_t sopt_rt_tile_threads() {
  if (requestTileRegisters())
    return current->threads;
  setError(*current, SOPT_UNSUPPORTED,
           "node '%s': the system grants no AMX tile registers; compile for a "
           "processor without them",
           getNodeName());
  leave();
}

void sopt_rt_bad_index(int64_t value, int64_t size) {
  setError(*current, SOPT_NODE_FAILED,
           "node '%s': index %" PRId64
           " is out of range for a dimension of size %" PRId64,
           getNodeName(), value, size);
}

void sopt_rt_bad_shape(int64_t value, int64_t expected) {
  setError(*current, SOPT_NODE_FAILED,
           "node '%s': a dimension has size %" PRId64 " where %" PRId64
           " is needed",
           getNodeName(), value, expected);
}
