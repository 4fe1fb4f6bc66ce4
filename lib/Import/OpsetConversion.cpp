//===- OpsetConversion.cpp - From any opset to the newest -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpsetConversion.h"
#include "LibraryCall.h"
#include "OldOperators.h"
#include "OnnxFile.h"
#include "OuterConstants.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/StringMap.h"
#include <onnx/defs/schema.h>
#include <onnx/shape_inference/implementation.h>
#include <onnx/version_converter/convert.h>

using namespace llvm;
using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::ModelProto;
using ::onnx::NodeProto;

/// The first operator whose meaning changed since the model's opset, or empty.
static std::string findOutdatedOperator(const GraphProto &graph, int opset) {
  for (const NodeProto &node : graph.node()) {
    if (!node.domain().empty() && node.domain() != "ai.onnx")
      continue;
    auto *registry = ::onnx::OpSchemaRegistry::Instance();
    const auto *old = registry->GetSchema(node.op_type(), opset);
    const auto *now = registry->GetSchema(node.op_type(), getNewestOpset());
    if (!old || !now || old->since_version() != now->since_version())
      return node.op_type();
    for (const AttributeProto &attribute : node.attribute())
      if (std::string name = findOutdatedOperator(attribute.g(), opset);
          !name.empty())
        return name;
  }
  return "";
}

/// The version that `model` declares for ONNX's own operators.
static int getOpset(const ModelProto &model) {
  for (const auto &opset : model.opset_import())
    if (opset.domain().empty() || opset.domain() == "ai.onnx")
      return opset.version();
  return getNewestOpset();
}

static void setOpset(ModelProto &model, int version) {
  for (auto &opset : *model.mutable_opset_import())
    if (opset.domain().empty() || opset.domain() == "ai.onnx")
      opset.set_version(version);
}

/// Lets the library convert `model` as far as `version`.
static Error convertByLibrary(ModelProto &model, int version) {
  if (getOpset(model) == version)
    return Error::success();
  return callLibrary([&] {
    model = ::onnx::version_conversion::ConvertVersion(model, version);
  });
}

/// What an old form means can depend on the shapes of its operands.
static Error inferKnownShapes(ModelProto &model) {
  LentConstants lent(*model.mutable_graph());
  return callLibrary([&] { ::onnx::shape_inference::InferShapes(model); });
}

static Error convertInSteps(ModelProto &model) {
  for (int version : seq_inclusive(getOpset(model) + 1, getNewestOpset())) {
    if (!hasOldOperators(model.graph(), version))
      continue;
    if (Error error = convertByLibrary(model, version - 1))
      return error;
    if (Error error = inferKnownShapes(model))
      return error;
    if (Error error = convertOldOperators(model, version))
      return error;
    if (Error error = convertByLibrary(model, version))
      return error;
    revealOperators(model);
  }
  return convertByLibrary(model, getNewestOpset());
}

namespace {
/// What is written of nodes, by the tensors they make: the library forgets the
/// metadata of those that it converts.
class NodeNotes {
public:
  explicit NodeNotes(const GraphProto &graph) {
    for (const NodeProto &node : graph.node())
      if (!node.metadata_props().empty() && node.output_size() > 0)
        notes[node.output(0)] = node.metadata_props();
  }

  void restore(GraphProto &graph) const {
    for (NodeProto &node : *graph.mutable_node())
      if (node.metadata_props().empty() && node.output_size() > 0)
        if (auto found = notes.find(node.output(0)); found != notes.end())
          *node.mutable_metadata_props() = found->second;
  }

private:
  StringMap<google::protobuf::RepeatedPtrField<::onnx::StringStringEntryProto>>
      notes;
};
} // namespace

Error sopt::convertToNewestOpset(ModelProto &model) {
  int opset = getOpset(model);
  std::string outdated = findOutdatedOperator(model.graph(), opset);
  if (outdated.empty()) {
    setOpset(model, getNewestOpset());
    return Error::success();
  }
  NodeNotes notes(model.graph());
  if (Error error = convertInSteps(model))
    return createStringError(
        "cannot be brought from opset %d to %d (its %s is of the old form): %s",
        opset, getNewestOpset(), outdated.c_str(),
        toString(std::move(error)).c_str());
  notes.restore(*model.mutable_graph());
  return Error::success();
}
