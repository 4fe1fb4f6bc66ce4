//===- Branches.cpp - Conditions that are known before a run --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Branches.h"
#include "Scope.h"
#include "llvm/ADT/STLExtras.h"
#include <google/protobuf/repeated_ptr_field.h>

using namespace llvm;
using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;

bool sopt::hasSubgraphs(const GraphProto &graph) {
  return any_of(graph.node(), [](const NodeProto &node) {
    return any_of(node.attribute(), [](const AttributeProto &attribute) {
      return attribute.has_g();
    });
  });
}

/// Gives what `graph` uses other names, in graphs inside it too.
static void renameUses(GraphProto &graph,
                       const StringMap<std::string> &newNames) {
  auto rename = [&](std::string &name) {
    auto found = newNames.find(name);
    if (found != newNames.end())
      name = found->second;
  };
  for (NodeProto &node : *graph.mutable_node()) {
    for (std::string &input : *node.mutable_input())
      rename(input);
    for (AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g())
        renameUses(*attribute.mutable_g(), newNames);
  }
  for (auto &output : *graph.mutable_output())
    rename(*output.mutable_name());
}

/// Names what `branch` defines after `prefix`, so that it can be defined in the
/// graph around it.
static void renameDefinitions(GraphProto &branch, const std::string &prefix) {
  StringMap<std::string> newNames;
  auto rename = [&](std::string &name) {
    if (name.empty())
      return;
    std::string renamed = prefix + "/" + name;
    newNames[name] = renamed;
    name = renamed;
  };
  for (NodeProto &node : *branch.mutable_node())
    for (std::string &output : *node.mutable_output())
      rename(output);
  for (TensorProto &tensor : *branch.mutable_initializer())
    rename(*tensor.mutable_name());
  renameUses(branch, newNames);
}

/// Adds the nodes of `branch`, and what hands on its outputs as those of
/// `node`, to `nodes`, and its initializers to `graph`.
static void spliceBranch(const NodeProto &node, GraphProto branch,
                         GraphProto &graph,
                         google::protobuf::RepeatedPtrField<NodeProto> &nodes) {
  renameDefinitions(branch, node.output(0));
  for (NodeProto &inner : *branch.mutable_node())
    *nodes.Add() = std::move(inner);
  for (TensorProto &tensor : *branch.mutable_initializer())
    *graph.add_initializer() = std::move(tensor);
  for (int i = 0; i < node.output_size() && i < branch.output_size(); ++i) {
    if (node.output(i).empty())
      continue;
    NodeProto *identity = nodes.Add();
    identity->set_op_type("Identity");
    identity->set_name(node.name());
    identity->add_input(branch.output(i).name());
    identity->add_output(node.output(i));
  }
}

/// Whether the only output of a branch is what `kind` makes of `value`.
static const NodeProto *findResult(const GraphProto &branch, StringRef kind,
                                   StringRef value) {
  if (branch.output_size() != 1)
    return nullptr;
  for (const NodeProto &node : branch.node())
    if (node.op_type() == kind && node.input_size() > 0 &&
        node.input(0) == value && node.output_size() == 1 &&
        node.output(0) == branch.output(0).name())
      return &node;
  return nullptr;
}

/// The number that a value of one element is, if that is known.
static std::optional<int64_t> getNumber(const Scope &scope, StringRef name) {
  std::optional<Elements> elements = scope.evaluate(name);
  return elements && elements->size() == 1 ? elements->front() : std::nullopt;
}

/// The dimension that a Squeeze drops, if it is one.
static std::optional<int64_t> getAxis(const NodeProto &squeeze,
                                      const Scope &scope) {
  if (squeeze.input_size() == 2)
    return getNumber(scope, squeeze.input(1));
  const AttributeProto *axes = findAttribute(squeeze, "axes");
  return axes && axes->ints_size() == 1 ? std::optional(axes->ints(0))
                                        : std::nullopt;
}

/// What defines `name`, past nodes that hand a condition on.
static const NodeProto *findCondition(const Scope &scope, StringRef name) {
  const NodeProto *node = scope.findNode(name);
  while (node && node->input_size() == 1 &&
         (node->op_type() == "Cast" || node->op_type() == "Identity"))
    node = scope.findNode(node->input(0));
  return node;
}

/// Whether `node` is If(Gather(Shape(x), axis) == 1) {Squeeze(x, axis)} else
/// {x}.
static bool isSqueeze(const NodeProto &node, const Scope &scope) {
  if (node.op_type() != "If" || node.input_size() != 1 ||
      node.output_size() != 1)
    return false;
  const NodeProto *equal = findCondition(scope, node.input(0));
  if (!equal || equal->op_type() != "Equal" || equal->input_size() != 2 ||
      getNumber(scope, equal->input(1)) != 1)
    return false;
  const NodeProto *size = scope.findNode(equal->input(0));
  if (!size || size->op_type() != "Gather" || size->input_size() != 2)
    return false;
  const NodeProto *shape = scope.findNode(size->input(0));
  std::optional<int64_t> axis = getNumber(scope, size->input(1));
  if (!shape || shape->op_type() != "Shape" || shape->attribute_size() != 0 ||
      !axis)
    return false;
  const AttributeProto *drop = findAttribute(node, "then_branch");
  const AttributeProto *keep = findAttribute(node, "else_branch");
  const std::string &x = shape->input(0);
  if (!drop || !keep || !findResult(keep->g(), "Identity", x))
    return false;
  const NodeProto *squeeze = findResult(drop->g(), "Squeeze", x);
  return squeeze && getAxis(*squeeze, Scope(drop->g(), &scope)) == axis;
}

/// The branch of `node` to take, or null to leave it.
using Chooser = function_ref<const AttributeProto *(const NodeProto &node,
                                                    const Scope &scope)>;

static bool foldIn(GraphProto &graph, const Scope *parent, Chooser choose) {
  bool hasChanged = false;
  google::protobuf::RepeatedPtrField<NodeProto> nodes;
  {
    Scope scope(graph, parent);
    for (NodeProto &node : *graph.mutable_node()) {
      const AttributeProto *branch =
          node.op_type() == "If" && node.input_size() == 1 ? choose(node, scope)
                                                           : nullptr;
      if (branch && node.output_size() > 0 && !node.output(0).empty() &&
          branch->g().sparse_initializer().empty()) {
        spliceBranch(node, branch->g(), graph, nodes);
        hasChanged = true;
        continue;
      }
      for (AttributeProto &attribute : *node.mutable_attribute())
        if (attribute.has_g())
          hasChanged |= foldIn(*attribute.mutable_g(), &scope, choose);
      *nodes.Add() = node;
    }
  }
  if (hasChanged)
    graph.mutable_node()->Swap(&nodes);
  return hasChanged;
}

bool sopt::foldBranches(GraphProto &graph) {
  return foldIn(
      graph, nullptr,
      [](const NodeProto &node, const Scope &scope) -> const AttributeProto * {
        std::optional<int64_t> condition = getNumber(scope, node.input(0));
        if (!condition)
          return nullptr;
        return findAttribute(node, *condition ? "then_branch" : "else_branch");
      });
}

bool sopt::foldSqueeze(GraphProto &graph, unsigned skipped, bool drops) {
  return foldIn(
      graph, nullptr,
      [&](const NodeProto &node, const Scope &scope) -> const AttributeProto * {
        if (!isSqueeze(node, scope) || skipped-- != 0)
          return nullptr;
        return findAttribute(node, drops ? "then_branch" : "else_branch");
      });
}
