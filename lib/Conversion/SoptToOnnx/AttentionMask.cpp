//===- AttentionMask.cpp - Attention's masks as tensors of onnx -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionMask.h"

using namespace mlir;
using namespace sopt;

namespace {
/// The masks of one attention, joined one after the other.
class MaskWriter {
public:
  MaskWriter(NodeBuilder &b, AttentionOp op)
      : b(b), op(op), boolean(b.getRewriter().getI1Type()),
        integer(b.getRewriter().getI64Type()) {}

  Value run();

private:
  void addPadding();
  void addGroup();
  void addPositions();

  void join(Value masked) {
    mask = mask ? b.elementwise("Or", {mask, masked}, boolean) : masked;
  }
  Value compare(StringRef operatorName, Value x, Value y) {
    return b.elementwise(operatorName, {x, y}, boolean);
  }
  /// 0, 1, … for each token of `tensor`.
  Value createPositions(Value tensor) {
    int64_t size =
        cast<RankedTensorType>(tensor.getType()).getDimSize(op.getTokenDim());
    Value limit = b.create("Squeeze", RankedTensorType::get({}, integer),
                           b.dim(tensor, op.getTokenDim()));
    return b.create("Range", RankedTensorType::get({size}, integer),
                    {b.scalar(int64_t(0)), limit, b.scalar(int64_t(1))});
  }

  NodeBuilder &b;
  AttentionOp op;
  Type boolean, integer;
  Value mask;
};
} // namespace

void MaskWriter::addPadding() {
  TypedValue<RankedTensorType> padding = op.getPadding();
  if (padding.getType().getRank() == 1) {
    // B lengths: keys at and past each are masked.
    Value lengths = b.unsqueeze(b.cast(padding, integer), {1, 2, 3});
    join(compare("GreaterOrEqual", createPositions(op.getK()), lengths));
    return;
  }
  Value isPadding =
      padding.getType().getElementType() == boolean
          ? b.elementwise("Not", Value(padding))
          : compare("Equal", b.cast(padding, integer), b.scalar(int64_t(0)));
  join(b.unsqueeze(isPadding, {1, 2}));
}

void MaskWriter::addGroup() {
  bool perBatch = op.getGroup().getType().getRank() == 2;
  Value group = b.cast(op.getGroup(), integer);
  Value same = compare("Equal", b.unsqueeze(group, {perBatch ? 2 : 1}),
                       b.unsqueeze(group, {perBatch ? 1 : 0}));
  Value differs = b.elementwise("Not", same);
  join(perBatch ? b.unsqueeze(differs, {1}) : differs);
}

/// Masks that only the positions of query and key decide.
void MaskWriter::addPositions() {
  Value query = b.unsqueeze(createPositions(op.getQ()), {1});
  Value key = b.unsqueeze(createPositions(op.getK()), {0});
  if (op.getCausal()) {
    Value last = query;
    if (op.getCausalEnd())
      last = b.elementwise(
          "Add",
          {query, b.elementwise("Sub", {b.dim(op.getK(), op.getTokenDim()),
                                        b.dim(op.getQ(), op.getTokenDim())})});
    join(compare("Greater", key, last));
  }
  if (std::optional<ArrayRef<int64_t>> window = op.getWindow()) {
    if (int64_t left = (*window)[0]; left >= 0)
      join(compare("Less", key, b.elementwise("Sub", {query, b.scalar(left)})));
    if (int64_t right = (*window)[1]; right >= 0)
      join(compare("Greater", key,
                   b.elementwise("Add", {query, b.scalar(right)})));
  }
  if (std::optional<int64_t> block = op.getBlock()) {
    Value size = b.scalar(*block);
    Value same = compare("Equal", b.elementwise("Div", {query, size}),
                         b.elementwise("Div", {key, size}));
    join(b.elementwise("Not", same));
  }
}

Value MaskWriter::run() {
  if (op.getPadding())
    addPadding();
  if (op.getGroup())
    addGroup();
  if (op.getCausal() || op.getWindow() || op.getBlock())
    addPositions();
  return mask;
}

Value sopt::createMask(NodeBuilder &b, AttentionOp op) {
  return MaskWriter(b, op).run();
}

Value sopt::addTopK(NodeBuilder &b, AttentionOp op, Value scores, Value mask) {
  auto type = cast<RankedTensorType>(scores.getType());
  Builder &builder = b.getRewriter();
  Type boolean = builder.getI1Type(), integer = builder.getI64Type();
  Value candidates = scores;
  if (mask)
    candidates = b.elementwise(
        "Where", {mask, b.scalar(-INFINITY, type.getElementType()), scores});
  // Of equal scores TopK, as top_k, takes the earlier.
  Value count = b.elementwise(
      "Min", {b.ints(*op.getTopK()), b.dim(op.getK(), op.getTokenDim())});
  SmallVector<int64_t> chosenShape(type.getShape());
  chosenShape.back() = ShapedType::kDynamic;
  OperationState state(
      scores.getLoc(), "onnx.TopK", {candidates, count},
      {type.clone(chosenShape), RankedTensorType::get(chosenShape, integer)});
  Value indices = b.getRewriter().create(state)->getResult(1);

  auto fill = [&](Value like, bool value) {
    auto likeType = cast<RankedTensorType>(like.getType());
    Value shape = b.create(
        "Shape", RankedTensorType::get({likeType.getRank()}, integer), like);
    auto element =
        DenseElementsAttr::get(RankedTensorType::get({1}, boolean), value);
    return b.create("ConstantOfShape", likeType.clone(boolean), shape,
                    b.attribute("value", element));
  };
  Value dropped = b.create("ScatterElements", type.clone(boolean),
                           {fill(scores, true), indices, fill(indices, false)},
                           b.attribute("axis", builder.getI64IntegerAttr(-1)));
  return mask ? b.elementwise("Or", {dropped, mask}, boolean) : dropped;
}

Value sopt::createAdditiveMask(NodeBuilder &b, AttentionOp op, Value mask) {
  Type elementType = op.getType().getElementType();
  return b.elementwise(
      "Where", {mask, b.scalar(op.getFill().convertToDouble(), elementType),
                b.scalar(0.0, elementType)});
}
