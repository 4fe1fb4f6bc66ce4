//===- OldNode.cpp - A node on its way to a newer opset -------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OldNode.h"
#include "TensorData.h"
#include "llvm/ADT/APFloat.h"

using namespace llvm;
using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;
using ::onnx::TypeProto;

//===----------------------------------------------------------------------===//
// TensorScope
//===----------------------------------------------------------------------===//

TensorScope::TensorScope(const ::onnx::GraphProto &graph,
                         const TensorScope *parent)
    : parent(parent) {
  for (const auto *values :
       {&graph.input(), &graph.value_info(), &graph.output()})
    for (const auto &value : *values) {
      names.insert(value.name());
      if (value.type().has_tensor_type())
        types[value.name()] = &value.type().tensor_type();
    }
  for (const TensorProto &tensor : graph.initializer()) {
    names.insert(tensor.name());
    constants[tensor.name()] = &tensor;
  }
  for (const NodeProto &node : graph.node()) {
    for (const std::string &output : node.output())
      names.insert(output);
    if (node.op_type() == "Constant" && node.output_size() == 1 &&
        node.attribute_size() == 1 && node.attribute(0).has_t())
      constants[node.output(0)] = &node.attribute(0).t();
  }
}

const TypeProto::Tensor *TensorScope::getType(StringRef name) const {
  for (const TensorScope *scope = this; scope; scope = scope->parent)
    if (const auto *type = scope->types.lookup(name))
      return type;
  return nullptr;
}

const TensorProto *TensorScope::getConstant(StringRef name) const {
  for (const TensorScope *scope = this; scope; scope = scope->parent)
    if (const auto *tensor = scope->constants.lookup(name))
      return tensor;
  return nullptr;
}

std::string TensorScope::makeName(const std::string &hint) {
  std::string name = hint;
  for (unsigned suffix = 1; !names.insert(name).second; ++suffix)
    name = hint + "_" + std::to_string(suffix);
  return name;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

std::optional<AttributeProto> OldNode::takeAttribute(StringRef name) {
  auto &attributes = *node.mutable_attribute();
  auto it = find_if(attributes, [&](const AttributeProto &attribute) {
    return attribute.name() == name;
  });
  if (it == attributes.end())
    return std::nullopt;
  AttributeProto taken = std::move(*it);
  attributes.erase(it);
  return taken;
}

int64_t OldNode::takeInt(StringRef name, int64_t otherwise) {
  std::optional<AttributeProto> taken = takeAttribute(name);
  return taken ? taken->i() : otherwise;
}

static AttributeProto &addAttribute(NodeProto &node, const std::string &name,
                                    AttributeProto::AttributeType type) {
  AttributeProto &attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

void OldNode::setInt(const std::string &name, int64_t value) {
  addAttribute(node, name, AttributeProto::INT).set_i(value);
}

void OldNode::setString(const std::string &name, const std::string &value) {
  addAttribute(node, name, AttributeProto::STRING).set_s(value);
}

void OldNode::setFloats(const std::string &name, ArrayRef<float> values) {
  addAttribute(node, name, AttributeProto::FLOATS)
      .mutable_floats()
      ->Add(values.begin(), values.end());
}

void OldNode::renameAttribute(StringRef from, const std::string &to) {
  if (std::optional<AttributeProto> attribute = takeAttribute(from)) {
    attribute->set_name(to);
    *node.add_attribute() = std::move(*attribute);
  }
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

bool OldNode::hasInput(int input) const {
  return input < node.input_size() && !node.input(input).empty();
}

Expected<int64_t> OldNode::getRank(int input) const {
  const TypeProto::Tensor *type =
      hasInput(input) ? scope.getType(node.input(input)) : nullptr;
  if (type && type->has_shape())
    return type->shape().dim_size();
  const TensorProto *constant =
      hasInput(input) ? scope.getConstant(node.input(input)) : nullptr;
  if (constant)
    return constant->dims_size();
  return refuse("needs to know how many dimensions its input " + Twine(input) +
                " has");
}

int32_t OldNode::getElementType(int input) const {
  const TypeProto::Tensor *type =
      hasInput(input) ? scope.getType(node.input(input)) : nullptr;
  return type && type->elem_type() ? type->elem_type() : TensorProto::FLOAT;
}

template <typename T>
static std::vector<double> toNumbers(ArrayRef<char> data) {
  const auto *begin = reinterpret_cast<const T *>(data.data());
  size_t count = data.size() / sizeof(T);
  return std::vector<double>(begin, begin + count);
}

Expected<std::vector<double>> OldNode::getNumbers(int input) const {
  const TensorProto *constant =
      hasInput(input) ? scope.getConstant(node.input(input)) : nullptr;
  if (!constant)
    return refuse("needs its input " + Twine(input) + " to be a constant");
  TensorProto tensor = *constant;
  ExternalFiles none{std::string()};
  Expected<mlir::AsmResourceBlob> data = takeData(tensor, none);
  if (!data)
    return data.takeError();
  switch (tensor.data_type()) {
  case TensorProto::FLOAT:
    return toNumbers<float>(data->getData());
  case TensorProto::DOUBLE:
    return toNumbers<double>(data->getData());
  case TensorProto::INT32:
    return toNumbers<int32_t>(data->getData());
  case TensorProto::INT64:
    return toNumbers<int64_t>(data->getData());
  default:
    return refuse("needs its input " + Twine(input) +
                  " to be of float, double, int32 or int64");
  }
}

//===----------------------------------------------------------------------===//
// Nodes in front
//===----------------------------------------------------------------------===//

NodeProto &OldNode::addBefore(const char *op, ArrayRef<std::string> inputs) {
  NodeProto &added = before.emplace_back();
  added.set_op_type(op);
  for (const std::string &input : inputs)
    added.add_input(input);
  added.add_output(scope.makeName(node.output(0) + "_" + op));
  return added;
}

std::string OldNode::addConstant(const TensorProto &value) {
  NodeProto &constant = addBefore("Constant", {});
  *addAttribute(constant, "value", AttributeProto::TENSOR).mutable_t() = value;
  return constant.output(0);
}

std::string OldNode::addInts(ArrayRef<int64_t> values) {
  TensorProto tensor;
  tensor.set_data_type(TensorProto::INT64);
  tensor.add_dims(values.size());
  tensor.mutable_int64_data()->Add(values.begin(), values.end());
  return addConstant(tensor);
}

std::string OldNode::addScalar(float value) {
  TensorProto tensor;
  tensor.set_data_type(getElementType(0));
  auto addBits = [&](const fltSemantics &semantics) {
    APFloat number(value);
    bool losesInfo;
    number.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
    tensor.add_int32_data(number.bitcastToAPInt().getZExtValue());
  };
  switch (tensor.data_type()) {
  case TensorProto::DOUBLE:
    tensor.add_double_data(value);
    break;
  case TensorProto::FLOAT16:
    addBits(APFloat::IEEEhalf());
    break;
  default:
    tensor.set_data_type(TensorProto::FLOAT);
    tensor.add_float_data(value);
  }
  return addConstant(tensor);
}

void OldNode::unsqueeze(int input, ArrayRef<int64_t> axes) {
  NodeProto &added = addBefore("Unsqueeze", {node.input(input)});
  addAttribute(added, "axes", AttributeProto::INTS)
      .mutable_ints()
      ->Add(axes.begin(), axes.end());
  node.set_input(input, added.output(0));
}

//===----------------------------------------------------------------------===//
// The end
//===----------------------------------------------------------------------===//

Error OldNode::refuse(const Twine &why) const {
  StringRef name = node.name().empty() ? node.output(0) : node.name();
  return createStringError("node '" + name + "' (" + node.op_type() + ") " +
                           why);
}

void OldNode::finish(google::protobuf::RepeatedPtrField<NodeProto> &nodes) {
  if (dissolved) {
    // Whoever made the node from others made them in order.
    before.back().set_output(0, node.output(0));
    before.back().set_name(node.name());
  }
  for (NodeProto &added : before)
    *nodes.Add() = std::move(added);
  if (!dissolved)
    *nodes.Add() = std::move(node);
}
