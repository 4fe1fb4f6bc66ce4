//===- GuessedTypes.cpp - Results that nothing types ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GuessedTypes.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;
using namespace sopt;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;

/// The element type of each value that has a type, 0 if it is no tensor.
static StringMap<int32_t> getElementTypes(const GraphProto &graph) {
  StringMap<int32_t> types;
  for (const auto *values :
       {&graph.input(), &graph.output(), &graph.value_info()})
    for (const auto &value : *values)
      if (value.has_type())
        types[value.name()] = value.type().tensor_type().elem_type();
  for (const TensorProto &tensor : graph.initializer())
    types[tensor.name()] = tensor.data_type();
  return types;
}

static bool isFloat(int32_t type) {
  return type == TensorProto::FLOAT || type == TensorProto::FLOAT16 ||
         type == TensorProto::DOUBLE || type == TensorProto::BFLOAT16;
}

static int32_t guessElementType(const NodeProto &node,
                                const StringMap<int32_t> &types) {
  int32_t guess = 0;
  for (const std::string &input : node.input()) {
    int32_t type = types.lookup(input);
    if (isFloat(type))
      return type;
    if (!guess)
      guess = type;
  }
  return guess;
}

bool sopt::guessTypes(GraphProto &graph, StringSet<> &guessed) {
  StringMap<int32_t> types = getElementTypes(graph);
  bool hasGuessed = false;
  for (const NodeProto &node : graph.node()) {
    if (node.domain().empty() || node.domain() == "ai.onnx")
      continue;
    int32_t guess = guessElementType(node, types);
    if (!guess)
      continue;
    for (const std::string &output : node.output()) {
      if (output.empty() || !types.try_emplace(output, guess).second)
        continue;
      auto &info = *graph.add_value_info();
      info.set_name(output);
      info.mutable_type()->mutable_tensor_type()->set_elem_type(guess);
      guessed.insert(output);
      hasGuessed = true;
    }
  }
  return hasGuessed;
}
