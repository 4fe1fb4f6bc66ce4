//===- Opset.cpp - The oldest opset that has a model's operators ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Opset.h"
#include "llvm/ADT/StringSwitch.h"
#include <onnx/defs/data_type_utils.h>

using namespace mlir;
using namespace sopt;
using ::onnx::NodeProto;
using ::onnx::OpSchema;

/// Whether a version of this operator changed what a node means without any
/// change of its inputs and attributes.
static bool changedMeaning(StringRef operatorName) {
  return llvm::StringSwitch<bool>(operatorName)
      .Cases({"Attention", "AveragePool", "GroupNormalization"}, true)
      .Cases({"PRelu", "Resize"}, true)
      .Default(false);
}

/// Whether each of `values`, in order, is of a type that its parameter allows.
static bool
acceptsTypes(ValueRange values,
             const google::protobuf::RepeatedPtrField<std::string> &names,
             ArrayRef<OpSchema::FormalParameter> parameters) {
  size_t next = 0;
  for (auto [index, name] : llvm::enumerate(names)) {
    if (name.empty())
      continue;
    const auto &parameter = parameters[std::min(index, parameters.size() - 1)];
    ::onnx::TypeProto type;
    if (!exportType(values[next++].getType(), {}, type) ||
        !parameter.GetTypes().count(::onnx::Utils::DataTypeUtils::ToType(type)))
      return false;
  }
  return true;
}

/// Whether the inputs or outputs of `older` are the first of `newer`, and take
/// all that the node has.
static bool isPrefix(ArrayRef<OpSchema::FormalParameter> older,
                     ArrayRef<OpSchema::FormalParameter> newer,
                     size_t numUsed) {
  if (older.size() > newer.size())
    return false;
  for (auto [before, after] : llvm::zip(older, newer))
    if (before.GetName() != after.GetName() ||
        before.GetOption() != after.GetOption())
      return false;
  bool isVariadic =
      !older.empty() && older.back().GetOption() == OpSchema::Variadic;
  return isVariadic || numUsed <= older.size();
}

/// Whether all attributes of `older` are in `newer` with the same defaults, and
/// those of the node, which has no other by default, are in `older`.
static bool hasSameAttributes(const NodeProto &node, const OpSchema &older,
                              const OpSchema &newer) {
  for (const auto &[name, before] : older.attributes()) {
    auto after = newer.attributes().find(name);
    if (after == newer.attributes().end() ||
        after->second.type != before.type ||
        after->second.required != before.required ||
        after->second.default_value.SerializeAsString() !=
            before.default_value.SerializeAsString())
      return false;
  }
  return llvm::all_of(node.attribute(), [&](const auto &attribute) {
    return older.attributes().count(attribute.name());
  });
}

/// Whether `node`, written for the newest opset, means the same at `opset`.
static bool isValidAt(ExportedNode exported, int64_t opset) {
  const NodeProto &node = *exported.node;
  const OpSchema *newer = getNewestSchema(exported.op);
  if (!newer)
    return true;
  const OpSchema *older =
      ::onnx::OpSchemaRegistry::Instance()->GetSchema(node.op_type(), opset);
  if (!older || older->since_version() == newer->since_version())
    return older;
  return !changedMeaning(node.op_type()) &&
         isPrefix(older->inputs(), newer->inputs(), node.input_size()) &&
         isPrefix(older->outputs(), newer->outputs(), node.output_size()) &&
         hasSameAttributes(node, *older, *newer) &&
         acceptsTypes(exported.op->getOperands(), node.input(),
                      older->inputs()) &&
         acceptsTypes(exported.op->getResults(), node.output(),
                      older->outputs());
}

int64_t sopt::chooseOpset(ArrayRef<ExportedNode> nodes, int64_t oldest) {
  int64_t newest = ::onnx::OpSchemaRegistry::DomainToVersionRange::Instance()
                       .Map()
                       .at("")
                       .second;
  for (int64_t opset = std::max<int64_t>(oldest, 1); opset < newest; ++opset)
    if (llvm::all_of(nodes,
                     [&](ExportedNode node) { return isValidAt(node, opset); }))
      return opset;
  return newest;
}

int64_t sopt::getIRVersion(int64_t opset) {
  // The first opset of each version, from ONNX's docs/Versioning.md. Before 4,
  // initializers had to be inputs as well, which export does not write.
  static constexpr std::pair<int64_t, int64_t> versions[] = {
      {28, 14}, {25, 13}, {24, 12}, {23, 11}, {21, 10},
      {19, 9},  {15, 8},  {12, 7},  {11, 6},  {10, 5}};
  for (auto [first, version] : versions)
    if (opset >= first)
      return version;
  return 4;
}
