//===- ElementTypes.h - ONNX's data types in memory -------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_RUNTIME_ELEMENTTYPES_H
#define SPARSE_OPT_LIB_RUNTIME_ELEMENTTYPES_H

#include <cstdint>

namespace sopt::runtime {

/// ONNX's name of a data type, "undefined" for a number that stands for none.
const char *getTypeName(int32_t type);

/// Bytes of one element in memory, 0 for strings and unknown types. Types
/// below a byte take a byte.
uint64_t getTypeSize(int32_t type);

/// What the address of an element must be a multiple of.
uint64_t getTypeAlignment(int32_t type);

/// `count = dims[0] * ... * dims[rank - 1]`. False if a size is negative or the
/// bytes do not fit in 63 bits, where a zero among the sizes does not help:
/// generated code may compute products of some of them.
bool countElements(const int64_t *dims, int32_t rank, uint64_t elementSize,
                   uint64_t &count);

} // namespace sopt::runtime

#endif // SPARSE_OPT_LIB_RUNTIME_ELEMENTTYPES_H
