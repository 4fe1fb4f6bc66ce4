//===- GraphExporter.cpp - From a function to a GraphProto ----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nothing here knows an operator: ONNX's schemas say in which order a node's
// inputs, outputs and attributes go, as they did on import.
//
//===----------------------------------------------------------------------===//

#include "GraphExporter.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/GuessedTypes.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/ONNX/IR/OdsNames.h"
#include <map>

using namespace mlir;
using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::OpSchema;

/// The newest that the ONNX library knows; every schema lookup is at it.
static int getNewestOpset() {
  return ::onnx::OpSchemaRegistry::DomainToVersionRange::Instance()
      .Map()
      .at("")
      .second;
}

const OpSchema *sopt::getNewestSchema(Operation *op) {
  if (!isa_and_nonnull<sopt::onnx::ONNXDialect>(op->getDialect()))
    return nullptr;
  return ::onnx::OpSchemaRegistry::Instance()->GetSchema(
      op->getName().stripDialect().str(), getNewestOpset());
}

std::string GraphExporter::makeNodeName(Operation *op) {
  std::string hint = sopt::onnx::getNodeName(op->getLoc()).str(), name = hint;
  if (hint.empty())
    return name;
  for (unsigned suffix = 1; !nodeNames.insert(name).second; ++suffix)
    name = hint + "_" + std::to_string(suffix);
  return name;
}

//===----------------------------------------------------------------------===//
// Nodes of the ONNX domain
//===----------------------------------------------------------------------===//

/// How many of `values` belong to each formal parameter.
static SmallVector<int32_t>
distribute(ArrayRef<OpSchema::FormalParameter> parameters, size_t numActual,
           DenseI32ArrayAttr segments) {
  if (segments)
    return SmallVector<int32_t>(segments.asArrayRef());
  // At most one is not single: it takes what the others leave.
  int32_t rest = int32_t(numActual) - int32_t(parameters.size()) + 1;
  return llvm::map_to_vector(
      parameters, [&](const OpSchema::FormalParameter &parameter) {
        return parameter.GetOption() == OpSchema::Single ? 1 : rest;
      });
}

/// The names of `values` with an empty one for each optional parameter that is
/// absent, but none at the end beyond the `least` that a node must have: a Loop
/// has two inputs, both of which may be empty.
static SmallVector<std::string>
getPositional(ValueRange values, ArrayRef<OpSchema::FormalParameter> parameters,
              DenseI32ArrayAttr segments, const TensorNames &names, int least) {
  SmallVector<std::string> positional;
  for (int32_t count : distribute(parameters, values.size(), segments)) {
    for (Value value : values.take_front(count))
      positional.push_back(names.get(value).str());
    if (count == 0)
      positional.push_back("");
    values = values.drop_front(count);
  }
  while (int(positional.size()) > least && positional.back().empty())
    positional.pop_back();
  return positional;
}

/// Whether `written` is what the schema says of an attribute left out.
static bool isDefault(const AttributeProto &written,
                      const OpSchema::Attribute &attribute) {
  if (attribute.required || attribute.default_value.name().empty())
    return false;
  AttributeProto value = written;
  value.set_name(attribute.default_value.name());
  return value.SerializeAsString() ==
         attribute.default_value.SerializeAsString();
}

LogicalResult GraphExporter::exportKnownNode(Operation *op,
                                             const OpSchema &schema,
                                             NodeProto &node) {
  node.set_op_type(schema.Name());
  DictionaryAttr attributes = op->getAttrDictionary();
  for (std::string &name :
       getPositional(op->getOperands(), schema.inputs(),
                     attributes.getAs<DenseI32ArrayAttr>("operandSegmentSizes"),
                     names, schema.min_input()))
    node.add_input(std::move(name));
  for (std::string &name :
       getPositional(op->getResults(), schema.outputs(),
                     attributes.getAs<DenseI32ArrayAttr>("resultSegmentSizes"),
                     names, schema.min_output()))
    node.add_output(std::move(name));

  // Regions stand in the order of their names, as in the generated dialect.
  std::map<std::string, OpSchema::Attribute> sorted(schema.attributes().begin(),
                                                    schema.attributes().end());
  unsigned region = 0;
  for (const auto &[name, attribute] : sorted) {
    if (attribute.type == AttributeProto::GRAPH) {
      if (failed(exportSubgraph(op, op->getRegion(region++), name, node)))
        return failure();
      continue;
    }
    Attribute value = attributes.get(sopt::onnx::getODSName(name));
    if (!value)
      continue;
    AttributeProto written;
    if (!exportAttribute(value, written))
      return op->emitOpError("has an attribute '")
             << name << "' that ONNX cannot hold";
    if (isDefault(written, attribute))
      continue;
    written.set_name(name);
    *node.add_attribute() = std::move(written);
  }
  return success();
}

LogicalResult GraphExporter::exportSubgraph(Operation *op, Region &region,
                                            StringRef name, NodeProto &node) {
  AttributeProto &attribute = *node.add_attribute();
  attribute.set_name(name.str());
  attribute.set_type(AttributeProto::GRAPH);
  GraphProto &graph = *attribute.mutable_g();
  graph.set_name(name.str());
  if (!region.hasOneBlock())
    return op->emitOpError("has a subgraph that is not one block");
  for (BlockArgument argument : region.getArguments()) {
    auto &input = *graph.add_input();
    input.set_name(names.get(argument).str());
    if (!exportType(argument.getType(), {}, *input.mutable_type()))
      return op->emitOpError("has a subgraph with an input of type ")
             << argument.getType() << ", which ONNX does not have";
  }
  if (failed(exportBody(region, graph)))
    return failure();

  llvm::StringSet<> written;
  for (Value value : region.front().getTerminator()->getOperands()) {
    // An output must be a node's own, and one only.
    std::string output = names.get(value).str();
    if (isa<BlockArgument>(value) || value.getParentRegion() != &region ||
        isInitializer(value.getDefiningOp()) ||
        !written.insert(output).second) {
      output = names.makeUnique(output);
      addIdentity(value, output, graph);
    }
    auto &info = *graph.add_output();
    info.set_name(output);
    if (!exportType(value.getType(), {}, *info.mutable_type()))
      return op->emitOpError("has a subgraph with an output of type ")
             << value.getType() << ", which ONNX does not have";
  }
  return success();
}

void GraphExporter::addIdentity(Value value, StringRef name,
                                GraphProto &graph) {
  NodeProto &node = *graph.add_node();
  node.set_op_type("Identity");
  node.add_input(names.get(value).str());
  node.add_output(name.str());
}

//===----------------------------------------------------------------------===//
// Nodes of other domains
//===----------------------------------------------------------------------===//

LogicalResult GraphExporter::exportCustomNode(Operation *op, NodeProto &node) {
  auto custom = cast<sopt::onnx::CustomOp>(op);
  node.set_domain(custom.getDomain().str());
  node.set_op_type(custom.getOpType().str());
  for (Value operand : custom.getInputs())
    node.add_input(operand.getDefiningOp<sopt::onnx::NoneOp>()
                       ? ""
                       : names.get(operand).str());
  for (Value result : custom.getOutputs())
    node.add_output(isa<NoneType>(result.getType()) ? ""
                                                    : names.get(result).str());
  for (NamedAttribute entry : custom.getAttrs()) {
    AttributeProto &attribute = *node.add_attribute();
    attribute.set_name(entry.getName().str());
    if (!exportAttribute(entry.getValue(), attribute))
      return op->emitOpError("has an attribute ")
             << entry.getName() << " that ONNX cannot hold";
  }
  if (custom.getRegionNames().size() != custom.getBodies().size())
    return op->emitOpError("does not name each of its subgraphs");
  for (auto [name, body] :
       llvm::zip(custom.getRegionNames(), custom.getBodies()))
    if (failed(
            exportSubgraph(op, body, cast<StringAttr>(name).getValue(), node)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

/// Gives the dynamic dimensions of `value` their symbolic sizes.
static void nameDimensions(ShapeAnalysis &shapes, Value value,
                           ::onnx::ValueInfoProto &info) {
  const SymbolicShape *shape = shapes.getShape(value);
  if (!shape || !info.type().tensor_type().has_shape())
    return;
  auto &dims = *info.mutable_type()->mutable_tensor_type()->mutable_shape();
  for (auto [expr, dim] : llvm::zip_equal(*shape, *dims.mutable_dim())) {
    if (dim.has_dim_value())
      continue;
    if (std::optional<int64_t> size = expr.getConstant()) {
      dim.set_dim_value(*size);
      continue;
    }
    std::string name;
    llvm::raw_string_ostream os(name);
    shapes.print(os, expr);
    // A size nothing is known of is called as ONNX's own inference does.
    for (size_t at; (at = name.find('?')) != std::string::npos;)
      name.replace(at, 1, "unk__");
    dim.set_dim_param(name);
  }
}

/// Writes of `proto` what its author wrote beside its name.
template <typename Proto> static void exportNotes(Location loc, Proto &proto) {
  DictionaryAttr notes = sopt::onnx::getNotes(loc);
  if (!notes)
    return;
  if (auto doc = notes.getAs<StringAttr>("doc"))
    proto.set_doc_string(doc.str());
  exportMetadata(notes.getAs<DictionaryAttr>("metadata"),
                 *proto.mutable_metadata_props());
}

LogicalResult GraphExporter::exportConstant(Operation *op, GraphProto &graph) {
  auto constant = cast<sopt::onnx::ConstantOp>(op);
  // Only the outermost graph's initializers can be streamed: those of subgraphs
  // lie inside a node's attribute.
  bool streamed = op->getParentOp() == function &&
                  isa<DenseResourceElementsAttr>(constant.getValueAttr());
  ::onnx::TensorProto tensor;
  ArrayRef<char> data;
  tensor.set_name(names.get(constant.getOutput()).str());
  exportNotes(op->getLoc(), tensor);
  if (!exportTensor(constant.getValueAttr(), tensor,
                    streamed ? &data : nullptr))
    return op->emitOpError("has elements that are not at hand");
  if (streamed)
    weights->push_back({std::move(tensor), data});
  else
    *graph.add_initializer() = std::move(tensor);
  return success();
}

LogicalResult GraphExporter::exportSparseConstant(SparseConstantOp constant,
                                                  GraphProto &graph) {
  return exportSparseTensor(constant, names.get(constant.getResult()),
                            *graph.add_sparse_initializer());
}

/// Whether ONNX's inference may need to be told the type of `result`: it does
/// not see, from a subgraph, the constants around it, so that it may not know
/// how many sizes there are for a Resize, which it then refuses.
static bool isShapeInSubgraph(Value result, func::FuncOp function) {
  auto type = dyn_cast<RankedTensorType>(result.getType());
  return result.getParentRegion() != &function.getBody() && type &&
         type.getRank() <= 1 && type.hasStaticShape() &&
         type.getElementType().isInteger(64);
}

LogicalResult GraphExporter::exportResultTypes(Operation *op,
                                               GraphProto &graph) {
  if (op->hasAttr(sopt::onnx::guessedTypesAttrName))
    return success();
  for (Value result : op->getResults()) {
    if (!declareTensors && !isa<sopt::onnx::CustomOp>(op) &&
        !isShapeInSubgraph(result, function))
      continue;
    bool isOutput = llvm::any_of(result.getUsers(), [&](Operation *user) {
      return user->hasTrait<OpTrait::IsTerminator>() &&
             user->getParentRegion() == op->getParentRegion();
    });
    if (isOutput || isa<NoneType>(result.getType()))
      continue;
    ::onnx::ValueInfoProto info;
    info.set_name(names.get(result).str());
    if (!exportType(result.getType(), {}, *info.mutable_type()))
      return op->emitOpError("has a result of type ")
             << result.getType() << ", which ONNX does not have";
    nameDimensions(shapes, result, info);
    *graph.add_value_info() = std::move(info);
  }
  return success();
}

LogicalResult GraphExporter::exportOperation(Operation *op, GraphProto &graph) {
  if (isa<sopt::onnx::NoneOp>(op) || op->hasTrait<OpTrait::IsTerminator>())
    return success();
  if (isa<sopt::onnx::ConstantOp>(op))
    return exportConstant(op, graph);
  if (auto sparse = dyn_cast<SparseConstantOp>(op))
    return exportSparseConstant(sparse, graph);
  const OpSchema *schema = getNewestSchema(op);
  if (!schema && !isa<sopt::onnx::CustomOp>(op))
    return op->emitOpError("has no spelling in ONNX");

  // Subgraphs of the node may add nodes, but to graphs of their own.
  NodeProto &node = *graph.add_node();
  if (std::string name = makeNodeName(op); !name.empty())
    node.set_name(name);
  exportNotes(op->getLoc(), node);
  nodes.push_back({op, &node});
  if (failed(schema ? exportKnownNode(op, *schema, node)
                    : exportCustomNode(op, node)))
    return failure();
  return exportResultTypes(op, graph);
}

LogicalResult GraphExporter::exportBody(Region &region, GraphProto &graph) {
  for (Operation &op : region.getOps())
    if (failed(exportOperation(&op, graph)))
      return failure();
  return success();
}

/// Declares an input or output as import found it.
static bool exportValueInfo(StringRef name, Type type,
                            DictionaryAttr attributes,
                            ::onnx::ValueInfoProto &info) {
  info.set_name(name.str());
  using sopt::onnx::ONNXDialect;
  if (!attributes)
    return exportType(type, {}, *info.mutable_type());
  if (auto doc = attributes.getAs<StringAttr>(ONNXDialect::getDocAttrName()))
    info.set_doc_string(doc.str());
  exportMetadata(
      attributes.getAs<DictionaryAttr>(ONNXDialect::getMetadataAttrName()),
      *info.mutable_metadata_props());
  auto dims = attributes.getAs<ArrayAttr>(ONNXDialect::getDimsAttrName());
  return exportType(type, dims, *info.mutable_type());
}

LogicalResult GraphExporter::run(GraphProto &graph,
                                 std::vector<Weight> &streamedWeights) {
  weights = &streamedWeights;
  for (BlockArgument argument : function.getArguments())
    if (!exportValueInfo(names.get(argument), argument.getType(),
                         function.getArgAttrDict(argument.getArgNumber()),
                         *graph.add_input()))
      return function.emitOpError("has an input of type ")
             << argument.getType() << ", which ONNX does not have";
  if (failed(exportBody(function.getBody(), graph)))
    return failure();
  Operation *terminator = function.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(terminator->getOperands())) {
    StringRef name = names.getOutput(index);
    if (names.get(value) != name)
      addIdentity(value, name, graph);
    if (!exportValueInfo(name, value.getType(),
                         function.getResultAttrDict(index),
                         *graph.add_output()))
      return function.emitOpError("has an output of type ")
             << value.getType() << ", which ONNX does not have";
  }
  return success();
}
