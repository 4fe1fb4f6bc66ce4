//===- InputParts.cpp - Inputs that can go with what makes them -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Analysis/InputParts.h"
#include "dialects/ONNX/IR/ConstantData.h"

using namespace mlir;
using namespace sopt;

static bool isConstant(Value value) {
  return onnx::ConstantData::get(value).has_value();
}

LinearOp sopt::getConstantLayer(Value value) {
  auto linear = value.getDefiningOp<LinearOp>();
  if (!linear || !isConstant(linear.getWeight()) ||
      (linear.getBias() && !isConstant(linear.getBias())))
    return nullptr;
  return linear;
}

LinearOp sopt::getOwnLayer(Value value) {
  return value.hasOneUse() ? getConstantLayer(value) : nullptr;
}

/// Whether a bias may differ from head to head: that is its last dimension but
/// two.
static bool hasBiasOfHeads(AttentionOp attention) {
  Value bias = attention.getBias();
  if (!bias)
    return false;
  ArrayRef<int64_t> shape = cast<RankedTensorType>(bias.getType()).getShape();
  return shape.size() > 2 && shape[shape.size() - 3] != 1;
}

InputParts sopt::findInputParts(LinearOp layer) {
  Value x = layer.getX();
  if (!isConstant(layer.getWeight()))
    return {};
  if (LinearOp producer = getOwnLayer(x))
    return {cast<RankedTensorType>(x.getType()).getShape().back(), {producer}};
  auto attention = x.getDefiningOp<AttentionOp>();
  if (!attention || !x.hasOneUse() || !attention.isPacked() ||
      attention.getHeads() != attention.getKvHeads())
    return {};
  if (hasBiasOfHeads(attention))
    return {};
  InputParts parts{int64_t(attention.getHeads()), {}, attention};
  for (Value value : {attention.getQ(), attention.getK(), attention.getV()}) {
    LinearOp producer = getOwnLayer(value);
    if (!producer)
      return {};
    parts.producers.push_back(producer);
  }
  return parts;
}

std::vector<bool> sopt::findReadParts(ArrayRef<float> weight, int64_t count) {
  std::vector<bool> isRead;
  size_t size = weight.size() / count;
  for (int64_t part = 0; part < count; ++part)
    isRead.push_back(llvm::any_of(weight.slice(part * size, size),
                                  [](float element) { return element != 0; }));
  return isRead;
}
