//===- Functions.cpp - A model's own functions ----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functions.h"
#include "LibraryCall.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <onnx/inliner/inliner.h>

using namespace llvm;
using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::ModelProto;
using ::onnx::NodeProto;

void sopt::declareOpsetsOfFunctions(ModelProto &model) {
  StringSet<> declared;
  auto getDomain = [](const auto &opset) -> StringRef {
    return opset.domain() == "ai.onnx" ? "" : StringRef(opset.domain());
  };
  for (const auto &opset : model.opset_import())
    declared.insert(getDomain(opset));
  for (const auto &function : model.functions())
    for (const auto &opset : function.opset_import())
      if (declared.insert(getDomain(opset)).second)
        *model.add_opset_import() = opset;
}

using FunctionMap = StringMap<const ::onnx::FunctionProto *>;

static std::string getFunctionKey(const std::string &domain,
                                  const std::string &name,
                                  const std::string &overload) {
  return domain + '\0' + name + '\0' + overload;
}

template <typename Nodes>
static void stateFunctionDefaults(Nodes &nodes, const FunctionMap &functions) {
  for (NodeProto &node : nodes) {
    for (AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g())
        stateFunctionDefaults(*attribute.mutable_g()->mutable_node(),
                              functions);
    const auto *function = functions.lookup(
        getFunctionKey(node.domain(), node.op_type(), node.overload()));
    if (!function)
      continue;
    for (const AttributeProto &value : function->attribute_proto())
      if (none_of(node.attribute(), [&](const AttributeProto &attribute) {
            return attribute.name() == value.name();
          }))
        *node.add_attribute() = value;
  }
}

/// Writes the defaults of absent attributes into the calls of the model's own
/// functions: the library forgets these too.
static void stateFunctionDefaults(ModelProto &model) {
  FunctionMap functions;
  for (const auto &function : model.functions())
    functions[getFunctionKey(function.domain(), function.name(),
                             function.overload())] = &function;
  for (auto &function : *model.mutable_functions())
    stateFunctionDefaults(*function.mutable_node(), functions);
  stateFunctionDefaults(*model.mutable_graph()->mutable_node(), functions);
}

Error sopt::inlineFunctions(ModelProto &model) {
  if (model.functions().empty())
    return Error::success();
  stateFunctionDefaults(model);
  return callLibrary([&] {
    ::onnx::inliner::InlineLocalFunctions(model, /*convert_version=*/true);
  });
}
