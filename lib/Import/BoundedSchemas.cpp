//===- BoundedSchemas.cpp - Schemas that hold short vectors alone ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BoundedSchemas.h"
#include <map>

using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::DataPropagationContext;
using ::onnx::DataPropagationFunction;
using ::onnx::ISchemaRegistry;
using ::onnx::OpSchema;
using ::onnx::OpSchemaRegistry;
using ::onnx::TensorShapeProto;
using ::onnx::TypeProto;

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

class BoundedSchemas : public ISchemaRegistry {
public:
  BoundedSchemas() {
    for (const OpSchema &schema :
         OpSchemaRegistry::get_all_schemas_with_history()) {
      if (!schema.has_data_propagation_function())
        continue;
      DataPropagationFunction propagate = schema.GetDataPropagationFunction();
      OpSchema bounded = schema;
      bounded.PartialDataPropagationFunction(
          [propagate](DataPropagationContext &context) {
            BoundedContext bounded(context);
            propagate(bounded);
          });
      schemas.emplace(std::make_pair(schema.Name(), schema.SinceVersion()),
                      std::move(bounded));
    }
  }

  const OpSchema *GetSchema(const std::string &name, int maxInclusiveVersion,
                            const std::string &domain) const override {
    const OpSchema *schema = OpSchemaRegistry::Instance()->GetSchema(
        name, maxInclusiveVersion, domain);
    if (!schema || !schema->has_data_propagation_function())
      return schema;
    return &schemas.at({name, schema->SinceVersion()});
  }

private:
  /// The operators that propagate data; all are of ONNX's own domain.
  std::map<std::pair<std::string, int>, OpSchema> schemas;
};

} // namespace

const ISchemaRegistry &sopt::getBoundedSchemas() {
  static const BoundedSchemas schemas;
  return schemas;
}
