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

Operation *PrunableLayer::getProduct() const {
  onnx::ConstantOp weight = constant;
  return *weight->getUsers().begin();
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

std::vector<float> PrunableLayer::getAddend() const {
  std::vector<float> values(getOutputs(), 0.0f);
  if (!addend)
    return values;
  onnx::ConstantData data = *onnx::ConstantData::get(addend->getResult(0));
  ArrayRef<float> given = data.getAs<float>();
  for (auto [index, value] : llvm::enumerate(values))
    value = given[data.isSplat() ? 0 : index];
  return values;
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

/// Finds the layer's bias, if it has no addend yet, and its stream among the
/// additions behind its product.
static void findAdditions(PrunableLayer &layer) {
  auto [add, other] = getAddition(layer.output);
  if (!add)
    return;
  if (onnx::ConstantOp bias = getOwnConstant(other, /*rank=*/1);
      bias && !layer.addend &&
      getType(bias).getDimSize(0) == layer.getOutputs()) {
    layer.addend = layer.bias = bias;
    layer.output = add->getResult(0);
    std::tie(add, other) = getAddition(layer.output);
    if (!add)
      return;
  }
  if (!other.getDefiningOp<onnx::ConstantOp>() &&
      other.getType() == layer.output.getType())
    layer.stream = other;
}

/// What exporters write for a constant that several nodes share.
static Value skipIdentities(Value value) {
  while (auto identity = value.getDefiningOp<onnx::IdentityOp>())
    value = identity.getInput();
  return value;
}

/// Takes a Gemm's third operand for the layer's addend; false if it is none.
static bool takeAddend(PrunableLayer &layer, Value operand) {
  Value value = skipIdentities(operand);
  std::optional<onnx::ConstantData> data = onnx::ConstantData::get(value);
  if (!data || !data->getElementType().isF32())
    return false;
  // It broadcasts to rows of outputs; a splat may have fewer elements.
  int64_t count = data->getNumElements();
  if (data->getShape().size() > 1 ||
      (count != layer.getOutputs() && !(count == 1 && data->isSplat())))
    return false;
  layer.addend = value.getDefiningOp<onnx::ConstantOp>();
  layer.bias = getOwnConstant(operand, /*rank=*/1);
  return true;
}

static std::string getName(Operation *op, onnx::ConstantOp constant) {
  StringRef name = onnx::getNodeName(op->getLoc());
  if (name.empty())
    name = onnx::getTensorName(constant->getResult(0));
  return name.str();
}

/// The layer whose product `op` is, or none.
static std::optional<PrunableLayer> makeLayer(Operation *op, Value input,
                                              Value weight, bool isTransposed) {
  Value output = op->getResult(0);
  onnx::ConstantOp constant = getOwnWeight(weight);
  if (!constant || !isa<RankedTensorType>(input.getType()) ||
      !isa<RankedTensorType>(output.getType()))
    return std::nullopt;
  return PrunableLayer{getName(op, constant), input, constant, isTransposed,
                       output};
}

static std::optional<PrunableLayer> makeLayer(onnx::GemmOp product) {
  if (product.getTransA() != 0 || product.getAlpha().convertToFloat() != 1 ||
      product.getBeta().convertToFloat() != 1)
    return std::nullopt;
  auto layer = makeLayer(product, product.getA(), product.getB(),
                         product.getTransB() != 0);
  if (layer && product.getC() && !takeAddend(*layer, product.getC()))
    return std::nullopt;
  return layer;
}

std::vector<PrunableLayer> sopt::findPrunableLayers(func::FuncOp function) {
  std::vector<PrunableLayer> layers;
  for (Operation &op : function.getOps()) {
    std::optional<PrunableLayer> layer;
    if (auto product = dyn_cast<onnx::MatMulOp>(op))
      layer = makeLayer(product, product.getA(), product.getB(),
                        /*isTransposed=*/false);
    else if (auto product = dyn_cast<onnx::GemmOp>(op))
      layer = makeLayer(product);
    if (!layer)
      continue;
    findAdditions(*layer);
    layers.push_back(std::move(*layer));
  }
  return layers;
}
