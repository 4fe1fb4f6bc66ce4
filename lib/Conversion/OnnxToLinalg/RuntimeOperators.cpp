//===- RuntimeOperators.cpp - Operators of onnxruntime's own --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Its quantiser writes operators of its own domain into files, which come here
// as onnx.Custom.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "Recurrence.h"

using namespace mlir;
using namespace sopt;

namespace {
/// A node of another domain: its operands, null where they are left out, and
/// its attributes.
class CustomNode {
public:
  CustomNode(onnx::CustomOp op, ValueRange operands)
      : op(op), operands(stripCasts(operands)) {}

  template <typename IndexT> Value getInput(IndexT input) {
    auto index = size_t(input);
    if (index >= operands.size() ||
        isa<NoneType>(op.getInputs()[index].getType()))
      return nullptr;
    return operands[index];
  }
  template <typename IndexT> bool isInputUnsigned(IndexT input) {
    return isUnsigned(op.getInputs()[size_t(input)].getType());
  }
  Value getOutput(size_t index) {
    if (index >= op.getNumResults() ||
        isa<NoneType>(op.getResult(index).getType()))
      return nullptr;
    return op.getResult(index);
  }
  template <typename AttrT> AttrT getAttribute(StringRef name) {
    return op.getAttrs().getAs<AttrT>(name);
  }
  int64_t getInt(StringRef name, int64_t fallback) {
    auto attribute = getAttribute<IntegerAttr>(name);
    return attribute ? attribute.getInt() : fallback;
  }

private:
  onnx::CustomOp op;
  SmallVector<Value> operands;
};

/// A lowering of an operator. What it returns is what `getOutput` gives.
struct RuntimeOperator {
  StringLiteral name;
  Lowered (*lower)(CustomNode &node, Emitter &e);
};
} // namespace

//===----------------------------------------------------------------------===//
// DynamicQuantizeLSTM
//===----------------------------------------------------------------------===//

namespace {
/// Its operands, in their order.
enum class LSTMInput {
  X,
  W,
  R,
  B,
  Lengths,
  H,
  C,
  P,
  WScale,
  WZero,
  RScale,
  RZero
};
} // namespace

/// The quantised weights of each direction, directions × K × columns.
static FailureOr<SmallVector<QuantizedGates>>
readGates(Emitter &e, CustomNode &node, LSTMInput weights, LSTMInput scale,
          LSTMInput zero, ArrayRef<int64_t> shape) {
  Value tensor = node.getInput(weights), scales = node.getInput(scale);
  if (!tensor || !scales || getRank(scales) < 1 || getRank(scales) > 2)
    return e.refuse("its weights have no scales, or not one for each "
                    "direction or column");
  // Zero points are one per direction, or a row for each.
  Value zeros = node.getInput(zero);
  bool isRow = zeros && getRank(zeros) == 2;
  if (isRow && getConstantSize(e.size(zeros, 0)) == 1)
    zeros = e.part(zeros, 0);
  else if (isRow)
    return e.refuse("its zero points are one per column of two directions");
  std::optional<WholeWeights> whole = WholeWeights::get(
      tensor, zeros, node.isInputUnsigned(weights), isRow ? 2 : 0);
  if (!whole || whole->getShape() != shape)
    return e.refuse("its weights are no constants of the shape that they must "
                    "have");
  SmallVector<Value> sizes = e.sizes(scales);
  sizes[0] = e.index(shape[0]);
  if (sizes.size() == 2)
    sizes[1] = e.index(shape[2]);
  scales = e.fit(scales, sizes);
  SmallVector<QuantizedGates> gates;
  for (int64_t which = 0; which < shape[0]; ++which) {
    gates.push_back({whole->part(which), e.part(scales, which)});
    if (gates.back().weights.getExactRanges(1, 0).empty())
      return e.refuse("its weights are no small integers");
  }
  return gates;
}

static Lowered lowerDynamicQuantizeLSTM(CustomNode &node, Emitter &e) {
  Recurrence r;
  r.x = node.getInput(LSTMInput::X);
  if (!r.x || !getElementType(r.x).isF32() || getRank(r.x) != 3)
    return e.refuse("its input is not of f32 and rank 3");
  std::optional<int64_t> features = getConstantSize(e.size(r.x, 2));
  r.hidden = node.getInt("hidden_size", 0);
  if (!features || r.hidden < 1)
    return e.refuse("its input's features or its hidden size are not known");
  auto direction = node.getAttribute<StringAttr>("direction");
  r.direction = direction ? direction.getValue() : "forward";
  int64_t numDirections = r.direction == "bidirectional" ? 2 : 1;
  r.numGates = 4;
  int64_t columns = r.numGates * r.hidden;
  auto w = readGates(e, node, LSTMInput::W, LSTMInput::WScale, LSTMInput::WZero,
                     {numDirections, *features, columns});
  auto h = readGates(e, node, LSTMInput::R, LSTMInput::RScale, LSTMInput::RZero,
                     {numDirections, r.hidden, columns});
  FailureOr<SmallVector<RecurrentActivation>> activations =
      readActivations(e, std::nullopt, std::nullopt, std::nullopt,
                      {"Sigmoid", "Tanh", "Tanh"}, numDirections);
  if (failed(w) || failed(h) || failed(activations))
    return failure();
  if (node.getAttribute<ArrayAttr>("activations"))
    return e.refuse("it names its activations");
  if (auto clip = node.getAttribute<FloatAttr>("clip");
      clip && clip.getValueAsDouble() > 0)
    r.clip = clip.getValueAsDouble();
  r.quantizedW = *w;
  r.quantizedR = *h;
  r.activations = *activations;
  r.b = node.getInput(LSTMInput::B);
  r.lengths = node.getInput(LSTMInput::Lengths);
  r.initial = {node.getInput(LSTMInput::H), node.getInput(LSTMInput::C)};
  r.peepholes = node.getInput(LSTMInput::P);
  if (failed(normalizeRecurrence(e, r)))
    return failure();
  StepFunction step =
      node.getInt("input_forget", 0) ? stepCoupledLSTM : stepLSTM;
  return selectResults(
      e, runRecurrence(e, r, step),
      {node.getOutput(0), node.getOutput(1), node.getOutput(2)},
      e.getF32Type());
}

//===----------------------------------------------------------------------===//
// All of them
//===----------------------------------------------------------------------===//

static const RuntimeOperator kRuntimeOperators[] = {
    {"DynamicQuantizeLSTM", lowerDynamicQuantizeLSTM},
};

namespace {
/// onnx.Custom of onnxruntime's domain → what its row of the table makes
struct RuntimeOperatorLowering : OpConversionPattern<onnx::CustomOp> {
  RuntimeOperatorLowering(const LoweringSet &set)
      : OpConversionPattern(set.converter, set.patterns.getContext()),
        state(set.state) {}

  LogicalResult
  matchAndRewrite(onnx::CustomOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    const auto *known =
        llvm::find_if(kRuntimeOperators, [&](const RuntimeOperator &known) {
          return op.getDomain() == "com.microsoft" &&
                 op.getOpType() == known.name;
        });
    if (known == std::end(kRuntimeOperators))
      return failure();
    state.sizes.begin();
    Emitter e(op, rewriter, state);
    CustomNode node(op, adaptor.getInputs());
    if (succeeded(checkTypes(e, op)) &&
        succeeded(replace(e, op, known->lower(node, e), *getTypeConverter(),
                          rewriter)))
      return success();
    state.sizes.abort();
    return failure();
  }

private:
  LoweringState &state;
};
} // namespace

void sopt::populateRuntimeOperatorLowerings(LoweringSet &set) {
  set.patterns.add<RuntimeOperatorLowering>(set);
}
