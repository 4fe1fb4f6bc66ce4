//===- OuterConstants.cpp - Constants that subgraphs see ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OuterConstants.h"
#include "Branches.h"
#include "Scope.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;

void LentConstants::lend(GraphProto &graph, const Scope *parent) {
  Scope scope(graph, parent);
  for (NodeProto &node : *graph.mutable_node())
    for (AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g())
        lend(*attribute.mutable_g(), &scope);
  if (!parent)
    return;
  borrowers.push_back({&graph, graph.initializer_size()});
  StringSet<> lent;
  for (const NodeProto &node : graph.node())
    for (const std::string &input : node.input()) {
      if (scope.defines(input) || lent.contains(input))
        continue;
      std::optional<TensorProto> constant = parent->findConstant(input);
      if (!constant)
        continue;
      lent.insert(input);
      constant->set_name(input);
      *graph.add_initializer() = std::move(*constant);
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

static void dropEmptyInputs(NodeProto &resize, const Scope &scope) {
  auto &inputs = *resize.mutable_input();
  for (std::string &input : drop_begin(inputs)) {
    std::optional<TensorProto> constant = scope.findConstant(input);
    if (constant && is_contained(constant->dims(), 0))
      input.clear();
  }
  while (!inputs.empty() && inputs.rbegin()->empty())
    inputs.RemoveLast();
}

static void dropEmptyInputs(GraphProto &graph, const Scope *parent) {
  Scope scope(graph, parent);
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
