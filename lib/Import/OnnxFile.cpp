//===- OnnxFile.cpp - An ONNX file, checked and in one form ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OnnxFile.h"
#include "Branches.h"
#include "Functions.h"
#include "GuessedTypes.h"
#include "InferenceSchemas.h"
#include "LibraryCall.h"
#include "LoopBodies.h"
#include "ModelLimits.h"
#include "OpenSqueezes.h"
#include "OpsetConversion.h"
#include "OuterConstants.h"
#include "RuntimeOperators.h"
#include "dialects/ONNX/IR/ElementTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <google/protobuf/io/coded_stream.h>
#include <onnx/checker.h>
#include <onnx/defs/schema.h>
#include <onnx/inliner/inliner.h>
#include <onnx/shape_inference/implementation.h>

using namespace llvm;
using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::ModelProto;
using ::onnx::NodeProto;
using ::onnx::SparseTensorProto;
using ::onnx::TensorProto;

int sopt::getNewestOpset() {
  return ::onnx::OpSchemaRegistry::DomainToVersionRange::Instance()
      .Map()
      .at("")
      .second;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static Expected<std::unique_ptr<ModelProto>> parse(MemoryBufferRef bytes) {
  if (bytes.getBufferSize() > INT_MAX)
    return createStringError("is larger than the 2 GB that one file can hold; "
                             "save it with external data");
  google::protobuf::io::CodedInputStream input(
      reinterpret_cast<const uint8_t *>(bytes.getBufferStart()),
      int(bytes.getBufferSize()));
  auto model = std::make_unique<ModelProto>();
  if (!model->ParseFromCodedStream(&input) || !input.ConsumedEntireMessage())
    return createStringError("is not an ONNX model, or a damaged one");
  if (!model->has_graph())
    return createStringError("is not an ONNX model: it holds no graph");
  if (model->graph().output().empty())
    return createStringError("has no outputs, so there is nothing to compute");
  return std::move(model);
}

static Expected<std::unique_ptr<ModelProto>> read(StringRef path) {
  // Mapped rather than read in blocks: protobuf then knows the length of each
  // weight at once, and its strings do not grow by doubling.
  if (sys::fs::is_directory(path))
    return createStringError("is a folder, not an ONNX model");
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!file)
    return createStringError("cannot be read: %s",
                             file.getError().message().c_str());
  return parse(**file);
}

static Error checkOpsets(const ModelProto &model) {
  if (model.opset_import().empty())
    return createStringError("declares no opset");
  for (const auto &opset : model.opset_import()) {
    bool isONNX = opset.domain().empty() || opset.domain() == "ai.onnx";
    if (isONNX && (opset.version() < 1 || opset.version() > getNewestOpset()))
      return createStringError("needs opset %lld of ONNX; known are 1 to %d",
                               (long long)opset.version(), getNewestOpset());
  }
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// Whether the data is worth keeping from the ONNX library, which copies it
/// several times. (Strings are, to it and to us, no data.)
static bool isBig(const TensorProto &tensor) {
  if (tensor.data_location() == TensorProto::EXTERNAL)
    return true;
  return tensor.data_type() != TensorProto::STRING &&
         tensor.ByteSizeLong() > maxInlineBytes;
}

static ::onnx::TypeProto makeTensorType(int32_t dataType,
                                        ArrayRef<int64_t> shape) {
  ::onnx::TypeProto type;
  type.mutable_tensor_type()->set_elem_type(dataType);
  type.mutable_tensor_type()->mutable_shape();
  for (int64_t size : shape)
    type.mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(size);
  return type;
}

/// Takes the data of `tensor`, known as `name`, into `file.weights`.
static Error park(TensorProto &tensor, const std::string &name,
                  OnnxFile &file) {
  tensor.set_name(name);
  Expected<mlir::AsmResourceBlob> data = takeData(tensor, *file.externalFiles);
  if (!data)
    return data.takeError();
  ArrayRef<int64_t> shape(tensor.dims().data(), tensor.dims_size());
  file.weights.push_back(
      {name, makeTensorType(tensor.data_type(), shape), std::move(*data)});
  return Error::success();
}

/// Takes the elements of `sparse`, known as `name`, into `file.sparseWeights`.
static Error park(SparseTensorProto &sparse, const std::string &name,
                  OnnxFile &file) {
  sparse.mutable_values()->set_name(name);
  Expected<SparseData> data = takeSparseData(sparse);
  if (!data)
    return data.takeError();
  file.sparseWeights.push_back(std::move(*data));
  return Error::success();
}

/// Constants in subgraphs and functions cannot become inputs, nor can parts of
/// sparse tensors: their external data is read.
static Error inlineExternalData(GraphProto &graph, ExternalFiles &files);

static Error inlineExternalData(TensorProto &tensor, ExternalFiles &files) {
  if (tensor.data_location() != TensorProto::EXTERNAL)
    return Error::success();
  Expected<mlir::AsmResourceBlob> data = takeData(tensor, files);
  if (!data)
    return data.takeError();
  tensor.set_raw_data(data->getData().data(), data->getData().size());
  tensor.clear_external_data();
  tensor.clear_data_location();
  return Error::success();
}

static Error inlineExternalData(SparseTensorProto &sparse,
                                ExternalFiles &files) {
  for (TensorProto *part : {sparse.mutable_values(), sparse.mutable_indices()})
    if (Error error = inlineExternalData(*part, files))
      return error;
  return Error::success();
}

static Error inlineExternalData(NodeProto &node, ExternalFiles &files) {
  for (AttributeProto &attribute : *node.mutable_attribute()) {
    if (attribute.has_t())
      if (Error error = inlineExternalData(*attribute.mutable_t(), files))
        return error;
    for (TensorProto &tensor : *attribute.mutable_tensors())
      if (Error error = inlineExternalData(tensor, files))
        return error;
    if (attribute.has_sparse_tensor())
      if (Error error =
              inlineExternalData(*attribute.mutable_sparse_tensor(), files))
        return error;
    if (attribute.has_g())
      if (Error error = inlineExternalData(*attribute.mutable_g(), files))
        return error;
  }
  return Error::success();
}

static Error inlineExternalData(GraphProto &graph, ExternalFiles &files) {
  for (TensorProto &tensor : *graph.mutable_initializer())
    if (Error error = inlineExternalData(tensor, files))
      return error;
  for (SparseTensorProto &sparse : *graph.mutable_sparse_initializer())
    if (Error error = inlineExternalData(sparse, files))
      return error;
  for (NodeProto &node : *graph.mutable_node())
    if (Error error = inlineExternalData(node, files))
      return error;
  return Error::success();
}

static Error inlineExternalData(ModelProto &model, ExternalFiles &files) {
  for (auto &function : *model.mutable_functions())
    for (NodeProto &node : *function.mutable_node())
      if (Error error = inlineExternalData(node, files))
        return error;
  return inlineExternalData(*model.mutable_graph(), files);
}

/// The only attribute of a Constant node if it is called `name`, or null.
static AttributeProto *getConstant(NodeProto &node, StringRef name) {
  if (node.op_type() != "Constant" || node.output_size() != 1 ||
      node.attribute_size() != 1 || node.attribute(0).name() != name)
    return nullptr;
  return node.mutable_attribute(0);
}

static Error densifyNested(NodeProto &node);

/// Makes the sparse constants of a subgraph dense: they cannot become inputs.
static Error densifyAll(GraphProto &graph) {
  for (SparseTensorProto &proto : *graph.mutable_sparse_initializer()) {
    Expected<TensorProto> dense = densify(proto);
    if (!dense)
      return dense.takeError();
    *graph.add_initializer() = std::move(*dense);
  }
  graph.clear_sparse_initializer();
  for (NodeProto &node : *graph.mutable_node())
    if (Error error = densifyNested(node))
      return error;
  return Error::success();
}

/// Does so in a node that is not of the main graph.
static Error densifyNested(NodeProto &node) {
  if (AttributeProto *value = getConstant(node, "sparse_value")) {
    Expected<TensorProto> dense = densify(*value->mutable_sparse_tensor());
    if (!dense)
      return dense.takeError();
    value->clear_sparse_tensor();
    value->set_name("value");
    value->set_type(AttributeProto::TENSOR);
    *value->mutable_t() = std::move(*dense);
  }
  for (AttributeProto &attribute : *node.mutable_attribute())
    if (attribute.has_g())
      if (Error error = densifyAll(*attribute.mutable_g()))
        return error;
  return Error::success();
}

static Error densifyFunctionsAndSubgraphs(ModelProto &model) {
  for (auto &function : *model.mutable_functions())
    for (NodeProto &node : *function.mutable_node())
      if (Error error = densifyNested(node))
        return error;
  for (NodeProto &node : *model.mutable_graph()->mutable_node())
    for (AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g())
        if (Error error = densifyAll(*attribute.mutable_g()))
          return error;
  return Error::success();
}

/// Parks the sparse initializers and constants of the graph: the library infers
/// no shapes through them, nor converts them.
static Error parkSparseWeights(OnnxFile &file) {
  GraphProto &graph = *file.model->mutable_graph();
  for (SparseTensorProto &sparse : *graph.mutable_sparse_initializer())
    if (Error error = park(sparse, sparse.values().name(), file))
      return error;
  graph.clear_sparse_initializer();
  for (NodeProto &node : *graph.mutable_node())
    if (AttributeProto *value = getConstant(node, "sparse_value");
        value && value->has_sparse_tensor())
      if (Error error =
              park(*value->mutable_sparse_tensor(), node.output(0), file))
        return error;
  return Error::success();
}

/// Parks the big initializers and constants of the graph. Those that the file
/// declares outside itself must go before the checker looks for them.
static Error parkWeights(OnnxFile &file, bool onlyExternal) {
  GraphProto &graph = *file.model->mutable_graph();
  auto mustPark = [&](const TensorProto &tensor) {
    return onlyExternal ? tensor.data_location() == TensorProto::EXTERNAL
                        : isBig(tensor);
  };
  size_t numBefore = file.weights.size();
  for (TensorProto &tensor : *graph.mutable_initializer())
    if (mustPark(tensor))
      if (Error error = park(tensor, tensor.name(), file))
        return error;
  for (NodeProto &node : *graph.mutable_node())
    if (AttributeProto *value = getConstant(node, "value");
        value && value->has_t() && mustPark(value->t()))
      if (Error error = park(*value->mutable_t(), node.output(0), file))
        return error;
  if (!onlyExternal)
    if (Error error = parkSparseWeights(file))
      return error;

  // What stands for them in the graph.
  std::map<std::string, ::onnx::TypeProto> parked;
  auto add = [&](const std::string &name, ::onnx::TypeProto type) -> Error {
    if (parked.emplace(name, std::move(type)).second)
      return Error::success();
    return createStringError("two tensors are named '%s'", name.c_str());
  };
  for (const auto &weight : drop_begin(file.weights, numBefore))
    if (Error error = add(weight.name, weight.type))
      return error;
  for (const SparseData &weight : file.sparseWeights)
    if (Error error =
            add(weight.name, makeTensorType(weight.dataType, weight.shape)))
      return error;
  llvm::erase_if(*graph.mutable_initializer(), [&](const TensorProto &tensor) {
    return parked.count(tensor.name()) != 0;
  });
  llvm::erase_if(*graph.mutable_node(), [&](const NodeProto &node) {
    return node.op_type() == "Constant" && node.output_size() == 1 &&
           parked.count(node.output(0)) != 0;
  });
  // Old models list their initializers among the inputs too.
  for (const auto &input : graph.input())
    parked.erase(input.name());
  for (auto &[name, type] : parked) {
    auto &input = *graph.add_input();
    input.set_name(name);
    *input.mutable_type() = std::move(type);
  }
  return Error::success();
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

static Error inferShapes(ModelProto &model, bool isStrict = true) {
  ::onnx::ShapeInferenceOptions options(/*check_type_val=*/isStrict,
                                        /*strict_mode_val=*/isStrict,
                                        /*data_prop_val=*/true);
  LentConstants lent(*model.mutable_graph());
  return callLibrary([&] {
    ::onnx::shape_inference::InferShapes(model, &getInferenceSchemas(),
                                         options);
  });
}

/// Forgets the shapes that the file declares of what nodes compute: some are
/// wrong, of which other runtimes only warn. Nothing else tells those of nodes
/// of other domains.
static void forgetShapes(GraphProto &graph) {
  StringSet<> kept;
  for (const NodeProto &node : graph.node())
    if (!node.domain().empty() && node.domain() != "ai.onnx")
      for (const std::string &output : node.output())
        kept.insert(output);
  for (auto *values : {graph.mutable_output(), graph.mutable_value_info()})
    for (auto &value : *values)
      if (!kept.contains(value.name()) && value.type().has_tensor_type())
        value.mutable_type()->mutable_tensor_type()->clear_shape();
}

/// Infers shapes, also where the file declares others; not if it takes those
/// to know the outputs' ranks.
static Error inferTrueShapes(ModelProto &model) {
  Error error = inferShapes(model);
  if (!error)
    return error;
  forgetShapes(*model.mutable_graph());
  Error again = inferShapes(model);
  bool isUnknown = any_of(model.graph().output(), [](const auto &output) {
    return output.type().has_tensor_type() &&
           !output.type().tensor_type().has_shape();
  });
  if (again || isUnknown) {
    consumeError(std::move(again));
    return error;
  }
  consumeError(std::move(error));
  return Error::success();
}

/// Settles what shapes can be inferred through subgraphs: before the model is
/// brought to one opset, since the library converts no node of a subgraph.
static void settleSubgraphs(ModelProto &model) {
  GraphProto &graph = *model.mutable_graph();
  if (!hasSubgraphs(graph))
    return;
  bool hasChanged = true;
  while (hasChanged) {
    // What is wrong with a shape is said when all are inferred for good.
    if (errorToBool(inferShapes(model, /*isStrict=*/false)))
      return;
    hasChanged = foldBranches(graph);
    hasChanged |= giveLoopsRanks(graph);
  }
}

/// Whether all shapes of `model` can be inferred, once subgraphs are settled.
static bool isSound(ModelProto &model) {
  settleSubgraphs(model);
  return !errorToBool(inferTrueShapes(model));
}

/// Drops a dimension that is dropped only if its size is 1, where the model
/// fits together in no other way. If the size is another then, the Squeeze
/// fails, as something after it would have done.
static void settleSqueezes(ModelProto &model) {
  constexpr unsigned most = 16;
  unsigned left = 0;
  if (!hasSubgraphs(model.graph()))
    return;
  for (unsigned tried = 0; tried < most; ++tried) {
    ModelProto dropped = model, kept = model;
    if (!foldSqueeze(*dropped.mutable_graph(), left, /*drops=*/true))
      return;
    foldSqueeze(*kept.mutable_graph(), left, /*drops=*/false);
    if (isSound(dropped) && !isSound(kept))
      model = std::move(dropped);
    else
      ++left;
  }
}

/// Whether the shapes of `model`, once subgraphs are settled, are those that it
/// declares.
static bool fitsDeclarations(ModelProto &model) {
  settleSubgraphs(model);
  return !errorToBool(inferShapes(model));
}

/// Runs the library's checker. It demands that outputs have a shape, which
/// exporters do without where they know none, and so does everyone else.
static Error check(ModelProto &model) {
  SmallVector<::onnx::TypeProto::Tensor *> shapeless;
  for (auto &output : *model.mutable_graph()->mutable_output())
    if (output.type().has_tensor_type() &&
        !output.type().tensor_type().has_shape()) {
      shapeless.push_back(output.mutable_type()->mutable_tensor_type());
      shapeless.back()->mutable_shape();
    }
  Error error = callLibrary([&] { ::onnx::checker::check_model(model); });
  for (auto *type : shapeless)
    type->clear_shape();
  return error;
}

/// Writes the defaults of absent attributes into the nodes of ONNX's operators
/// `names`: the library forgets them where it puts a function in place of one.
static void stateDefaults(GraphProto &graph, ArrayRef<StringRef> names) {
  for (NodeProto &node : *graph.mutable_node()) {
    const auto *schema = ::onnx::OpSchemaRegistry::Schema(node.op_type());
    if (!schema || !is_contained(names, node.op_type()))
      continue;
    for (const auto &entry : schema->attributes())
      if (entry.second.default_value.has_type() &&
          none_of(node.attribute(), [&](const AttributeProto &attribute) {
            return attribute.name() == entry.first;
          })) {
        *node.add_attribute() = entry.second.default_value;
        node.mutable_attribute()->rbegin()->set_name(entry.first);
      }
  }
}

/// Replaces nodes of ONNX's operators `names` by the functions that define
/// them.
static Error expandOperators(ModelProto &model, ArrayRef<StringRef> names) {
  stateDefaults(*model.mutable_graph(), names);
  ::onnx::inliner::FunctionIdVector ids;
  for (StringRef name : names)
    ids.emplace_back("", name.str());
  auto set = ::onnx::inliner::FunctionIdSet::Create(std::move(ids));
  return callLibrary([&] {
    ::onnx::inliner::InlineSelectedFunctions(model, *set,
                                             /*schema_registry=*/nullptr);
  });
}

/// Guesses the types that nothing tells, and infers what follows from them. If
/// that contradicts itself, import will name a value whose type is not known.
static void inferGuessedTypes(OnnxFile &file) {
  ModelProto known = *file.model;
  while (guessTypes(*file.model->mutable_graph(), file.guessedTypes))
    if (Error error = inferTrueShapes(*file.model)) {
      consumeError(std::move(error));
      *file.model = std::move(known);
      file.guessedTypes.clear();
      return;
    }
}

/// Brings a model to the one form; the files that it refers to are beside
/// `path`.
static Expected<OnnxFile> prepare(std::unique_ptr<ModelProto> model,
                                  StringRef path,
                                  ArrayRef<StringRef> expanded) {
  registerRuntimeOperators();
  OnnxFile file;
  file.model = std::move(model);
  file.externalFiles = std::make_unique<ExternalFiles>(path.str());
  if (Error error = checkOpsets(*file.model))
    return std::move(error);
  declareOpsetsOfFunctions(*file.model);

  file.originalIRVersion = file.model->ir_version();
  file.declaresTensors = file.model->graph().value_info_size() > 0;
  for (const auto &opset : file.model->opset_import())
    file.originalOpsets[opset.domain() == "ai.onnx" ? "" : opset.domain()] =
        opset.version();
  GraphProto &graph = *file.model->mutable_graph();
  for (const auto *values : {&graph.input(), &graph.output()})
    for (const auto &value : *values)
      file.declaredValues[value.name()] = value;
  file.graphMetadata = graph.metadata_props();
  for (const TensorProto &tensor : graph.initializer()) {
    if (tensor.doc_string().empty() && tensor.metadata_props().empty())
      continue;
    TensorProto &notes = file.tensorNotes[tensor.name()];
    notes.set_doc_string(tensor.doc_string());
    *notes.mutable_metadata_props() = tensor.metadata_props();
  }

  if (Error error = parkWeights(file, /*onlyExternal=*/true))
    return std::move(error);
  if (Error error = inlineExternalData(*file.model, *file.externalFiles))
    return std::move(error);
  if (Error error = check(*file.model))
    return std::move(error);
  if (Error error = parkWeights(file, /*onlyExternal=*/false))
    return std::move(error);
  if (Error error = densifyFunctionsAndSubgraphs(*file.model))
    return std::move(error);
  if (Error error = checkCalls(*file.model))
    return std::move(error);
  if (Error error = checkSubgraphs(graph))
    return std::move(error);
  if (Error error = inlineFunctions(*file.model))
    return std::move(error);
  // In the version of the model, to which the functions belong.
  if (!expanded.empty())
    if (Error error = expandOperators(*file.model, expanded))
      return std::move(error);
  settleSubgraphs(*file.model);
  settleSqueezes(*file.model);
  settleOpenSqueezes(*file.model, fitsDeclarations);
  if (Error error = convertToNewestOpset(*file.model))
    return std::move(error);
  dropEmptyInputs(*file.model->mutable_graph());
  // Its shapes are inferred through its function.
  stateDefaults(*file.model->mutable_graph(), {"MeanVarianceNormalization"});
  if (Error error = inferTrueShapes(*file.model))
    return std::move(error);
  inferGuessedTypes(file);
  return std::move(file);
}

Expected<OnnxFile> sopt::loadOnnxFile(StringRef path) {
  Expected<std::unique_ptr<ModelProto>> model = read(path);
  if (!model)
    return model.takeError();
  return prepare(std::move(*model), path, {});
}

Expected<OnnxFile> sopt::loadOnnxFile(MemoryBufferRef bytes,
                                      ArrayRef<StringRef> expanded) {
  Expected<std::unique_ptr<ModelProto>> model = parse(bytes);
  if (!model)
    return model.takeError();
  return prepare(std::move(*model), "", expanded);
}
