//===- Inputs.cpp - Check what the caller passes --------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Inputs.h"
#include "ElementTypes.h"
#include "sparse-opt/Runtime/ModelInfo.h"
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <cstring>

using namespace sopt::runtime;

namespace {
/// The checks of one input, in an order in which each may rely on those before.
struct InputCheck {
  SoptContext &context;
  const SoptTensorInfo &info;
  const SoptInput &input;

  bool checkType();
  bool checkRank();
  bool checkSizes();
  bool checkBytes(uint64_t &count);
  bool checkData(uint64_t count);
  bool checkBools(uint64_t count);

  /// Always false.
  bool fail(const char *format, ...) __attribute__((format(printf, 2, 3)));
};

/// A dimension of the model and the size the caller gave it.
struct Binding {
  const char *input;
  int64_t size;
};
} // namespace

bool InputCheck::fail(const char *format, ...) {
  char reason[400];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reason, sizeof(reason), format, arguments);
  va_end(arguments);
  setError(context, SOPT_INVALID_INPUT, "input '%s': %s", info.name, reason);
  return false;
}

bool InputCheck::checkType() {
  if (input.type == info.type)
    return true;
  return fail("element type is %s, must be %s", getTypeName(input.type),
              getTypeName(info.type));
}

bool InputCheck::checkRank() {
  if (input.rank != info.rank)
    return fail("rank is %" PRId32 ", must be %" PRId32, input.rank, info.rank);
  if (!input.shape && info.rank)
    return fail("shape is null");
  return true;
}

bool InputCheck::checkSizes() {
  for (int32_t dim = 0; dim < info.rank; ++dim) {
    int64_t size = input.shape[dim], wanted = info.dims[dim];
    if (size < 0)
      return fail("dimension %" PRId32 " is %" PRId64 ", must not be negative",
                  dim, size);
    if (wanted >= 0 && size != wanted)
      return fail("dimension %" PRId32 " is %" PRId64 ", must be %" PRId64, dim,
                  size, wanted);
  }
  return true;
}

bool InputCheck::checkBytes(uint64_t &count) {
  if (countElements(input.shape, info.rank, getTypeSize(info.type), count))
    return true;
  return fail("size in bytes does not fit in 64 bits");
}

bool InputCheck::checkData(uint64_t count) {
  if (count == 0)
    return true;
  if (!input.data)
    return fail("data is null");
  uint64_t alignment = getTypeAlignment(info.type);
  if (reinterpret_cast<uintptr_t>(input.data) % alignment)
    return fail("data is not aligned to %" PRIu64 " bytes", alignment);
  return info.type != SOPT_BOOL || checkBools(count);
}

/// Generated code relies on a bool being 0 or 1.
bool InputCheck::checkBools(uint64_t count) {
  auto *bytes = static_cast<const uint8_t *>(input.data);
  uint8_t bits = 0;
  for (uint64_t i = 0; i < count; ++i)
    bits |= bytes[i];
  return bits <= 1 || fail("a bool is neither 0 nor 1");
}

/// The first dimension called `symbol` before dimension `endDim` of input
/// `end`. Inputs and ranks are few: no table.
static Binding findBinding(const SoptInput *inputs, const char *symbol,
                           int32_t end, int32_t endDim) {
  const SoptModelInfo &model = sopt_model_info;
  for (int32_t i = 0; i <= end && i < model.numInputs; ++i) {
    const SoptTensorInfo &info = model.inputs[i];
    int32_t rank = i == end ? endDim : info.rank;
    for (int32_t dim = 0; dim < rank; ++dim)
      if (strcmp(info.dimNames[dim], symbol) == 0)
        return {info.name, inputs[i].shape[dim]};
  }
  return {nullptr, -1};
}

int64_t sopt::runtime::getSymbolSize(const SoptInput *inputs,
                                     const char *symbol) {
  return findBinding(inputs, symbol, sopt_model_info.numInputs, 0).size;
}

static bool checkSymbols(InputCheck &check, const SoptInput *inputs,
                         int32_t index) {
  for (int32_t dim = 0; dim < check.info.rank; ++dim) {
    const char *symbol = check.info.dimNames[dim];
    int64_t size = check.input.shape[dim];
    if (!symbol[0])
      continue;
    Binding first = findBinding(inputs, symbol, index, dim);
    if (first.input && first.size != size)
      return check.fail("dimension '%s' is %" PRId64 " but input '%s' has "
                        "%" PRId64,
                        symbol, size, first.input, first.size);
  }
  return true;
}

bool sopt::runtime::checkInputs(SoptContext &context, const SoptInput *inputs,
                                int32_t count, Check check) {
  const SoptModelInfo &model = sopt_model_info;
  if (count != model.numInputs || (!inputs && count)) {
    setError(context, SOPT_INVALID_INPUT,
             "the model takes %" PRId32 " inputs, not %" PRId32,
             model.numInputs, inputs ? count : 0);
    return false;
  }
  int64_t *shape = context.inputShapes;
  for (int32_t i = 0; i < count; ++i) {
    InputCheck one{context, model.inputs[i], inputs[i]};
    uint64_t elements = 0;
    if (!one.checkType() || !one.checkRank() || !one.checkSizes() ||
        !checkSymbols(one, inputs, i) || !one.checkBytes(elements) ||
        (check == Check::Data && !one.checkData(elements)))
      return false;
    for (int32_t dim = 0; dim < inputs[i].rank; ++dim)
      *shape++ = inputs[i].shape[dim];
  }
  return true;
}

void sopt::runtime::describeInputs(SoptContext &context,
                                   const SoptInput *inputs) {
  int64_t *descriptor = context.inputDescriptors;
  for (int32_t i = 0; i < sopt_model_info.numInputs; ++i) {
    const SoptInput &input = inputs[i];
    context.arguments[i] = descriptor;
    int64_t address = int64_t(reinterpret_cast<uintptr_t>(input.data));
    descriptor[0] = descriptor[1] = address;
    descriptor[2] = 0;
    int64_t *sizes = descriptor + 3, *strides = sizes + input.rank;
    int64_t stride = 1;
    for (int32_t dim = input.rank - 1; dim >= 0; --dim) {
      sizes[dim] = input.shape[dim];
      strides[dim] = stride;
      stride *= sizes[dim] ? sizes[dim] : 1;
    }
    descriptor += descriptorWords(input.rank);
  }
}
