//===- Import.cpp - From an ONNX file to the onnx dialect -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Import/Import.h"
#include "GraphImporter.h"
#include "OnnxFile.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace mlir;
using namespace sopt;
using sopt::onnx::ONNXDialect;

/// What the file says of itself, for export to say again.
static DictionaryAttr describeModel(Builder builder, const OnnxFile &file) {
  const ::onnx::ModelProto &model = *file.model;
  NamedAttrList entries, opsets;
  for (const auto &[domain, version] : file.originalOpsets)
    opsets.append(domain.empty() ? "ai.onnx" : domain,
                  builder.getI64IntegerAttr(version));
  entries.append("ir_version",
                 builder.getI64IntegerAttr(file.originalIRVersion));
  entries.append("opset_import", opsets.getDictionary(builder.getContext()));
  auto addText = [&](StringRef key, const std::string &text) {
    if (!text.empty())
      entries.append(key, builder.getStringAttr(text));
  };
  addText("producer_name", model.producer_name());
  addText("producer_version", model.producer_version());
  addText("domain", model.domain());
  addText("doc_string", model.doc_string());
  addText("graph_name", model.graph().name());
  addText("graph_doc", model.graph().doc_string());
  if (file.declaresTensors)
    entries.append("declares_tensors", builder.getUnitAttr());
  if (model.model_version())
    entries.append("model_version",
                   builder.getI64IntegerAttr(model.model_version()));
  auto addMetadata = [&](StringRef key, const auto &props) {
    if (!props.empty())
      entries.append(key, importMetadata(builder.getContext(), props));
  };
  addMetadata("metadata_props", model.metadata_props());
  addMetadata("graph_metadata_props", file.graphMetadata);
  return entries.getDictionary(builder.getContext());
}

/// Whether `name` stands for one size wherever it is written. Some exporters
/// write "?", "-1" or "None" for every size that they do not know, and two of
/// these need not be equal.
static bool isSymbol(StringRef name) {
  return llvm::any_of(name, isAlpha) && name != "None";
}

/// The attributes of an input or output: its name, what is written of it, and
/// the names of its dimensions as the file declares them.
static DictionaryAttr describeValue(Builder builder, const OnnxFile &file,
                                    const std::string &name, Type type) {
  NamedAttrList entries;
  entries.append(ONNXDialect::getNameAttrName(), builder.getStringAttr(name));
  auto found = file.declaredValues.find(name);
  if (found == file.declaredValues.end())
    return entries.getDictionary(builder.getContext());
  const ::onnx::ValueInfoProto &declared = found->second;
  if (!declared.doc_string().empty())
    entries.append(ONNXDialect::getDocAttrName(),
                   builder.getStringAttr(declared.doc_string()));
  if (!declared.metadata_props().empty())
    entries.append(
        ONNXDialect::getMetadataAttrName(),
        importMetadata(builder.getContext(), declared.metadata_props()));
  if (auto tensor = dyn_cast<RankedTensorType>(type)) {
    SmallVector<StringRef> dims;
    bool isNamed = false;
    for (const auto &dim : declared.type().tensor_type().shape().dim()) {
      dims.push_back(isSymbol(dim.dim_param()) ? dim.dim_param() : StringRef());
      isNamed |= !dims.back().empty();
    }
    if (isNamed && int64_t(dims.size()) == tensor.getRank())
      entries.append(ONNXDialect::getDimsAttrName(),
                     builder.getStrArrayAttr(dims));
  }
  return entries.getDictionary(builder.getContext());
}

/// Builds @main_graph of `file` in `module`.
static llvm::Error importMainGraph(OnnxFile &file, ModuleOp module) {
  MLIRContext *context = module.getContext();
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  ::onnx::GraphProto &graph = *file.model->mutable_graph();

  llvm::StringSet<> constants;
  for (const OnnxFile::Weight &weight : file.weights)
    constants.insert(weight.name);
  for (const auto &tensor : graph.initializer())
    constants.insert(tensor.name());
  for (const SparseData &weight : file.sparseWeights)
    constants.insert(weight.name);

  if (graph.output().empty())
    return createStringError("the graph has no outputs, so there is nothing to "
                             "compute");
  SmallVector<Type> inputTypes;
  SmallVector<std::string> inputNames;
  for (const auto &input : graph.input()) {
    if (constants.contains(input.name()))
      continue;
    Type type = importType(context, input.type());
    if (!type)
      return createStringError("the type of the input '%s' is not known",
                               input.name().c_str());
    inputTypes.push_back(type);
    inputNames.push_back(input.name());
  }

  auto function = func::FuncOp::create(
      builder, sopt::onnx::getNodeLocation(context, graph.name(), {}),
      mainGraphName, builder.getFunctionType(inputTypes, {}));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  GraphImporter importer(builder, *file.externalFiles);
  importer.setGuessedTypes(file.guessedTypes);
  importer.setTensorNotes(file.tensorNotes);
  // All at once: one by one, each would make a list of all.
  SmallVector<DictionaryAttr> described;
  for (auto [index, name] : enumerate(inputNames)) {
    BlockArgument argument = body->getArgument(index);
    argument.setLoc(sopt::onnx::getNodeLocation(context, name, {}));
    described.push_back(describeValue(builder, file, name, argument.getType()));
    importer.define(name, argument);
  }
  function.setAllArgAttrs(described);
  for (OnnxFile::Weight &weight : file.weights) {
    auto type =
        dyn_cast_or_null<RankedTensorType>(importType(context, weight.type));
    assert(type && "takeData refuses unknown types");
    importer.importConstant(
        weight.name, makeElements(type, weight.name, std::move(weight.data)));
  }
  for (SparseData &weight : file.sparseWeights)
    if (llvm::Error error = importer.importSparse(std::move(weight)))
      return error;
  Expected<SmallVector<Value>> outputs = importer.importBody(graph);
  if (!outputs)
    return outputs.takeError();

  builder.setInsertionPointToEnd(body);
  func::ReturnOp::create(builder, function.getLoc(), *outputs);
  function.setType(
      builder.getFunctionType(inputTypes, ValueRange(*outputs).getTypes()));
  described.clear();
  for (auto [value, output] : zip_equal(*outputs, graph.output()))
    described.push_back(
        describeValue(builder, file, output.name(), value.getType()));
  function.setAllResultAttrs(described);
  return llvm::Error::success();
}

/// The module of `file`; errors are located at `name`.
static OwningOpRef<ModuleOp> importFile(Expected<OnnxFile> file, StringRef name,
                                        MLIRContext *context) {
  context->loadDialect<ONNXDialect, SoptDialect, func::FuncDialect>();
  Location loc = FileLineColLoc::get(context, name, 0, 0);
  if (!file) {
    emitError(loc) << toString(file.takeError());
    return nullptr;
  }
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  (*module)->setAttr(ONNXDialect::getModelAttrName(),
                     describeModel(Builder(context), *file));
  if (llvm::Error error = importMainGraph(*file, *module)) {
    emitError(loc) << toString(std::move(error));
    return nullptr;
  }
  if (failed(verify(*module)))
    return nullptr;
  return module;
}

OwningOpRef<ModuleOp> sopt::importONNX(StringRef path, MLIRContext *context) {
  return importFile(loadOnnxFile(path), path, context);
}

OwningOpRef<ModuleOp> sopt::importONNX(llvm::MemoryBufferRef bytes,
                                       ArrayRef<StringRef> expanded,
                                       MLIRContext *context) {
  return importFile(loadOnnxFile(bytes, expanded), bytes.getBufferIdentifier(),
                    context);
}
