//===- Values.cpp - Elements of any type as numbers -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Values.h"
#include "llvm/Support/ErrorHandling.h"
#include <cstring>
#include <fmt/format.h>

using namespace sopt;

static int32_t getPartType(int32_t type) {
  return type == SOPT_COMPLEX64    ? SOPT_FLOAT
         : type == SOPT_COMPLEX128 ? SOPT_DOUBLE
                                   : type;
}

static size_t getSize(int32_t type) {
  switch (type) {
  case SOPT_UINT64:
  case SOPT_INT64:
  case SOPT_DOUBLE:
    return 8;
  case SOPT_UINT32:
  case SOPT_INT32:
  case SOPT_FLOAT:
    return 4;
  case SOPT_UINT16:
  case SOPT_INT16:
  case SOPT_FLOAT16:
  case SOPT_BFLOAT16:
    return 2;
  default:
    return 1;
  }
}

Values::Values(const Tensor &tensor)
    : tensor(tensor), type(getPartType(tensor.type)),
      isFloat(type == SOPT_FLOAT || type == SOPT_DOUBLE ||
              type == SOPT_FLOAT16 || type == SOPT_BFLOAT16),
      isSigned(type == SOPT_INT8 || type == SOPT_INT16 || type == SOPT_INT32 ||
               type == SOPT_INT64 || type == SOPT_INT4 || type == SOPT_INT2),
      width(getSize(type)), count(tensor.bytes.size() / width) {}

uint64_t Values::getBits(size_t index) const {
  uint64_t bits = 0;
  memcpy(&bits, tensor.bytes.data() + index * width, width);
  return bits;
}

/// Reads the first bytes of `bits` as a `T`.
template <typename T> static double as(uint64_t bits) {
  T value;
  memcpy(&value, &bits, sizeof(T));
  return double(value);
}

double Values::get(size_t index) const {
  uint64_t bits = getBits(index);
  switch (type) {
  case SOPT_FLOAT:
    return as<float>(bits);
  case SOPT_DOUBLE:
    return as<double>(bits);
  case SOPT_FLOAT16:
    return as<_Float16>(bits);
  case SOPT_BFLOAT16:
    return as<float>(bits << 16);
  default:
    break;
  }
  if (!isSigned)
    return double(bits);
  unsigned shift = 64 - 8 * unsigned(width);
  return double(int64_t(bits << shift) >> shift);
}

std::string Values::format(size_t index) const {
  if (isFloat)
    return fmt::format("{:.6g}", get(index));
  uint64_t bits = getBits(index);
  unsigned shift = 64 - 8 * unsigned(width);
  return isSigned ? fmt::format("{}", int64_t(bits << shift) >> shift)
                  : fmt::format("{}", bits);
}
