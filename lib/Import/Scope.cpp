//===- Scope.cpp - What a graph tells of its values -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Scope.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;
using ::onnx::TypeProto;

/// Tensors of more elements are no shapes.
static constexpr int64_t kMaxElements = 64;
/// Larger tensors are no shapes, axes or scales.
static constexpr uint64_t kMaxConstantBytes = 1024;
/// Longer chains of nodes are not followed.
static constexpr unsigned kMaxDepth = 32;

Scope::Scope(const GraphProto &graph, const Scope *parent) : parent(parent) {
  for (const auto &input : graph.input())
    inputs.insert(input.name());
  for (const NodeProto &node : graph.node())
    for (const std::string &output : node.output())
      nodes[output] = &node;
  for (const TensorProto &tensor : graph.initializer())
    constants[tensor.name()] = &tensor;
  for (const auto *values :
       {&graph.input(), &graph.output(), &graph.value_info()})
    for (const auto &value : *values)
      types[value.name()] = &value.type();
}

const NodeProto *Scope::findNode(StringRef name) const {
  for (const Scope *scope = this; scope; scope = scope->parent)
    if (const NodeProto *node = scope->nodes.lookup(name))
      return node;
  return nullptr;
}

bool Scope::defines(StringRef name) const {
  return inputs.contains(name) || nodes.contains(name) ||
         constants.contains(name);
}

const TypeProto *Scope::findType(StringRef name) const {
  for (const Scope *scope = this; scope; scope = scope->parent)
    if (const TypeProto *type = scope->types.lookup(name))
      return type;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Constants and attributes
//===----------------------------------------------------------------------===//

template <typename T>
static std::optional<Elements> readRaw(const std::string &raw) {
  Elements elements;
  for (size_t at = 0; at + sizeof(T) <= raw.size(); at += sizeof(T)) {
    T value;
    memcpy(&value, raw.data() + at, sizeof(T));
    elements.push_back(int64_t(value));
  }
  return elements;
}

static std::optional<Elements> readTensor(const TensorProto &tensor) {
  int64_t count = 1;
  for (int64_t size : tensor.dims())
    if (size < 0 || (count *= std::min(size, kMaxElements + 1)) > kMaxElements)
      return std::nullopt;
  if (tensor.data_location() == TensorProto::EXTERNAL)
    return std::nullopt;
  std::optional<Elements> elements;
  const std::string &raw = tensor.raw_data();
  switch (tensor.data_type()) {
  case TensorProto::INT64:
    elements = !raw.empty() ? readRaw<int64_t>(raw)
                            : Elements(tensor.int64_data().begin(),
                                       tensor.int64_data().end());
    break;
  case TensorProto::INT32:
    elements = !raw.empty() ? readRaw<int32_t>(raw)
                            : Elements(tensor.int32_data().begin(),
                                       tensor.int32_data().end());
    break;
  case TensorProto::BOOL:
    elements = !raw.empty() ? readRaw<uint8_t>(raw)
                            : Elements(tensor.int32_data().begin(),
                                       tensor.int32_data().end());
    break;
  default:
    return std::nullopt;
  }
  if (int64_t(elements->size()) != count)
    return std::nullopt;
  return elements;
}

const AttributeProto *sopt::findAttribute(const NodeProto &node,
                                          StringRef name) {
  for (const AttributeProto &attribute : node.attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

static int64_t getInt(const NodeProto &node, StringRef name, int64_t fallback) {
  const AttributeProto *attribute = findAttribute(node, name);
  return attribute ? attribute->i() : fallback;
}

/// The tensor of a Constant node; nothing if it is of another form or large.
static std::optional<TensorProto> getConstant(const NodeProto &node) {
  if (node.op_type() != "Constant" || node.attribute_size() != 1)
    return std::nullopt;
  const AttributeProto &attribute = node.attribute(0);
  if (attribute.ByteSizeLong() > kMaxConstantBytes)
    return std::nullopt;
  TensorProto tensor;
  switch (attribute.type()) {
  case AttributeProto::TENSOR:
    return attribute.t();
  case AttributeProto::INT:
    tensor.set_data_type(TensorProto::INT64);
    tensor.add_int64_data(attribute.i());
    return tensor;
  case AttributeProto::INTS:
    tensor.set_data_type(TensorProto::INT64);
    tensor.add_dims(attribute.ints_size());
    *tensor.mutable_int64_data() = attribute.ints();
    return tensor;
  case AttributeProto::FLOATS:
    tensor.set_data_type(TensorProto::FLOAT);
    tensor.add_dims(attribute.floats_size());
    *tensor.mutable_float_data() = attribute.floats();
    return tensor;
  default:
    return std::nullopt;
  }
}

std::optional<TensorProto> Scope::findConstant(StringRef name) const {
  for (const Scope *scope = this; scope; scope = scope->parent) {
    if (const TensorProto *tensor = scope->constants.lookup(name))
      return tensor->ByteSizeLong() <= kMaxConstantBytes
                 ? std::optional(*tensor)
                 : std::nullopt;
    if (const NodeProto *node = scope->nodes.lookup(name))
      return getConstant(*node);
    if (scope->inputs.contains(name))
      return std::nullopt;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

static std::optional<Elements> getShape(const NodeProto &node,
                                        const TypeProto *type) {
  if (!type || !type->has_tensor_type() || !type->tensor_type().has_shape())
    return std::nullopt;
  Elements shape;
  for (const auto &dim : type->tensor_type().shape().dim())
    shape.push_back(dim.has_dim_value() ? std::optional(dim.dim_value())
                                        : std::nullopt);
  int64_t rank = shape.size();
  auto limit = [&](int64_t position) {
    return std::clamp<int64_t>(position < 0 ? position + rank : position, 0,
                               rank);
  };
  int64_t start = limit(getInt(node, "start", 0));
  int64_t end = std::max(start, limit(getInt(node, "end", rank)));
  return Elements(ArrayRef(shape).slice(start, end - start));
}

static std::optional<Elements> countElements(const Elements &shape) {
  int64_t count = 1;
  for (std::optional<int64_t> size : shape)
    if (!size || MulOverflow(count, *size, count))
      return std::nullopt;
  return Elements{count};
}

static std::optional<Elements> gather(const Elements &data,
                                      const Elements &indices) {
  Elements result;
  int64_t size = data.size();
  for (std::optional<int64_t> index : indices) {
    if (!index || *index < -size || *index >= size)
      return std::nullopt;
    result.push_back(data[*index < 0 ? *index + size : *index]);
  }
  return result;
}

namespace {
/// An operator on one or two integers.
struct Operator {
  StringLiteral name;
  int64_t (*evaluate)(int64_t a, int64_t b);
};
} // namespace

static const Operator kUnary[] = {
    {"Identity", [](int64_t a, int64_t) { return a; }},
    {"Not", [](int64_t a, int64_t) -> int64_t { return !a; }},
    {"Squeeze", [](int64_t a, int64_t) { return a; }},
    {"Unsqueeze", [](int64_t a, int64_t) { return a; }},
};

static const Operator kBinary[] = {
    {"And", [](int64_t a, int64_t b) -> int64_t { return a && b; }},
    {"Equal", [](int64_t a, int64_t b) -> int64_t { return a == b; }},
    {"Greater", [](int64_t a, int64_t b) -> int64_t { return a > b; }},
    {"GreaterOrEqual", [](int64_t a, int64_t b) -> int64_t { return a >= b; }},
    {"Less", [](int64_t a, int64_t b) -> int64_t { return a < b; }},
    {"LessOrEqual", [](int64_t a, int64_t b) -> int64_t { return a <= b; }},
    {"Or", [](int64_t a, int64_t b) -> int64_t { return a || b; }},
};

static std::optional<Elements>
evaluatePairs(const Operator &op, const Elements &a, const Elements &b) {
  size_t count = std::max(a.size(), b.size());
  if ((a.size() != count && a.size() != 1) ||
      (b.size() != count && b.size() != 1))
    return std::nullopt;
  Elements result;
  for (size_t i = 0; i < count; ++i) {
    std::optional<int64_t> x = a[a.size() == 1 ? 0 : i];
    std::optional<int64_t> y = b[b.size() == 1 ? 0 : i];
    result.push_back(x && y ? std::optional(op.evaluate(*x, *y))
                            : std::nullopt);
  }
  return result;
}

/// A cast, where it changes no value that is known.
static std::optional<Elements> cast(const NodeProto &node,
                                    const Elements &elements) {
  Elements result;
  int64_t to = getInt(node, "to", 0);
  for (std::optional<int64_t> element : elements) {
    if (to == TensorProto::BOOL && element)
      element = *element != 0;
    else if (to == TensorProto::INT32 && element &&
             *element != int32_t(*element))
      return std::nullopt;
    else if (to != TensorProto::BOOL && to != TensorProto::INT32 &&
             to != TensorProto::INT64)
      return std::nullopt;
    result.push_back(element);
  }
  return result;
}

std::optional<Elements> Scope::evaluateNode(const NodeProto &node,
                                            unsigned depth) const {
  StringRef kind = node.op_type();
  if (!node.domain().empty() && node.domain() != "ai.onnx")
    return std::nullopt;
  if (kind == "Constant") {
    std::optional<TensorProto> constant = getConstant(node);
    return constant ? readTensor(*constant) : std::nullopt;
  }
  if (node.input_size() == 0)
    return std::nullopt;
  if (kind == "Shape" || kind == "Size") {
    std::optional<Elements> shape = getShape(node, findType(node.input(0)));
    return kind == "Size" && shape ? countElements(*shape) : shape;
  }
  std::optional<Elements> a = evaluate(node.input(0), depth + 1);
  if (!a)
    return std::nullopt;
  if (kind == "Cast")
    return cast(node, *a);
  for (const Operator &op : kUnary)
    if (kind == op.name)
      return evaluatePairs(op, *a, *a);
  if (node.input_size() != 2)
    return std::nullopt;
  std::optional<Elements> b = evaluate(node.input(1), depth + 1);
  if (!b)
    return std::nullopt;
  if (kind == "Gather" && getInt(node, "axis", 0) == 0)
    return gather(*a, *b);
  for (const Operator &op : kBinary)
    if (kind == op.name)
      return evaluatePairs(op, *a, *b);
  return std::nullopt;
}

std::optional<Elements> Scope::evaluate(StringRef name, unsigned depth) const {
  if (depth > kMaxDepth)
    return std::nullopt;
  if (const TensorProto *constant = constants.lookup(name))
    return readTensor(*constant);
  if (const NodeProto *node = nodes.lookup(name))
    return evaluateNode(*node, depth);
  return parent ? parent->evaluate(name, depth) : std::nullopt;
}
