//===- GraphImporter.cpp - From a GraphProto to a region ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nothing here knows an operator: ONNX's schemas say what each takes and gives,
// as they did when the dialect was generated from them.
//
//===----------------------------------------------------------------------===//

#include "GraphImporter.h"
#include "OnnxFile.h"
#include "dialects/ONNX/IR/GuessedTypes.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/ONNX/IR/OdsNames.h"

using namespace llvm;
using namespace mlir;
using namespace sopt;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::OpSchema;

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

Value GraphImporter::lookUp(StringRef name) const {
  for (const GraphImporter *scope = this; scope; scope = scope->parent)
    if (Value value = scope->values.lookup(name))
      return value;
  return Value();
}

Type GraphImporter::getType(StringRef name) const { return types.lookup(name); }

/// `loc` with the documentation and the metadata of `proto`, if it has any.
template <typename Proto>
static Location addNotes(Location loc, const Proto &proto) {
  MLIRContext *context = loc.getContext();
  NamedAttrList notes;
  if (!proto.doc_string().empty())
    notes.append("doc", StringAttr::get(context, proto.doc_string()));
  if (!proto.metadata_props().empty())
    notes.append("metadata", importMetadata(context, proto.metadata_props()));
  if (notes.empty())
    return loc;
  return sopt::onnx::addNotes(loc, notes.getDictionary(context));
}

Location GraphImporter::getLocation(const NodeProto &node) const {
  SmallVector<StringRef> names;
  for (const std::string &output : node.output())
    if (!output.empty())
      names.push_back(output);
  return addNotes(
      sopt::onnx::getNodeLocation(builder.getContext(), node.name(), names),
      node);
}

Location GraphImporter::getConstantLocation(StringRef name) const {
  Location loc = sopt::onnx::getNodeLocation(builder.getContext(), name, {});
  if (tensorNotes)
    if (auto notes = tensorNotes->find(name.str()); notes != tensorNotes->end())
      return addNotes(loc, notes->second);
  return loc;
}

DictionaryAttr sopt::importMetadata(
    MLIRContext *context,
    const google::protobuf::RepeatedPtrField<::onnx::StringStringEntryProto>
        &entries) {
  NamedAttrList metadata;
  // MLIR's text has no attribute without a name; ONNX lets a key be empty.
  for (const auto &entry : entries)
    if (!entry.key().empty())
      metadata.set(entry.key(), StringAttr::get(context, entry.value()));
  return metadata.getDictionary(context);
}

/// How an error calls a node: by its name, else by its first output.
static std::string describe(const NodeProto &node) {
  std::string text = "node '";
  text += !node.name().empty()     ? node.name()
          : !node.output().empty() ? node.output(0)
                                   : "";
  return text + "' (" + node.op_type() + ")";
}

void GraphImporter::defineResults(const NodeProto &node, Operation *op) {
  unsigned next = 0;
  for (const std::string &output : node.output())
    if (!output.empty())
      define(output, op->getResult(next++));
}

//===----------------------------------------------------------------------===//
// Nodes of the ONNX domain
//===----------------------------------------------------------------------===//

static bool isSegmented(ArrayRef<OpSchema::FormalParameter> parameters) {
  return count_if(parameters, [](const OpSchema::FormalParameter &parameter) {
           return parameter.GetOption() != OpSchema::Single;
         }) > 1;
}

/// How many of the `numActual` values each formal parameter takes: all that
/// remain if it is variadic, else at most one.
static SmallVector<int32_t>
distribute(ArrayRef<OpSchema::FormalParameter> parameters, int32_t numActual) {
  SmallVector<int32_t> counts;
  for (const OpSchema::FormalParameter &parameter : parameters) {
    bool isVariadic = parameter.GetOption() == OpSchema::Variadic;
    counts.push_back(isVariadic ? numActual : std::min(numActual, 1));
    numActual -= counts.back();
  }
  return counts;
}

Error GraphImporter::importOperands(const NodeProto &node,
                                    const OpSchema &schema,
                                    OperationState &state) {
  SmallVector<int32_t> segments =
      distribute(schema.inputs(), node.input_size());
  int next = 0;
  for (auto [parameter, count] : zip_equal(schema.inputs(), segments)) {
    int32_t numPresent = 0;
    for (int32_t i = 0; i < count; ++i) {
      const std::string &name = node.input(next++);
      if (name.empty() && parameter.GetOption() == OpSchema::Optional)
        continue;
      Value value = lookUp(name);
      if (!value)
        return createStringError("%s uses '%s', which nothing defines",
                                 describe(node).c_str(), name.c_str());
      state.addOperands(value);
      ++numPresent;
    }
    if (!numPresent && parameter.GetOption() == OpSchema::Single)
      return createStringError("%s lacks its input '%s'",
                               describe(node).c_str(),
                               parameter.GetName().c_str());
    count = numPresent;
  }
  if (next != node.input_size())
    return createStringError("%s has %d inputs, of which it can take %d",
                             describe(node).c_str(), node.input_size(), next);
  if (isSegmented(schema.inputs()))
    state.addAttribute("operandSegmentSizes",
                       builder.getDenseI32ArrayAttr(segments));
  return Error::success();
}

Error GraphImporter::importResults(const NodeProto &node,
                                   const OpSchema &schema,
                                   OperationState &state) {
  SmallVector<int32_t> segments =
      distribute(schema.outputs(), node.output_size());
  int next = 0;
  for (auto [parameter, count] : zip_equal(schema.outputs(), segments)) {
    int32_t numPresent = 0;
    for (int32_t i = 0; i < count; ++i) {
      const std::string &name = node.output(next++);
      if (name.empty())
        continue;
      Type type = getType(name);
      if (!type)
        return createStringError("the type of '%s', from %s, is not known",
                                 name.c_str(), describe(node).c_str());
      state.addTypes(type);
      ++numPresent;
    }
    if (!numPresent && parameter.GetOption() == OpSchema::Single)
      return createStringError("%s gives its output '%s' no name",
                               describe(node).c_str(),
                               parameter.GetName().c_str());
    count = numPresent;
  }
  if (next != node.output_size())
    return createStringError("%s has %d outputs, of which it can give %d",
                             describe(node).c_str(), node.output_size(), next);
  if (isSegmented(schema.outputs()))
    state.addAttribute("resultSegmentSizes",
                       builder.getDenseI32ArrayAttr(segments));
  return Error::success();
}

Error GraphImporter::importKnownNode(NodeProto &node, const OpSchema &schema) {
  if (node.op_type() == "Constant")
    return importConstantNode(node);

  OperationState state(getLocation(node), "onnx." + node.op_type());
  if (Error error = importOperands(node, schema, state))
    return error;
  if (Error error = importResults(node, schema, state))
    return error;

  // Regions stand in the order of their names, as in the generated dialect.
  std::map<std::string, GraphProto *> graphs;
  for (::onnx::AttributeProto &attribute : *node.mutable_attribute()) {
    if (attribute.type() == ::onnx::AttributeProto::GRAPH) {
      graphs[attribute.name()] = attribute.mutable_g();
      continue;
    }
    Expected<Attribute> value = importAttribute(attribute);
    if (!value)
      return createStringError("%s: %s", describe(node).c_str(),
                               toString(value.takeError()).c_str());
    state.addAttribute(sopt::onnx::getODSName(attribute.name()), *value);
  }
  for (auto &[name, graph] : graphs)
    if (Error error = importSubgraph(*graph, *state.addRegion()))
      return error;
  for (const auto &[name, attribute] : schema.attributes())
    if (attribute.required && attribute.type == ::onnx::AttributeProto::GRAPH &&
        !graphs.count(name))
      return createStringError("%s lacks its subgraph '%s'",
                               describe(node).c_str(), name.c_str());

  defineResults(node, builder.create(state));
  return Error::success();
}

Error GraphImporter::importSubgraph(GraphProto &graph, Region &region) {
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&region);
  GraphImporter importer(builder, files, this);
  for (const auto &input : graph.input()) {
    Type type = importType(builder.getContext(), input.type());
    if (!type)
      return createStringError("the type of the subgraph's input '%s' is not "
                               "known",
                               input.name().c_str());
    Location loc =
        sopt::onnx::getNodeLocation(builder.getContext(), input.name(), {});
    importer.define(input.name(), block->addArgument(type, loc));
  }
  Expected<SmallVector<Value>> outputs = importer.importBody(graph);
  if (!outputs)
    return outputs.takeError();
  sopt::onnx::YieldOp::create(importer.builder, builder.getUnknownLoc(),
                              *outputs);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Nodes of other domains
//===----------------------------------------------------------------------===//

Error GraphImporter::importCustomNode(NodeProto &node) {
  Location loc = getLocation(node);
  OperationState state(loc, sopt::onnx::CustomOp::getOperationName());
  for (const std::string &input : node.input()) {
    Value value =
        input.empty()
            ? sopt::onnx::NoneOp::create(builder, loc, builder.getNoneType())
            : lookUp(input);
    if (!value)
      return createStringError("%s uses '%s', which nothing defines",
                               describe(node).c_str(), input.c_str());
    state.addOperands(value);
  }
  for (const std::string &output : node.output()) {
    if (output.empty()) {
      state.addTypes(builder.getNoneType());
      continue;
    }
    // Only the file itself can tell the type: the library knows no schema.
    Type type = getType(output);
    if (!type)
      return createStringError("the type of '%s' is not known: %s is of the "
                               "unknown domain '%s', so the file must declare "
                               "it",
                               output.c_str(), describe(node).c_str(),
                               node.domain().c_str());
    state.addTypes(type);
  }

  NamedAttrList attributes;
  SmallVector<Attribute> regionNames;
  for (::onnx::AttributeProto &attribute : *node.mutable_attribute()) {
    if (attribute.type() == ::onnx::AttributeProto::GRAPH) {
      regionNames.push_back(builder.getStringAttr(attribute.name()));
      if (Error error =
              importSubgraph(*attribute.mutable_g(), *state.addRegion()))
        return error;
      continue;
    }
    Expected<Attribute> value = importAttribute(attribute);
    if (!value)
      return createStringError("%s: %s", describe(node).c_str(),
                               toString(value.takeError()).c_str());
    attributes.append(attribute.name(), *value);
  }
  state.addAttribute("domain", builder.getStringAttr(node.domain()));
  state.addAttribute("op_type", builder.getStringAttr(node.op_type()));
  state.addAttribute("attrs", attributes.getDictionary(builder.getContext()));
  state.addAttribute("region_names", builder.getArrayAttr(regionNames));
  if (guessed && any_of(node.output(), [&](const std::string &output) {
        return guessed->contains(output);
      }))
    state.addAttribute(sopt::onnx::guessedTypesAttrName, builder.getUnitAttr());
  Operation *op = builder.create(state);
  for (const auto &[output, result] :
       zip_equal(node.output(), op->getResults()))
    if (!output.empty())
      define(output, result);
  return Error::success();
}

Error GraphImporter::importNode(NodeProto &node) {
  if (!node.domain().empty() && node.domain() != "ai.onnx")
    return importCustomNode(node);
  const OpSchema *schema = ::onnx::OpSchemaRegistry::Instance()->GetSchema(
      node.op_type(), getNewestOpset());
  if (!schema)
    return createStringError("%s: ONNX has no such operator in opset %d",
                             describe(node).c_str(), getNewestOpset());
  return importKnownNode(node, *schema);
}

Expected<SmallVector<Value>> GraphImporter::importBody(GraphProto &graph) {
  for (const auto *infos : {&graph.value_info(), &graph.output()})
    for (const auto &info : *infos)
      if (Type type = importType(builder.getContext(), info.type()))
        types[info.name()] = type;
  if (Error error = importInitializers(graph))
    return std::move(error);
  for (NodeProto &node : *graph.mutable_node())
    if (Error error = importNode(node))
      return std::move(error);

  SmallVector<Value> outputs;
  for (const auto &output : graph.output()) {
    Value value = lookUp(output.name());
    if (!value)
      return createStringError("nothing defines the output '%s'",
                               output.name().c_str());
    outputs.push_back(value);
  }
  return outputs;
}
