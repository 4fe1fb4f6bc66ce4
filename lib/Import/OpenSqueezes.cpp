//===- OpenSqueezes.cpp - What a Squeeze drops that does not say ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpenSqueezes.h"
#include "Scope.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace sopt;
using ::onnx::GraphProto;
using ::onnx::ModelProto;
using ::onnx::NodeProto;

namespace {
/// A Squeeze without axes, some of whose operand's sizes are open.
struct OpenSqueeze {
  std::string result;
  SmallVector<int64_t> ones;       ///< Dimensions that it drops.
  SmallVector<int64_t> onesOrOpen; ///< Those and the ones that it may drop.
};
} // namespace

static bool namesNoAxes(const NodeProto &node) {
  return node.op_type() == "Squeeze" && node.domain().empty() &&
         node.input_size() == 1 && node.output_size() == 1 &&
         !findAttribute(node, "axes");
}

/// The open Squeeze after `skipped` others, in a graph with inferred shapes.
static std::optional<OpenSqueeze> findOpenSqueeze(const GraphProto &graph,
                                                  unsigned skipped) {
  Scope scope(graph, /*parent=*/nullptr);
  for (const NodeProto &node : graph.node()) {
    const ::onnx::TypeProto *type =
        namesNoAxes(node) ? scope.findType(node.input(0)) : nullptr;
    if (!type || !type->tensor_type().has_shape())
      continue;
    OpenSqueeze squeeze{node.output(0), {}, {}};
    for (const auto &[index, dim] :
         enumerate(type->tensor_type().shape().dim())) {
      if (dim.has_dim_value() && dim.dim_value() != 1)
        continue;
      squeeze.onesOrOpen.push_back(int64_t(index));
      if (dim.has_dim_value())
        squeeze.ones.push_back(int64_t(index));
    }
    if (squeeze.ones.size() != squeeze.onesOrOpen.size() && skipped-- == 0)
      return squeeze;
  }
  return std::nullopt;
}

static bool takesAxesAsInput(const ModelProto &model) {
  return any_of(model.opset_import(), [](const auto &opset) {
    return (opset.domain().empty() || opset.domain() == "ai.onnx") &&
           opset.version() >= 13;
  });
}

/// A name that no value of `graph` has.
static std::string makeName(const GraphProto &graph, std::string name) {
  StringSet<> taken;
  for (const NodeProto &node : graph.node()) {
    taken.insert(node.input().begin(), node.input().end());
    taken.insert(node.output().begin(), node.output().end());
  }
  for (const auto &tensor : graph.initializer())
    taken.insert(tensor.name());
  while (taken.contains(name))
    name += "_";
  return name;
}

static void setAxes(ModelProto &model, StringRef result,
                    ArrayRef<int64_t> axes) {
  GraphProto &graph = *model.mutable_graph();
  auto node = find_if(*graph.mutable_node(), [&](const NodeProto &node) {
    return node.output_size() == 1 && node.output(0) == result;
  });
  if (!takesAxesAsInput(model)) {
    auto &attribute = *node->add_attribute();
    attribute.set_name("axes");
    attribute.set_type(::onnx::AttributeProto::INTS);
    attribute.mutable_ints()->Add(axes.begin(), axes.end());
    return;
  }
  std::string name = makeName(graph, (result + "_axes").str());
  auto &tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(::onnx::TensorProto::INT64);
  tensor.add_dims(int64_t(axes.size()));
  tensor.mutable_int64_data()->Add(axes.begin(), axes.end());
  node->add_input(name);
}

void sopt::settleOpenSqueezes(ModelProto &model,
                              function_ref<bool(ModelProto &)> fits) {
  constexpr unsigned most = 16;
  unsigned left = 0;
  for (unsigned tried = 0;
       tried < most && any_of(model.graph().node(), namesNoAxes); ++tried) {
    ModelProto inferred = model;
    (void)fits(inferred);
    std::optional<OpenSqueeze> squeeze =
        findOpenSqueeze(inferred.graph(), left);
    if (!squeeze)
      return;
    auto fitsWith = [&](ArrayRef<int64_t> axes) {
      ModelProto settled = model;
      setAxes(settled, squeeze->result, axes);
      return fits(settled);
    };
    bool fitsKept = fitsWith(squeeze->ones);
    if (fitsKept == fitsWith(squeeze->onesOrOpen))
      ++left;
    else
      setAxes(model, squeeze->result,
              fitsKept ? squeeze->ones : squeeze->onesOrOpen);
  }
}
