//===- Outputs.cpp - Hand results to the caller ---------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Outputs.h"
#include "ElementTypes.h"
#include "sparse-opt/Runtime/ModelInfo.h"
#include <cinttypes>
#include <cstring>

using namespace sopt::runtime;

namespace {
/// A memref as generated code returns it.
struct MemRef {
  const char *data; ///< The first element.
  int32_t rank;
  uint64_t elementSize;
  const int64_t *sizes;
  const int64_t *strides; ///< In elements.

  MemRef(const int64_t *descriptor, int32_t rank, uint64_t elementSize);
  uint64_t countElements() const;
  bool isContiguous() const;
};
} // namespace

MemRef::MemRef(const int64_t *descriptor, int32_t rank, uint64_t elementSize)
    : rank(rank), elementSize(elementSize), sizes(descriptor + 3),
      strides(descriptor + 3 + rank) {
  data = reinterpret_cast<const char *>(descriptor[1]) +
         descriptor[2] * int64_t(elementSize);
}

/// Generated code made the tensor, so that the product fits.
uint64_t MemRef::countElements() const {
  uint64_t count = 1;
  for (int32_t dim = 0; dim < rank; ++dim)
    count *= uint64_t(sizes[dim]);
  return count;
}

bool MemRef::isContiguous() const {
  int64_t stride = 1;
  for (int32_t dim = rank - 1; dim >= 0; --dim) {
    if (sizes[dim] != 1 && strides[dim] != stride)
      return false;
    stride *= sizes[dim];
  }
  return true;
}

/// Copies dimensions `dim` and inner of `source` at `from` to `to`, and returns
/// where the copy ends.
static char *copyStrided(char *to, const char *from, const MemRef &source,
                         int32_t dim) {
  if (dim == source.rank) {
    memcpy(to, from, source.elementSize);
    return to + source.elementSize;
  }
  int64_t step = source.strides[dim] * int64_t(source.elementSize);
  for (int64_t i = 0; i < source.sizes[dim]; ++i)
    to = copyStrided(to, from + i * step, source, dim + 1);
  return to;
}

static void copy(char *to, const MemRef &source, uint64_t bytes) {
  if (bytes == 0)
    return;
  if (source.isContiguous())
    memcpy(to, source.data, bytes);
  else
    copyStrided(to, source.data, source, 0);
}

bool sopt::runtime::checkOutputs(SoptContext &context,
                                 const SoptOutput *outputs, int32_t count) {
  int32_t wanted = sopt_model_info.numOutputs;
  if (count == wanted && (outputs || !count))
    return true;
  setError(context, SOPT_INVALID_INPUT,
           "the model gives %" PRId32 " outputs, not %" PRId32, wanted,
           outputs ? count : 0);
  return false;
}

/// Where the elements of `result` are to lie; null if nowhere.
static char *findPlace(SoptContext &context, const SoptTensorInfo &info,
                       const SoptOutput &output) {
  if (!output.buffer) {
    auto *place = static_cast<char *>(context.arena.allocate(output.bytes));
    if (!place)
      setError(context, SOPT_OUT_OF_MEMORY,
               "output '%s': no memory for %" PRIu64 " bytes", info.name,
               output.bytes);
    return place;
  }
  if (output.capacity < output.bytes) {
    setError(context, SOPT_BUFFER_TOO_SMALL,
             "output '%s': needs %" PRIu64 " bytes, the buffer has %" PRIu64,
             info.name, output.bytes, output.capacity);
    return nullptr;
  }
  return static_cast<char *>(output.buffer);
}

static bool deliver(SoptContext &context, const SoptTensorInfo &info,
                    const MemRef &result, SoptOutput &output) {
  output.type = info.type;
  output.rank = info.rank;
  output.bytes = result.countElements() * result.elementSize;
  if (!output.buffer && context.arena.contains(result.data) &&
      result.isContiguous()) {
    output.data = result.data;
    return true;
  }
  char *place = findPlace(context, info, output);
  if (!place)
    return false;
  copy(place, result, output.bytes);
  output.data = place;
  return true;
}

bool sopt::runtime::deliverOutputs(SoptContext &context, SoptOutput *outputs) {
  const SoptModelInfo &model = sopt_model_info;
  const int64_t *descriptor = context.results;
  int64_t *shape = context.outputShapes;
  for (int32_t i = 0; i < model.numOutputs; ++i) {
    const SoptTensorInfo &info = model.outputs[i];
    MemRef result(descriptor, info.rank, getTypeSize(info.type));
    if (info.rank)
      memcpy(shape, result.sizes, uint64_t(info.rank) * sizeof(int64_t));
    outputs[i].shape = shape;
    if (!deliver(context, info, result, outputs[i]))
      return false;
    descriptor += descriptorWords(info.rank);
    shape += info.rank;
  }
  return true;
}
