//===- Attention.cpp - Attention in onnx ----------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionMask.h"
#include "Patterns.h"
#include "dialects/ONNX/IR/ConstantData.h"

using namespace mlir;
using namespace sopt;

//===----------------------------------------------------------------------===//
// ONNX's Attention
//===----------------------------------------------------------------------===//

/// Whether every query is sure to have a key that no mask hides.
static bool alwaysSeesAKey(AttentionOp op) {
  bool onlyCausal = !op.getPadding() && !op.getGroup() && !op.getWindow() &&
                    !op.getBlock() && !op.getCausalEnd();
  // Without padding every mask lets a token see itself, if it is among the
  // keys.
  bool isSelf = !op.getPadding() &&
                !ShapedType::isDynamic(op.getNumQueries()) &&
                op.getNumQueries() == op.getNumKeys();
  return onlyCausal || isSelf;
}

/// Whether the last dimension of the bias is sure to be the keys: Attention
/// broadcasts the others only.
static bool hasAllKeys(TypedValue<RankedTensorType> bias, AttentionOp op) {
  return bias.getType().getRank() > 0 &&
         !ShapedType::isDynamic(op.getNumKeys()) &&
         bias.getType().getShape().back() == op.getNumKeys();
}

/// Whether Attention means the same. It gives zeros where a query sees no key
/// but through −inf, scales by the square root of `scale`, and selects nothing.
static LogicalResult checkExpressible(AttentionOp op,
                                      PatternRewriter &rewriter) {
  if (!op.getType().getElementType().isF32())
    return rewriter.notifyMatchFailure(op, "not of f32");
  if (op.getTopK())
    return rewriter.notifyMatchFailure(op, "top_k");
  if (op.getScale().isNegative() || op.getScale().isZero())
    return rewriter.notifyMatchFailure(op, "a scale that has no square root");
  if (TypedValue<RankedTensorType> bias = op.getBias()) {
    if (!onnx::ConstantData::get(Value(bias)))
      return rewriter.notifyMatchFailure(op, "a bias that may be −inf");
    if (!op.hasMask() && !hasAllKeys(bias, op))
      return rewriter.notifyMatchFailure(op, "a bias that broadcasts to keys");
  }
  bool isInfinite = op.getFill().isInfinity();
  if (op.hasMask() && isInfinite && !op.getEmptyIsZero() && !alwaysSeesAKey(op))
    return rewriter.notifyMatchFailure(op, "queries without keys give NaN");
  if (op.hasMask() && !isInfinite && op.getEmptyIsZero())
    return rewriter.notifyMatchFailure(op, "queries without keys give zeros");
  return success();
}

namespace {
/// attention → Attention(q, k, v, what masks and bias add to the scores)
struct WriteAttention : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    if (failed(checkExpressible(op, rewriter)))
      return failure();
    NodeBuilder b(rewriter, op);
    Value term = op.getBias();
    if (Value mask = createMask(b, op)) {
      Value fill = createAdditiveMask(b, op, mask);
      term = term ? b.elementwise("Add", {term, fill}) : fill;
    }
    SmallVector<Value> operands = {op.getQ(), op.getK(), op.getV()};
    if (term)
      operands.push_back(term);
    int32_t hasTerm = bool(term);
    SmallVector<NamedAttribute> attributes = {
        b.attribute("scale", op.getScaleAttr()),
        b.attribute("operandSegmentSizes",
                    rewriter.getDenseI32ArrayAttr({1, 1, 1, hasTerm, 0, 0, 0})),
        b.attribute("resultSegmentSizes",
                    rewriter.getDenseI32ArrayAttr({1, 0, 0, 0}))};
    if (op.isPacked()) {
      attributes.push_back(b.attribute("q_num_heads", op.getHeadsAttr()));
      attributes.push_back(b.attribute("kv_num_heads", op.getKvHeadsAttr()));
    }
    b.replace(b.create("Attention", op.getType(), operands, attributes));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Written out
//===----------------------------------------------------------------------===//

/// `tensor` as B × heads × S × D.
static Value splitHeads(NodeBuilder &b, Value tensor, int64_t heads) {
  if (cast<RankedTensorType>(tensor.getType()).getRank() == 4)
    return tensor;
  int64_t width = cast<RankedTensorType>(tensor.getType()).getShape().back();
  Value split = b.reshape(tensor, {0, 0, heads, width / heads});
  return b.transpose(split, {0, 2, 1, 3});
}

/// B × kv_heads × S × D with each head repeated for the query heads it serves.
static Value repeatHeads(NodeBuilder &b, Value tensor, int64_t heads,
                         int64_t kvHeads) {
  if (heads == kvHeads)
    return tensor;
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<int64_t> shape = {type.getDimSize(0), kvHeads, heads / kvHeads,
                                type.getDimSize(2), type.getDimSize(3)};
  Value repeated = b.create(
      "Expand", type.clone(shape),
      {b.unsqueeze(tensor, {2}), b.ints({1, 1, heads / kvHeads, 1, 1})});
  return b.reshape(repeated, {0, heads, -1, type.getDimSize(3)});
}

/// `weights`, but zeros for a query all of whose keys are masked.
static Value emptyIsZero(NodeBuilder &b, Value weights, Value mask) {
  auto type = cast<RankedTensorType>(mask.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = 1;
  Type integer = b.getRewriter().getI64Type();
  Value isEmpty = b.create("ReduceMin", RankedTensorType::get(shape, integer),
                           {b.cast(mask, integer), b.ints(-1)});
  Value zero =
      b.scalar(0.0, cast<RankedTensorType>(weights.getType()).getElementType());
  return b.elementwise(
      "Where", {b.cast(isEmpty, b.getRewriter().getI1Type()), zero, weights});
}

namespace {
/// attention → MatMul(Softmax(MatMul(q, kᵀ) · scale + bias + fill), v)
struct WriteAttentionOut : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    for (Value operand : {op.getQ(), op.getK(), op.getV()})
      if (ShapedType::isDynamic(
              cast<RankedTensorType>(operand.getType()).getShape().back()))
        return rewriter.notifyMatchFailure(op, "the heads' width is dynamic");
    if (op.getTopKBits())
      return rewriter.notifyMatchFailure(op, "keys are ranked by few bits");
    NodeBuilder b(rewriter, op);
    int64_t heads = op.getHeads(), kvHeads = op.getKvHeads();
    Value q = splitHeads(b, op.getQ(), heads);
    Value k = repeatHeads(b, splitHeads(b, op.getK(), kvHeads), heads, kvHeads);
    Value v = repeatHeads(b, splitHeads(b, op.getV(), kvHeads), heads, kvHeads);

    Type elementType = op.getType().getElementType();
    Value products = b.matmul(q, b.transpose(k, {0, 1, 3, 2}));
    Value scale = b.scalar(op.getScale().convertToDouble(), elementType);
    Value scores = b.elementwise("Mul", {products, scale});
    if (op.getBias())
      scores = b.elementwise("Add", {scores, op.getBias()});
    Value mask = createMask(b, op);
    if (op.getTopK())
      mask = addTopK(b, op, scores, mask);
    if (mask)
      scores = b.elementwise("Add", {scores, createAdditiveMask(b, op, mask)});
    Value weights = b.create("Softmax", scores.getType(), scores);
    if (mask && op.getEmptyIsZero())
      weights = emptyIsZero(b, weights, mask);
    Value result = b.matmul(weights, v);
    if (op.isPacked())
      result = b.reshape(b.transpose(result, {0, 2, 1, 3}),
                         {0, 0, op.getType().getShape().back()});
    b.replace(result);
    return success();
  }
};
} // namespace

void sopt::populateAttentionToOnnxPatterns(RewritePatternSet &patterns) {
  patterns.add<WriteAttention>(patterns.getContext(), /*benefit=*/2);
  patterns.add<WriteAttentionOut>(patterns.getContext(), /*benefit=*/1);
}
