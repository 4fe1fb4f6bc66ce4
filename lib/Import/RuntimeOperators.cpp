//===- RuntimeOperators.cpp - Operators of onnxruntime's own --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeOperators.h"
#include <onnx/defs/schema.h>

using ::onnx::InferenceContext;
using ::onnx::OpSchema;
using ::onnx::TensorShapeProto;

static constexpr char kDomain[] = "com.microsoft";

/// Y: steps × directions × batch × hidden, and the last states without steps.
static void inferLSTM(InferenceContext &context) {
  using Dimension = TensorShapeProto::Dimension;
  Dimension directions, hidden, steps, batch;
  const auto *direction = context.getAttribute("direction");
  bool isBoth = direction && direction->s() == "bidirectional";
  directions.set_dim_value(isBoth ? 2 : 1);
  if (const auto *size = context.getAttribute("hidden_size"))
    hidden.set_dim_value(size->i());
  if (::onnx::hasInputShape(context, 0)) {
    const TensorShapeProto &shape = ::onnx::getInputShape(context, 0);
    if (shape.dim_size() != 3)
      fail_shape_inference("X must have 3 dimensions");
    steps = shape.dim(0);
    batch = shape.dim(1);
  }
  for (size_t output = 0; output < context.getNumOutputs(); ++output) {
    ::onnx::propagateElemTypeFromInputToOutput(context, 0, output);
    if (output == 0)
      ::onnx::updateOutputShape(context, output,
                                {steps, directions, batch, hidden});
    else
      ::onnx::updateOutputShape(context, output, {directions, batch, hidden});
  }
}

/// The operator of which `LSTM` is given quantised weights.
static OpSchema makeDynamicQuantizeLSTM() {
  OpSchema schema("DynamicQuantizeLSTM", __FILE__, __LINE__);
  schema.SetDomain(kDomain).SinceVersion(1);
  schema.AllowUncheckedAttributes();
  schema.TypeConstraint("T", {"tensor(float)"}, "");
  schema.TypeConstraint("T1", {"tensor(int32)"}, "");
  schema.TypeConstraint("T2", {"tensor(uint8)", "tensor(int8)"}, "");
  struct Input {
    const char *name, *type;
    bool isOptional;
  };
  constexpr Input inputs[] = {
      {"X", "T", false},
      {"W", "T2", false},
      {"R", "T2", false},
      {"B", "T", true},
      {"sequence_lens", "T1", true},
      {"initial_h", "T", true},
      {"initial_c", "T", true},
      {"P", "T", true},
      {"W_scale", "T", false},
      {"W_zero_point", "T2", false},
      {"R_scale", "T", false},
      {"R_zero_point", "T2", false},
  };
  int index = 0;
  for (const Input &input : inputs)
    schema.Input(index++, input.name, "", input.type,
                 input.isOptional ? OpSchema::Optional : OpSchema::Single);
  index = 0;
  for (const char *name : {"Y", "Y_h", "Y_c"})
    schema.Output(index++, name, "", "T", OpSchema::Optional);
  schema.TypeAndShapeInferenceFunction(inferLSTM);
  return schema;
}

void sopt::registerRuntimeOperators() {
  static const bool isDone = [] {
    ::onnx::OpSchemaRegistry::DomainToVersionRange::Instance()
        .AddDomainToVersion(kDomain, /*min_version=*/1, /*max_version=*/1);
    ::onnx::RegisterSchema(makeDynamicQuantizeLSTM());
    return true;
  }();
  (void)isDone;
}
