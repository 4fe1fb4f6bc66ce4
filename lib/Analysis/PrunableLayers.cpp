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

static std::vector<float> getValues(onnx::ConstantOp constant) {
  std::optional<onnx::ConstantData> data =
      onnx::ConstantData::get(constant->getResult(0));
  assert(data && "findPrunableLayers takes none without data");
  return data->getAs<float>().vec();
}

static void setValues(onnx::ConstantOp constant, ArrayRef<float> values) {
  onnx::ConstantWriter writer(getType(constant));
  llvm::copy(values, writer.getAs<float>().begin());
  StringRef name = onnx::getTensorName(constant->getResult(0));
  constant.setValueAttr(writer.finish(name));
}

std::vector<float> PrunableLayer::getWeight() const {
  std::vector<float> values = getValues(constant);
  return isTransposed ? transpose(values, getOutputs(), getInputs()) : values;
}

void PrunableLayer::setWeight(ArrayRef<float> weight) const {
  if (isTransposed)
    setValues(constant, transpose(weight, getInputs(), getOutputs()));
  else
    setValues(constant, weight);
}

std::vector<float> PrunableLayer::getBias() const { return getValues(bias); }

void PrunableLayer::setBias(ArrayRef<float> values) const {
  setValues(bias, values);
}

/// The f32 constant of `rank` axes that defines `value`, if nothing else uses
/// it.
static onnx::ConstantOp getOwnConstant(Value value, int64_t rank) {
  auto constant = value.getDefiningOp<onnx::ConstantOp>();
  if (!constant || !value.hasOneUse())
    return nullptr;
  std::optional<onnx::ConstantData> data = onnx::ConstantData::get(value);
  if (!data || data->isSplat() || int64_t(data->getShape().size()) != rank ||
      !data->getElementType().isF32())
    return nullptr;
  return constant;
}

/// The constant that defines `value`, if it is a weight of one layer alone.
static onnx::ConstantOp getOwnWeight(Value value) {
  onnx::ConstantOp constant = getOwnConstant(value, /*rank=*/2);
  if (!constant || llvm::any_of(getType(constant).getShape(),
                                [](int64_t size) { return size < kLeastSize; }))
    return nullptr;
  return constant;
}

/// The addition that alone uses `value`, and its other operand.
static std::pair<onnx::AddOp, Value> getAddition(Value value) {
  if (!value.hasOneUse())
    return {};
  auto add = dyn_cast<onnx::AddOp>(*value.user_begin());
  if (!add)
    return {};
  return {add, add.getA() == value ? add.getB() : add.getA()};
}

/// Finds the layer's bias and stream behind its product.
static void findAdditions(PrunableLayer &layer, Value product) {
  auto [add, other] = getAddition(product);
  if (!add)
    return;
  if (onnx::ConstantOp bias = getOwnConstant(other, /*rank=*/1);
      bias && !layer.bias &&
      getType(bias).getDimSize(0) == layer.getOutputs()) {
    layer.bias = bias;
    std::tie(add, other) = getAddition(add->getResult(0));
    if (!add)
      return;
  }
  if (!other.getDefiningOp<onnx::ConstantOp>() &&
      other.getType() == product.getType())
    layer.stream = other;
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
    onnx::ConstantOp constant = getOwnWeight(weight);
    if (constant)
      layers.push_back({getName(op, constant), input, constant, isTransposed});
    return bool(constant);
  };
  for (Operation &op : function.getOps()) {
    if (auto product = dyn_cast<onnx::MatMulOp>(op);
        product && add(product, product.getA(), product.getB(),
                       /*isTransposed=*/false))
      findAdditions(layers.back(), product.getY());
    if (auto product = dyn_cast<onnx::GemmOp>(op);
        product && product.getTransA() == 0 &&
        add(product, product.getA(), product.getB(),
            product.getTransB() != 0) &&
        product.getAlpha().convertToFloat() == 1 &&
        product.getBeta().convertToFloat() == 1) {
      if (product.getC())
        layers.back().bias = getOwnConstant(product.getC(), /*rank=*/1);
      findAdditions(layers.back(), product.getY());
    }
  }
  return layers;
}
