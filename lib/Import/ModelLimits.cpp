//===- ModelLimits.cpp - Small files that stand for huge models -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelLimits.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace sopt;
using ::onnx::FunctionProto;
using ::onnx::GraphProto;
using ::onnx::ModelProto;
using ::onnx::NodeProto;

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

namespace {
/// Counts the nodes that calls stand for, each function once.
class CallCounter {
public:
  explicit CallCounter(const ModelProto &model) {
    for (const FunctionProto &function : model.functions())
      functions[getKey(function.domain(), function.name(),
                       function.overload())] = &function;
  }

  template <typename Nodes> uint64_t count(const Nodes &nodes) {
    uint64_t total = 0;
    for (const NodeProto &node : nodes)
      total = SaturatingAdd(total, count(node));
    return total;
  }

private:
  static std::string getKey(const std::string &domain, const std::string &name,
                            const std::string &overload) {
    return domain + '\0' + name + '\0' + overload;
  }

  uint64_t count(const NodeProto &node) {
    std::string key = getKey(node.domain(), node.op_type(), node.overload());
    auto function = functions.find(key);
    if (function != functions.end()) {
      auto known = counts.find(key);
      if (known == counts.end())
        known = counts.try_emplace(key, count(function->second->node())).first;
      return known->second;
    }
    uint64_t total = 1;
    for (const auto &attribute : node.attribute()) {
      total = SaturatingAdd(total, count(attribute.g().node()));
      for (const GraphProto &graph : attribute.graphs())
        total = SaturatingAdd(total, count(graph.node()));
    }
    return total;
  }

  StringMap<const FunctionProto *> functions;
  StringMap<uint64_t> counts;
};
} // namespace

Error sopt::checkCalls(const ModelProto &model) {
  constexpr uint64_t most = 1000000;
  uint64_t count = CallCounter(model).count(model.graph().node());
  if (model.functions().empty() || count <= most)
    return Error::success();
  return createStringError("the calls of its functions stand for more than " +
                           Twine(most) + " nodes");
}

//===----------------------------------------------------------------------===//
// Data propagation
//===----------------------------------------------------------------------===//

bool sopt::hasHugeVector(const GraphProto &graph) {
  constexpr uint64_t huge = 1 << 20;
  constexpr uint64_t largestRank = 16;
  // At most so many elements has each value whose elements may be held.
  StringMap<uint64_t> lengths;
  auto set = [&](const std::string &name, uint64_t length) {
    if (length)
      lengths[name] = length;
    return length > huge;
  };
  for (const auto &input : graph.input()) {
    const auto &shape = input.type().tensor_type().shape();
    if (shape.dim_size() == 1 && shape.dim(0).dim_value() > 0 &&
        set(input.name(), shape.dim(0).dim_value()))
      return true;
  }
  for (const NodeProto &node : graph.node()) {
    uint64_t longest = 0, sum = 0;
    for (const std::string &input : node.input()) {
      uint64_t length = lengths.lookup(input);
      longest = std::max(longest, length);
      sum = SaturatingAdd(sum, length);
    }
    // The operators that propagate elements.
    uint64_t length = StringSwitch<uint64_t>(node.op_type())
                          .Case("Concat", sum)
                          .Cases({"Add", "Cast", "Gather", "Mul", "Slice",
                                  "Squeeze", "Sub", "Unsqueeze"},
                                 longest)
                          .Case("Shape", largestRank)
                          .Default(0);
    for (const std::string &output : node.output())
      if (set(output, length))
        return true;
  }
  return false;
}
