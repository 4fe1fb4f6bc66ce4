//===- ElementTypes.cpp - ONNX's data types in memory ---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementTypes.h"

using namespace sopt::runtime;

namespace {
struct ElementType {
  const char *name;
  uint8_t size;
  uint8_t alignment;
};
} // namespace

/// By ONNX's number.
static constexpr ElementType table[] = {
    {"undefined", 0, 1},      {"float", 4, 4},      {"uint8", 1, 1},
    {"int8", 1, 1},           {"uint16", 2, 2},     {"int16", 2, 2},
    {"int32", 4, 4},          {"int64", 8, 8},      {"string", 0, 1},
    {"bool", 1, 1},           {"float16", 2, 2},    {"double", 8, 8},
    {"uint32", 4, 4},         {"uint64", 8, 8},     {"complex64", 8, 4},
    {"complex128", 16, 8},    {"bfloat16", 2, 2},   {"float8e4m3fn", 1, 1},
    {"float8e4m3fnuz", 1, 1}, {"float8e5m2", 1, 1}, {"float8e5m2fnuz", 1, 1},
    {"uint4", 1, 1},          {"int4", 1, 1},       {"float4e2m1", 1, 1},
    {"float8e8m0", 1, 1},     {"uint2", 1, 1},      {"int2", 1, 1},
    {"float6e2m3", 1, 1},     {"float6e3m2", 1, 1},
};

static const ElementType &get(int32_t type) {
  constexpr int32_t size = sizeof(table) / sizeof(table[0]);
  return table[type > 0 && type < size ? type : 0];
}

const char *sopt::runtime::getTypeName(int32_t type) { return get(type).name; }

uint64_t sopt::runtime::getTypeSize(int32_t type) { return get(type).size; }

uint64_t sopt::runtime::getTypeAlignment(int32_t type) {
  return get(type).alignment;
}

bool sopt::runtime::countElements(const int64_t *dims, int32_t rank,
                                  uint64_t elementSize, uint64_t &count) {
  uint64_t bytes = elementSize;
  count = 1;
  for (int32_t dim = 0; dim < rank; ++dim) {
    if (dims[dim] < 0)
      return false;
    count *= uint64_t(dims[dim]);
    uint64_t factor = dims[dim] ? uint64_t(dims[dim]) : 1;
    if (__builtin_mul_overflow(bytes, factor, &bytes) || bytes > INT64_MAX)
      return false;
  }
  return true;
}
