//===- ModelLimits.cpp - Small files that stand for huge models -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelLimits.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace sopt;
using ::onnx::FunctionProto;
using ::onnx::GraphProto;
using ::onnx::ModelProto;
using ::onnx::NodeProto;

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
  constexpr uint64_t most = 100000;
  uint64_t count = CallCounter(model).count(model.graph().node());
  if (model.functions().empty() || count <= most)
    return Error::success();
  return createStringError("the calls of its functions stand for more than " +
                           Twine(most) + " nodes");
}

namespace {
struct GraphCounts {
  uint64_t subgraphs = 0, values = 0;
};
} // namespace

static void count(const GraphProto &graph, GraphCounts &counts) {
  counts.values += graph.input_size() + graph.initializer_size();
  for (const NodeProto &node : graph.node()) {
    counts.values += node.output_size();
    for (const auto &attribute : node.attribute()) {
      if (attribute.has_g()) {
        ++counts.subgraphs;
        count(attribute.g(), counts);
      }
      for (const GraphProto &subgraph : attribute.graphs()) {
        ++counts.subgraphs;
        count(subgraph, counts);
      }
    }
  }
}

Error sopt::checkSubgraphs(const GraphProto &graph) {
  // Some seconds. Detectors that were exported with control flow have some
  // hundred subgraphs and some thousand values.
  constexpr uint64_t most = 10000000;
  GraphCounts counts;
  count(graph, counts);
  if (counts.subgraphs * counts.values <= most)
    return Error::success();
  return createStringError(
      "its " + Twine(counts.subgraphs) + " subgraphs among " +
      Twine(counts.values) +
      " values are more than ONNX's shape inference gets through");
}
