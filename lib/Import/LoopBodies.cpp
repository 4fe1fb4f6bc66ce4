//===- LoopBodies.cpp - What a Loop carries has a rank --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopBodies.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;
using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::NodeProto;

/// Ranks of the values of a graph and of those around it.
using Ranks = StringMap<int>;

static void addRanks(const GraphProto &graph, Ranks &ranks) {
  for (const auto *values :
       {&graph.input(), &graph.output(), &graph.value_info()})
    for (const auto &value : *values)
      if (value.type().has_tensor_type() &&
          value.type().tensor_type().has_shape())
        ranks[value.name()] = value.type().tensor_type().shape().dim_size();
  for (const auto &tensor : graph.initializer())
    ranks[tensor.name()] = tensor.dims_size();
}

/// The body of `loop` takes an iteration's number and a condition first, as the
/// node takes a number of iterations and a condition.
static bool giveRanks(const NodeProto &loop, GraphProto &body,
                      const Ranks &ranks) {
  bool hasChanged = false;
  for (int i = 2; i < loop.input_size() && i < body.input_size(); ++i) {
    auto known = ranks.find(loop.input(i));
    auto &type = *body.mutable_input(i)->mutable_type();
    if (known == ranks.end() || !type.has_tensor_type() ||
        type.tensor_type().has_shape())
      continue;
    auto &shape = *type.mutable_tensor_type()->mutable_shape();
    for (int dim = 0; dim < known->second; ++dim)
      shape.add_dim();
    hasChanged = true;
  }
  return hasChanged;
}

static bool giveRanksIn(GraphProto &graph, Ranks ranks) {
  addRanks(graph, ranks);
  bool hasChanged = false;
  for (NodeProto &node : *graph.mutable_node())
    for (AttributeProto &attribute : *node.mutable_attribute()) {
      if (!attribute.has_g())
        continue;
      if (node.op_type() == "Loop")
        hasChanged |= giveRanks(node, *attribute.mutable_g(), ranks);
      hasChanged |= giveRanksIn(*attribute.mutable_g(), ranks);
    }
  return hasChanged;
}

bool sopt::giveLoopsRanks(GraphProto &graph) { return giveRanksIn(graph, {}); }
