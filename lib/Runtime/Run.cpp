//===- Run.cpp - Run the model, or its shapes only ------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "ElementTypes.h"
#include "Inputs.h"
#include "Outputs.h"
#include "Threads.h"
#include "sparse-opt/Runtime/ModelInfo.h"

using namespace sopt::runtime;

namespace {
/// Holds a context for the duration of one call.
class Use {
public:
  explicit Use(SoptContext &context)
      : context(context), isMine(!context.isBusy.exchange(true)) {
    if (isMine)
      clearError(context);
  }
  ~Use() {
    if (isMine)
      context.isBusy.store(false);
  }
  explicit operator bool() const { return isMine; }

private:
  SoptContext &context;
  bool isMine;
};
} // namespace

/// Runs generated code, which what it calls may leave by longjmp: nothing in
/// here has a destructor, and generated code is not C++.
static void runGenerated(SoptContext *context) {
  current = context;
  if (setjmp(context->exit) == 0)
    sopt_model_info.run(context->results, context->arguments);
  sopt_rt_node(-1);
  current = nullptr;
}

static void getShapesGenerated(SoptContext *context) {
  current = context;
  if (setjmp(context->exit) == 0)
    sopt_model_info.shapes(context->inputShapes, context->outputShapes);
  current = nullptr;
}

/// Does `work` while nobody else uses the context, if the arguments pass.
template <typename Work>
static SoptStatus withContext(SoptContext *context, const SoptInput *inputs,
                              int32_t numInputs, SoptOutput *outputs,
                              int32_t numOutputs, Check check, Work work) {
  if (!context)
    return SOPT_OUT_OF_MEMORY;
  Use use(*context);
  if (!use)
    return SOPT_BUSY;
  if (checkInputs(*context, inputs, numInputs, check) &&
      checkOutputs(*context, outputs, numOutputs))
    work();
  return context->status;
}

SoptStatus sopt_run(SoptContext *context, const SoptInput *inputs,
                    int32_t numInputs, SoptOutput *outputs,
                    int32_t numOutputs) {
  return withContext(context, inputs, numInputs, outputs, numOutputs,
                     Check::Data, [&] {
                       context->arena.reset();
                       context->flops = 0;
                       context->node = -1;
                       describeInputs(*context, inputs);
                       {
                         ThreadScope threads(context->threads);
                         runGenerated(context);
                       }
                       if (context->status == SOPT_OK)
                         deliverOutputs(*context, outputs);
                     });
}

/// Bytes of a tensor of `shape`; 0 if a size is unknown.
static uint64_t getBytes(const int64_t *shape, const SoptTensorInfo &info) {
  uint64_t size = getTypeSize(info.type), count = 0;
  return countElements(shape, info.rank, size, count) ? count * size : 0;
}

/// The size of an output's dimension as far as the model's table says it.
static int64_t getSize(const SoptTensorInfo &info, int32_t dim,
                       const SoptInput *inputs) {
  const char *symbol = info.dimNames[dim];
  if (info.dims[dim] >= 0 || !symbol[0])
    return info.dims[dim];
  return getSymbolSize(inputs, symbol);
}

/// Describes the outputs by the model's table, then by the generated code.
static void findShapes(SoptContext *context, const SoptInput *inputs,
                       SoptOutput *outputs) {
  const SoptModelInfo &model = sopt_model_info;
  int64_t *shape = context->outputShapes;
  for (int32_t i = 0; i < model.numOutputs; ++i) {
    const SoptTensorInfo &info = model.outputs[i];
    outputs[i].type = info.type;
    outputs[i].rank = info.rank;
    outputs[i].shape = shape;
    for (int32_t dim = 0; dim < info.rank; ++dim)
      *shape++ = getSize(info, dim, inputs);
  }
  if (model.shapes)
    getShapesGenerated(context);
  for (int32_t i = 0; i < model.numOutputs; ++i)
    outputs[i].bytes = getBytes(outputs[i].shape, model.outputs[i]);
}

SoptStatus sopt_output_shapes(SoptContext *context, const SoptInput *inputs,
                              int32_t numInputs, SoptOutput *outputs,
                              int32_t numOutputs) {
  return withContext(context, inputs, numInputs, outputs, numOutputs,
                     Check::Shapes,
                     [&] { findShapes(context, inputs, outputs); });
}
