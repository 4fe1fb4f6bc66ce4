//===- PrunableLayers.cpp - Weights that pruning may touch ----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Analysis/PrunableLayers.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/NodeLocation.h"

using namespace mlir;
using namespace sopt;

/// Below this a product takes too little time to be worth its loss.
static constexpr int64_t kLeastSize = 64;

static RankedTensorType getType(onnx::ConstantOp constant) {
  return cast<RankedTensorType>(constant->getResult(0).getType());
}

int64_t PrunableLayer::getInputs() const {
  return getType(constant).getDimSize(isTransposed ? 1 : 0);
}

int64_t PrunableLayer::getOutputs() const {
  return getType(constant).getDimSize(isTransposed ? 0 : 1);
}

/// `values`, rows × columns, by columns.
static std::vector<float> transpose(ArrayRef<float> values, int64_t rows,
                                    int64_t columns) {
  std::vector<float> result(values.size());
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      result[column * rows + row] = values[row * columns + column];
  return result;
}

std::vector<float> PrunableLayer::getWeight() const {
  std::optional<onnx::ConstantData> data =
      onnx::ConstantData::get(onnx::ConstantOp(constant)->getResult(0));
  assert(data && "findPrunableLayers takes none without data");
  if (isTransposed)
    return transpose(data->getAs<float>(), getOutputs(), getInputs());
  return data->getAs<float>().vec();
}

void PrunableLayer::setWeight(ArrayRef<float> weight) const {
  // Handles of operations are never const.
  onnx::ConstantOp target = constant;
  onnx::ConstantWriter writer(getType(target));
  std::vector<float> transposed;
  if (isTransposed) {
    transposed = transpose(weight, getInputs(), getOutputs());
    weight = transposed;
  }
  llvm::copy(weight, writer.getAs<float>().begin());
  StringRef name = onnx::getTensorName(target->getResult(0));
  target.setValueAttr(writer.finish(name));
}

/// The constant that defines `value`, if it is a weight of one layer alone.
static onnx::ConstantOp getOwnWeight(Value value) {
  auto constant = value.getDefiningOp<onnx::ConstantOp>();
  if (!constant || !value.hasOneUse())
    return nullptr;
  std::optional<onnx::ConstantData> data = onnx::ConstantData::get(value);
  if (!data || data->isSplat() || data->getShape().size() != 2 ||
      !data->getElementType().isF32() ||
      llvm::any_of(data->getShape(),
                   [](int64_t size) { return size < kLeastSize; }))
    return nullptr;
  return constant;
}

static std::string getName(Operation *op, onnx::ConstantOp constant) {
  StringRef name = onnx::getNodeName(op->getLoc());
  if (name.empty())
    name = onnx::getTensorName(constant->getResult(0));
  return name.str();
}

std::vector<PrunableLayer> sopt::findPrunableLayers(func::FuncOp function) {
  std::vector<PrunableLayer> layers;
  auto add = [&](Operation *op, Value input, Value weight, bool isTransposed) {
    if (onnx::ConstantOp constant = getOwnWeight(weight))
      layers.push_back({getName(op, constant), input, constant, isTransposed});
  };
  for (Operation &op : function.getOps()) {
    if (auto product = dyn_cast<onnx::MatMulOp>(op))
      add(product, product.getA(), product.getB(), /*isTransposed=*/false);
    if (auto product = dyn_cast<onnx::GemmOp>(op);
        product && product.getTransA() == 0)
      add(product, product.getA(), product.getB(), product.getTransB() != 0);
  }
  return layers;
}
