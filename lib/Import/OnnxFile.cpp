//===- OnnxFile.cpp - An ONNX file, checked and in one form
//----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OnnxFile.h"
#include "LibraryCall.h"
#include "OpsetConversion.h"
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

static Expected<std::unique_ptr<ModelProto>> parse(StringRef path) {
  // Mapped rather than read in blocks: protobuf then knows the length of each
  // weight at once, and its strings do not grow by doubling.
  if (sys::fs::is_directory(path))
    return createStringError("is a folder, not an ONNX model");
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!file)
    return createStringError("cannot be read: %s",
                             file.getError().message().c_str());
  if ((*file)->getBufferSize() > INT_MAX)
    return createStringError("is larger than the 2 GB that one file can hold; "
                             "save it with external data");
  google::protobuf::io::CodedInputStream input(
      reinterpret_cast<const uint8_t *>((*file)->getBufferStart()),
      int((*file)->getBufferSize()));
  auto model = std::make_unique<ModelProto>();
  if (!model->ParseFromCodedStream(&input) || !input.ConsumedEntireMessage())
    return createStringError("is not an ONNX model, or a damaged one");
  if (!model->has_graph())
    return createStringError("is not an ONNX model: it holds no graph");
  if (model->graph().output().empty())
    return createStringError("has no outputs, so there is nothing to compute");
  return std::move(model);
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

/// Takes the data of `tensor`, known as `name`, into `file.weights`.
static Error park(TensorProto &tensor, const std::string &name,
                  OnnxFile &file) {
  tensor.set_name(name);
  Expected<mlir::AsmResourceBlob> data = takeData(tensor, *file.externalFiles);
  if (!data)
    return data.takeError();
  OnnxFile::Weight weight{name, {}, std::move(*data)};
  auto &type = *weight.type.mutable_tensor_type();
  type.set_elem_type(tensor.data_type());
  type.mutable_shape();
  for (int64_t size : tensor.dims())
    type.mutable_shape()->add_dim()->set_dim_value(size);
  file.weights.push_back(std::move(weight));
  return Error::success();
}

/// Constants in subgraphs cannot become inputs: their external data is read.
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

static Error inlineExternalData(NodeProto &node, ExternalFiles &files) {
  for (AttributeProto &attribute : *node.mutable_attribute()) {
    if (attribute.has_t())
      if (Error error = inlineExternalData(*attribute.mutable_t(), files))
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
  for (NodeProto &node : *graph.mutable_node())
    if (Error error = inlineExternalData(node, files))
      return error;
  return Error::success();
}

/// The tensor of a Constant node, or null.
static TensorProto *getConstant(NodeProto &node) {
  if (node.op_type() != "Constant" || node.output_size() != 1 ||
      node.attribute_size() != 1 || !node.attribute(0).has_t() ||
      node.attribute(0).name() != "value")
    return nullptr;
  return node.mutable_attribute(0)->mutable_t();
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
    if (TensorProto *tensor = getConstant(node); tensor && mustPark(*tensor))
      if (Error error = park(*tensor, node.output(0), file))
        return error;

  // The library infers no shapes through sparse tensors, nor converts them.
  if (!onlyExternal) {
    for (const auto &sparse : graph.sparse_initializer()) {
      Expected<TensorProto> tensor = densify(sparse);
      if (!tensor)
        return tensor.takeError();
      if (Error error = park(*tensor, tensor->name(), file))
        return error;
    }
    graph.clear_sparse_initializer();
  }

  StringSet<> parked, inputs;
  for (const auto &weight : drop_begin(file.weights, numBefore))
    if (!parked.insert(weight.name).second)
      return createStringError("two tensors are named '%s'",
                               weight.name.c_str());
  llvm::erase_if(*graph.mutable_initializer(), [&](const TensorProto &tensor) {
    return parked.contains(tensor.name());
  });
  llvm::erase_if(*graph.mutable_node(), [&](NodeProto &node) {
    return getConstant(node) && parked.contains(node.output(0));
  });
  for (const auto &input : graph.input())
    inputs.insert(input.name());
  for (const auto &weight : drop_begin(file.weights, numBefore)) {
    // Old models list their initializers among the inputs too.
    if (inputs.contains(weight.name))
      continue;
    auto &input = *graph.add_input();
    input.set_name(weight.name);
    *input.mutable_type() = weight.type;
  }
  return Error::success();
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

static Error inferShapes(ModelProto &model) {
  ::onnx::ShapeInferenceOptions options(/*check_type_val=*/true,
                                        /*strict_mode_val=*/1,
                                        /*data_prop_val=*/true);
  return callLibrary([&] {
    ::onnx::shape_inference::InferShapes(
        model, ::onnx::OpSchemaRegistry::Instance(), options);
  });
}

Expected<OnnxFile> sopt::loadOnnxFile(StringRef path) {
  OnnxFile file;
  Expected<std::unique_ptr<ModelProto>> model = parse(path);
  if (!model)
    return model.takeError();
  file.model = std::move(*model);
  file.externalFiles =
      std::make_unique<ExternalFiles>(sys::path::parent_path(path).str());
  if (Error error = checkOpsets(*file.model))
    return std::move(error);

  file.originalIRVersion = file.model->ir_version();
  file.declaresTensors = file.model->graph().value_info_size() > 0;
  for (const auto &opset : file.model->opset_import())
    file.originalOpsets[opset.domain() == "ai.onnx" ? "" : opset.domain()] =
        opset.version();
  GraphProto &graph = *file.model->mutable_graph();
  for (const auto *values : {&graph.input(), &graph.output()})
    for (const auto &value : *values)
      file.declaredTypes[value.name()] = value.type();

  if (Error error = parkWeights(file, /*onlyExternal=*/true))
    return std::move(error);
  if (Error error = inlineExternalData(graph, *file.externalFiles))
    return std::move(error);
  if (Error error =
          callLibrary([&] { ::onnx::checker::check_model(*file.model); }))
    return std::move(error);
  if (Error error = parkWeights(file, /*onlyExternal=*/false))
    return std::move(error);
  if (!file.model->functions().empty())
    if (Error error = callLibrary([&] {
          ::onnx::inliner::InlineLocalFunctions(*file.model,
                                                /*convert_version=*/true);
        }))
      return std::move(error);
  if (Error error = convertToNewestOpset(*file.model))
    return std::move(error);
  if (Error error = inferShapes(*file.model))
    return std::move(error);
  return std::move(file);
}
