//===- ElementTypes.cpp - ONNX's data types and MLIR's --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/ONNX/IR/ElementTypes.h"
#include "dialects/ONNX/IR/ONNX.h"

using namespace mlir;
using namespace sopt::onnx;

namespace {
/// One row of the table that all queries read.
struct DataType {
  int32_t number;
  llvm::StringRef name;
  unsigned bits;
  Type (*get)(MLIRContext *);
};
} // namespace

template <unsigned width> static Type getInteger(MLIRContext *context) {
  return IntegerType::get(context, width);
}

template <unsigned width> static Type getUnsigned(MLIRContext *context) {
  return IntegerType::get(context, width, IntegerType::Unsigned);
}

template <typename TypeT> static Type getSimple(MLIRContext *context) {
  return TypeT::get(context);
}

template <typename TypeT> static Type getComplex(MLIRContext *context) {
  return ComplexType::get(TypeT::get(context));
}

static constexpr DataType table[] = {
    {1, "float", 32, getSimple<Float32Type>},
    {2, "uint8", 8, getUnsigned<8>},
    {3, "int8", 8, getInteger<8>},
    {4, "uint16", 16, getUnsigned<16>},
    {5, "int16", 16, getInteger<16>},
    {6, "int32", 32, getInteger<32>},
    {7, "int64", 64, getInteger<64>},
    {8, "string", 0, getSimple<StringType>},
    {9, "bool", 8, getInteger<1>},
    {10, "float16", 16, getSimple<Float16Type>},
    {11, "double", 64, getSimple<Float64Type>},
    {12, "uint32", 32, getUnsigned<32>},
    {13, "uint64", 64, getUnsigned<64>},
    {14, "complex64", 64, getComplex<Float32Type>},
    {15, "complex128", 128, getComplex<Float64Type>},
    {16, "bfloat16", 16, getSimple<BFloat16Type>},
    {17, "float8e4m3fn", 8, getSimple<Float8E4M3FNType>},
    {18, "float8e4m3fnuz", 8, getSimple<Float8E4M3FNUZType>},
    {19, "float8e5m2", 8, getSimple<Float8E5M2Type>},
    {20, "float8e5m2fnuz", 8, getSimple<Float8E5M2FNUZType>},
    {21, "uint4", 4, getUnsigned<4>},
    {22, "int4", 4, getInteger<4>},
    {23, "float4e2m1", 4, getSimple<Float4E2M1FNType>},
    {24, "float8e8m0", 8, getSimple<Float8E8M0FNUType>},
    {25, "uint2", 2, getUnsigned<2>},
    {26, "int2", 2, getInteger<2>},
    {27, "float6e2m3", 6, getSimple<Float6E2M3FNType>},
    {28, "float6e3m2", 6, getSimple<Float6E3M2FNType>},
};

static const DataType *find(int32_t number) {
  for (const DataType &row : table)
    if (row.number == number)
      return &row;
  return nullptr;
}

Type sopt::onnx::getElementType(MLIRContext *context, int32_t dataType) {
  const DataType *row = find(dataType);
  return row ? row->get(context) : Type();
}

std::optional<int32_t> sopt::onnx::getDataType(Type elementType) {
  for (const DataType &row : table)
    if (row.get(elementType.getContext()) == elementType)
      return row.number;
  return std::nullopt;
}

llvm::StringRef sopt::onnx::getDataTypeName(int32_t dataType) {
  const DataType *row = find(dataType);
  return row ? row->name : "undefined";
}

unsigned sopt::onnx::getDataTypeBits(int32_t dataType) {
  const DataType *row = find(dataType);
  return row ? row->bits : 0;
}
