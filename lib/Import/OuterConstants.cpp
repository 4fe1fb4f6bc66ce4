//===- OuterConstants.cpp - Constants that subgraphs see ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OuterConstants.h"
#include "Branches.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;

/// Larger tensors are no shapes, axes or scales.
static constexpr uint64_t kMaxBytes = 1024;

/// The tensor of a Constant node; nothing if it is of another form or large.
static std::optional<TensorProto> getTensor(const NodeProto &node) {
  if (node.op_type() != "Constant" || node.attribute_size() != 1)
    return std::nullopt;
  const AttributeProto &attribute = node.attribute(0);
  if (attribute.ByteSizeLong() > kMaxBytes)
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

/// What a graph defines, and those around it.
struct sopt::ConstantScope {
  ConstantScope(const GraphProto &graph, const ConstantScope *parent)
      : parent(parent) {
    for (const auto &input : graph.input())
      defined.insert(input.name());
    for (const TensorProto &tensor : graph.initializer()) {
      defined.insert(tensor.name());
      if (tensor.ByteSizeLong() <= kMaxBytes)
        constants[tensor.name()] = tensor;
    }
    for (const NodeProto &node : graph.node()) {
      for (const std::string &output : node.output())
        defined.insert(output);
      if (node.output_size() == 1)
        if (std::optional<TensorProto> tensor = getTensor(node))
          constants[node.output(0)] = std::move(*tensor);
    }
  }

  /// The constant that `name` means, or null.
  const TensorProto *find(StringRef name) const {
    for (const ConstantScope *scope = this; scope; scope = scope->parent) {
      auto found = scope->constants.find(name);
      if (found != scope->constants.end())
        return &found->second;
      if (scope->defined.contains(name))
        return nullptr;
    }
    return nullptr;
  }

  const ConstantScope *parent;
  StringSet<> defined;
  StringMap<TensorProto> constants;
};

void LentConstants::lend(GraphProto &graph, const ConstantScope *parent) {
  ConstantScope scope(graph, parent);
  for (NodeProto &node : *graph.mutable_node())
    for (AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g())
        lend(*attribute.mutable_g(), &scope);
  if (!parent)
    return;
  borrowers.push_back({&graph, graph.initializer_size()});
  for (const NodeProto &node : graph.node())
    for (const std::string &input : node.input()) {
      if (scope.defined.contains(input))
        continue;
      const TensorProto *constant = parent->find(input);
      if (!constant)
        continue;
      scope.defined.insert(input);
      TensorProto &lent = *graph.add_initializer();
      lent = *constant;
      lent.set_name(input);
    }
}

LentConstants::LentConstants(GraphProto &graph) {
  if (hasSubgraphs(graph))
    lend(graph, /*parent=*/nullptr);
}

LentConstants::~LentConstants() {
  for (auto [graph, numOwn] : borrowers)
    graph->mutable_initializer()->DeleteSubrange(
        numOwn, graph->initializer_size() - numOwn);
}

static void dropEmptyInputs(NodeProto &resize, const ConstantScope &scope) {
  auto &inputs = *resize.mutable_input();
  for (std::string &input : drop_begin(inputs)) {
    const TensorProto *constant = scope.find(input);
    if (constant && is_contained(constant->dims(), 0))
      input.clear();
  }
  while (!inputs.empty() && inputs.rbegin()->empty())
    inputs.RemoveLast();
}

static void dropEmptyInputs(GraphProto &graph, const ConstantScope *parent) {
  ConstantScope scope(graph, parent);
  for (NodeProto &node : *graph.mutable_node()) {
    if (parent && node.domain().empty() && node.op_type() == "Resize")
      dropEmptyInputs(node, scope);
    for (AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g())
        dropEmptyInputs(*attribute.mutable_g(), &scope);
  }
}

void sopt::dropEmptyInputs(GraphProto &graph) {
  if (hasSubgraphs(graph))
    ::dropEmptyInputs(graph, /*parent=*/nullptr);
}
