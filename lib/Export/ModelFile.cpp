//===- ModelFile.cpp - An ONNX model on its way to disk -------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <onnx/checker.h>

using namespace llvm;
using namespace sopt;
using ::onnx::GraphProto;
using ::onnx::ModelProto;
using ::onnx::TensorProto;

//===----------------------------------------------------------------------===//
// Check
//===----------------------------------------------------------------------===//

static void addInput(GraphProto &graph, const std::string &name,
                     int32_t dataType,
                     const google::protobuf::RepeatedField<int64_t> &dims) {
  auto &input = *graph.add_input();
  input.set_name(name);
  auto &type = *input.mutable_type()->mutable_tensor_type();
  type.set_elem_type(dataType);
  type.mutable_shape();
  for (int64_t size : dims)
    type.mutable_shape()->add_dim()->set_dim_value(size);
}

Error sopt::checkModel(const ModelProto &model, ArrayRef<Weight> weights) {
  // The checker reads no weight, so that a graph input of the same type will
  // do for one.
  ModelProto checked = model;
  for (const Weight &weight : weights)
    addInput(*checked.mutable_graph(), weight.tensor.name(),
             weight.tensor.data_type(), weight.tensor.dims());
  GraphProto &graph = *checked.mutable_graph();
  try {
    // Inference takes a sparse initializer for a sparse tensor, which no
    // operator takes, though every runtime sees a dense one.
    if (!graph.sparse_initializer().empty())
      ::onnx::checker::check_model(checked);
    for (const auto &sparse : graph.sparse_initializer())
      addInput(graph, sparse.values().name(), sparse.values().data_type(),
               sparse.dims());
    graph.clear_sparse_initializer();
    ::onnx::checker::check_model(checked, /*full_check=*/true);
    return Error::success();
  } catch (const std::exception &exception) {
    // The library's messages span lines; ours are one.
    SmallVector<StringRef> words;
    SplitString(exception.what(), words, " \t\r\n");
    return createStringError(join(words, " "));
  }
}

//===----------------------------------------------------------------------===//
// Wire format
//===----------------------------------------------------------------------===//

// A ModelProto is written in pieces, for protobuf would copy each weight twice:
// into the message and into the serialised form. A field of a message is its
// tag, its length and its bytes, in any order.

/// The tags, (number << 3) | 2, of the fields on the way to a weight's data.
constexpr char graphTag = (ModelProto::kGraphFieldNumber << 3) | 2;
constexpr char initializerTag = (GraphProto::kInitializerFieldNumber << 3) | 2;
constexpr char rawDataTag = (TensorProto::kRawDataFieldNumber << 3) | 2;

/// Bytes of a field with `length` bytes of content.
static uint64_t getFieldSize(uint64_t length) {
  return 1 + getULEB128Size(length) + length;
}

static void writeFieldStart(raw_ostream &os, char tag, uint64_t length) {
  os << tag;
  encodeULEB128(length, os);
}

namespace {
/// A model in serialised pieces: what comes before the graph, the graph without
/// weights, and each weight's message without its data.
struct SerializedModel {
  std::string head, graph;
  std::vector<std::string> weightHeads;
  ArrayRef<Weight> weights;

  uint64_t getWeightSize(size_t index) const {
    return weightHeads[index].size() + getFieldSize(weights[index].data.size());
  }

  uint64_t getGraphSize() const {
    uint64_t size = graph.size();
    for (size_t i = 0; i < weights.size(); ++i)
      size += getFieldSize(getWeightSize(i));
    return size;
  }

  uint64_t getSize() const {
    return head.size() + getFieldSize(getGraphSize());
  }

  void write(raw_ostream &os) const {
    os << head;
    writeFieldStart(os, graphTag, getGraphSize());
    os << graph;
    for (auto [index, weight] : enumerate(weights)) {
      writeFieldStart(os, initializerTag, getWeightSize(index));
      os << weightHeads[index];
      writeFieldStart(os, rawDataTag, weight.data.size());
      os.write(weight.data.data(), weight.data.size());
    }
  }
};
} // namespace

static SerializedModel serialize(ModelProto &model, ArrayRef<Weight> weights) {
  SerializedModel pieces;
  pieces.graph = model.graph().SerializeAsString();
  GraphProto graph;
  graph.Swap(model.mutable_graph());
  model.clear_graph();
  pieces.head = model.SerializeAsString();
  graph.Swap(model.mutable_graph());
  pieces.weights = weights;
  for (const Weight &weight : weights)
    pieces.weightHeads.push_back(weight.tensor.SerializeAsString());
  return pieces;
}

std::string sopt::serializeModel(ModelProto model, ArrayRef<Weight> weights) {
  std::string bytes;
  raw_string_ostream os(bytes);
  serialize(model, weights).write(os);
  return bytes;
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

static Error writeFile(const Twine &path,
                       function_ref<void(raw_ostream &)> write) {
  auto file = sys::fs::TempFile::create(path + ".%%%%%%");
  if (!file)
    return file.takeError();
  std::error_code error;
  {
    raw_fd_ostream os(file->FD, /*shouldClose=*/false);
    write(os);
    os.flush();
    error = os.error();
    os.clear_error();
  }
  if (!error)
    return file->keep(path);
  return joinErrors(errorCodeToError(error), file->discard());
}

/// Readers map the file: weights start where pages do.
constexpr uint64_t externalAlignment = 4096;

/// Lays the weights out in a file called `location` beside the model, and adds
/// them to the graph with their places.
static void moveOutside(ModelProto &model, ArrayRef<Weight> weights,
                        StringRef location) {
  uint64_t offset = 0;
  for (const Weight &weight : weights) {
    TensorProto &tensor = *model.mutable_graph()->add_initializer();
    tensor = weight.tensor;
    tensor.set_data_location(TensorProto::EXTERNAL);
    auto addEntry = [&](const char *key, const Twine &value) {
      auto &entry = *tensor.add_external_data();
      entry.set_key(key);
      entry.set_value(value.str());
    };
    addEntry("location", location);
    addEntry("offset", Twine(offset));
    addEntry("length", Twine(weight.data.size()));
    offset = alignTo(offset + weight.data.size(), externalAlignment);
  }
}

static void writeWeights(raw_ostream &os, ArrayRef<Weight> weights) {
  uint64_t offset = 0;
  for (const Weight &weight : weights) {
    uint64_t start = alignTo(offset, externalAlignment);
    os.write_zeros(start - offset);
    os.write(weight.data.data(), weight.data.size());
    offset = start + weight.data.size();
  }
}

Error sopt::writeModel(ModelProto model, std::vector<Weight> weights,
                       StringRef path, int64_t maxBytes) {
  SerializedModel whole = serialize(model, weights);
  if (whole.getSize() <= uint64_t(maxBytes))
    return writeFile(path, [&](raw_ostream &os) { whole.write(os); });

  std::string dataPath = (path + ".data").str();
  moveOutside(model, weights, sys::path::filename(dataPath));
  SerializedModel outside = serialize(model, {});
  if (outside.getSize() > uint64_t(maxBytes))
    return createStringError("the graph alone is larger than an ONNX file can "
                             "be");
  if (Error error = writeFile(
          dataPath, [&](raw_ostream &os) { writeWeights(os, weights); }))
    return error;
  Error error = writeFile(path, [&](raw_ostream &os) { outside.write(os); });
  if (error)
    (void)sys::fs::remove(dataPath);
  return error;
}
