//===- Types.cpp - From TypeProto to MLIR's types -------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphImporter.h"
#include "dialects/ONNX/IR/ElementTypes.h"
#include "dialects/ONNX/IR/ONNX.h"

using namespace mlir;
using namespace sopt;

static Type importTensorType(MLIRContext *context,
                             const ::onnx::TypeProto::Tensor &tensor) {
  Type element = sopt::onnx::getElementType(context, tensor.elem_type());
  if (!element)
    return Type();
  if (!tensor.has_shape())
    return UnrankedTensorType::get(element);
  SmallVector<int64_t> shape;
  for (const auto &dim : tensor.shape().dim())
    shape.push_back(dim.has_dim_value() && dim.dim_value() >= 0
                        ? dim.dim_value()
                        : ShapedType::kDynamic);
  return RankedTensorType::get(shape, element);
}

Type sopt::importType(MLIRContext *context, const ::onnx::TypeProto &type) {
  switch (type.value_case()) {
  case ::onnx::TypeProto::kTensorType:
    return importTensorType(context, type.tensor_type());
  case ::onnx::TypeProto::kSequenceType:
    if (Type element = importType(context, type.sequence_type().elem_type()))
      return sopt::onnx::SequenceType::get(context, element);
    return Type();
  case ::onnx::TypeProto::kOptionalType:
    if (Type element = importType(context, type.optional_type().elem_type()))
      return sopt::onnx::OptionalType::get(context, element);
    return Type();
  case ::onnx::TypeProto::kMapType: {
    Type key = sopt::onnx::getElementType(context, type.map_type().key_type());
    Type value = importType(context, type.map_type().value_type());
    if (key && value)
      return sopt::onnx::MapType::get(context, key, value);
    return Type();
  }
  default:
    return Type();
  }
}
