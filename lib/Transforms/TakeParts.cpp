//===- TakeParts.cpp - Layers of some of their features -------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TakeParts.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"

using namespace mlir;
using namespace sopt;

/// `taken` of the `parts` parts that dimension `dim` of a constant is made of.
static Value takeParts(OpBuilder &builder, Value constant, int64_t dim,
                       int64_t parts, ArrayRef<int64_t> taken) {
  auto data = onnx::ConstantData::get(constant);
  SmallVector<int64_t> shape(data->getShape());
  int64_t rows = ShapedType::getNumElements(ArrayRef(shape).take_front(dim));
  int64_t bytes = data->getNumElements() / (rows * parts) *
                  onnx::getElementBytes(data->getElementType());
  shape[dim] = shape[dim] / parts * int64_t(taken.size());
  auto type = RankedTensorType::get(shape, data->getElementType());
  if (data->isSplat())
    return onnx::ConstantOp::create(builder, constant.getLoc(),
                                    onnx::makeSplat(type, data->getBytes()));
  onnx::ConstantWriter writer(type);
  char *to = writer.getBytes().data();
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t part : taken) {
      const char *from = data->getBytes().data() + (row * parts + part) * bytes;
      to = std::copy_n(from, bytes, to);
    }
  return onnx::ConstantOp::create(builder, constant.getLoc(), writer.finish());
}

void sopt::takeOutputs(LinearOp layer, int64_t parts, ArrayRef<int64_t> taken) {
  OpBuilder builder(layer);
  layer.getWeightMutable().assign(
      takeParts(builder, layer.getWeight(), 1, parts, taken));
  if (Value bias = layer.getBias())
    layer.getBiasMutable().assign(takeParts(builder, bias, 0, parts, taken));
}

void sopt::takeInputs(LinearOp layer, int64_t parts, ArrayRef<int64_t> taken) {
  OpBuilder builder(layer);
  layer.getWeightMutable().assign(
      takeParts(builder, layer.getWeight(), 0, parts, taken));
}
