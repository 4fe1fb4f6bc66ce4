//===- InferenceSchemas.cpp - Schemas to infer shapes by ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InferenceSchemas.h"
#include <map>
#include <mutex>
#include <optional>

using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::DataPropagationContext;
using ::onnx::DataPropagationFunction;
using ::onnx::InferenceContext;
using ::onnx::InferenceFunction;
using ::onnx::ISchemaRegistry;
using ::onnx::OpSchema;
using ::onnx::OpSchemaRegistry;
using ::onnx::TensorProto;
using ::onnx::TensorShapeProto;
using ::onnx::TypeProto;

//===----------------------------------------------------------------------===//
// STFT
//===----------------------------------------------------------------------===//

/// How long a frame of an STFT is, if its window or its constant says so.
static std::optional<int64_t> getFrameLength(InferenceContext &context) {
  if (context.hasInput(3)) {
    const TensorProto *length = context.getInputData(3);
    if (!length || length->data_type() != TensorProto::INT64)
      return std::nullopt;
    std::vector<int64_t> elements = ::onnx::ParseData<int64_t>(length);
    return elements.size() == 1 ? std::optional(elements.front())
                                : std::nullopt;
  }
  if (!context.hasInput(2) || !::onnx::hasInputShape(context, 2))
    return std::nullopt;
  const TensorShapeProto &window = ::onnx::getInputShape(context, 2);
  if (window.dim_size() != 1 || !window.dim(0).has_dim_value())
    return std::nullopt;
  return window.dim(0).dim_value();
}

/// Batch × frames × bins × 2, of which `infer` finds no dimension where it does
/// not know how long the signal is.
static void inferSTFT(InferenceContext &context,
                      const InferenceFunction &infer) {
  infer(context);
  if (!::onnx::hasInputShape(context, 0))
    return;
  TensorShapeProto &shape =
      *context.getOutputType(0)->mutable_tensor_type()->mutable_shape();
  if (shape.dim_size() == 0) {
    for (int i = 0; i < 4; ++i)
      shape.add_dim();
    *shape.mutable_dim(0) = ::onnx::getInputShape(context, 0).dim(0);
    shape.mutable_dim(3)->set_dim_value(2);
  }
  if (std::optional<int64_t> length = getFrameLength(context);
      length && *length > 0) {
    bool isOneSided = ::onnx::getAttribute(context, "onesided", 1);
    shape.mutable_dim(2)->set_dim_value(isOneSided ? *length / 2 + 1 : *length);
  }
}

//===----------------------------------------------------------------------===//
// Data propagation
//===----------------------------------------------------------------------===//

namespace {

constexpr int64_t mostElements = 256;

/// Hides the long vectors of another context.
class BoundedContext : public DataPropagationContext {
public:
  explicit BoundedContext(DataPropagationContext &context) : context(context) {}

  const AttributeProto *getAttribute(const std::string &name) const override {
    return context.getAttribute(name);
  }
  size_t getNumInputs() const override { return context.getNumInputs(); }
  const TypeProto *getInputType(size_t index) const override {
    return context.getInputType(index);
  }
  size_t getNumOutputs() const override { return context.getNumOutputs(); }
  const TypeProto *getOutputType(size_t index) const override {
    return context.getOutputType(index);
  }

  const TensorShapeProto *getInputData(size_t index) override {
    // By its type, before the library makes as many elements.
    if (const TypeProto *type = context.getInputType(index)) {
      const TensorShapeProto &shape = type->tensor_type().shape();
      if (shape.dim_size() == 1 && shape.dim(0).dim_value() > mostElements)
        return nullptr;
    }
    return context.getInputData(index);
  }

  void addOutputData(size_t index, TensorShapeProto &&elements) override {
    if (elements.dim_size() <= mostElements)
      context.addOutputData(index, std::move(elements));
  }

private:
  DataPropagationContext &context;
};

/// Schemas are changed as they are asked for: a copy of each of all the
/// versions would take longer than a small model does.
class InferenceSchemas : public ISchemaRegistry {
public:
  const OpSchema *GetSchema(const std::string &name, int maxInclusiveVersion,
                            const std::string &domain) const override {
    const OpSchema *schema = OpSchemaRegistry::Instance()->GetSchema(
        name, maxInclusiveVersion, domain);
    // What differs is of ONNX's own domain.
    if (!schema || !schema->domain().empty())
      return schema;
    bool isSTFT = schema->Name() == "STFT";
    if (!isSTFT && !schema->has_data_propagation_function())
      return schema;
    std::lock_guard<std::mutex> lock(mutex);
    auto [entry, isNew] = schemas.try_emplace(schema, *schema);
    if (isNew && isSTFT)
      complete(entry->second);
    if (isNew && schema->has_data_propagation_function())
      bound(entry->second);
    return &entry->second;
  }

private:
  static void bound(OpSchema &schema) {
    DataPropagationFunction propagate = schema.GetDataPropagationFunction();
    schema.PartialDataPropagationFunction(
        [propagate](DataPropagationContext &context) {
          BoundedContext bounded(context);
          propagate(bounded);
        });
  }

  static void complete(OpSchema &stft) {
    InferenceFunction infer = stft.GetTypeAndShapeInferenceFunction();
    stft.TypeAndShapeInferenceFunction(
        [infer](InferenceContext &context) { inferSTFT(context, infer); });
  }

  mutable std::mutex mutex;
  mutable std::map<const OpSchema *, OpSchema> schemas;
};

} // namespace

const ISchemaRegistry &sopt::getInferenceSchemas() {
  static const InferenceSchemas schemas;
  return schemas;
}
