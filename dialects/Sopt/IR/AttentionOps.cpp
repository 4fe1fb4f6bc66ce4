//===- AttentionOps.cpp - Attention with its mask as data -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Sopt/IR/Shapes.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace sopt;

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

/// Features of a head of `type`; the heads are known to divide a packed one's.
static int64_t getHeadSize(RankedTensorType type, int64_t heads) {
  int64_t last = type.getShape().back();
  if (type.getRank() == 4 || ShapedType::isDynamic(last))
    return last;
  return last / heads;
}

static LogicalResult verifyHeads(AttentionOp op, RankedTensorType type,
                                 StringRef name, int64_t heads) {
  if (op.isPacked()) {
    int64_t width = type.getDimSize(2);
    if (ShapedType::isDynamic(width) || width % heads == 0)
      return success();
    return op.emitOpError() << "has " << width << " features of " << name
                            << " for " << heads << " heads";
  }
  if (mayAgree(type.getDimSize(1), heads))
    return success();
  return op.emitOpError() << "has " << type.getDimSize(1) << " heads of "
                          << name << ", but says " << heads;
}

static LogicalResult verifyTokens(AttentionOp op) {
  RankedTensorType q = op.getQ().getType(), k = op.getK().getType(),
                   v = op.getV().getType();
  if (q.getRank() != 3 && q.getRank() != 4)
    return op.emitOpError("needs q of rank 3 (packed) or 4 (by head), not ")
           << q.getRank();
  if (failed(verifyRank(op, op.getK(), "k", q.getRank())) ||
      failed(verifyRank(op, op.getV(), "v", q.getRank())))
    return failure();
  int64_t heads = op.getHeads(), kvHeads = op.getKvHeads();
  if (heads < 1 || kvHeads < 1)
    return op.emitOpError("needs 1 head or more");
  if (heads % kvHeads != 0)
    return op.emitOpError() << "cannot share " << kvHeads
                            << " heads of k and v among " << heads << " of q";
  if (failed(verifyHeads(op, q, "q", heads)) ||
      failed(verifyHeads(op, k, "k", kvHeads)) ||
      failed(verifyHeads(op, v, "v", kvHeads)))
    return failure();
  NamedSize batch = {q.getDimSize(0), "of q"};
  return success(
      succeeded(verifySize(op, {k.getDimSize(0), "batches of k"}, batch)) &&
      succeeded(verifySize(op, {v.getDimSize(0), "batches of v"}, batch)) &&
      succeeded(verifySize(op, {v.getDimSize(op.getTokenDim()), "tokens of v"},
                           {op.getNumKeys(), "of k"})) &&
      succeeded(verifySize(op,
                           {getHeadSize(k, kvHeads), "features per head of k"},
                           {getHeadSize(q, heads), "of q"})));
}

static LogicalResult verifyBias(AttentionOp op) {
  if (!op.getBias())
    return success();
  RankedTensorType bias = op.getBias().getType();
  int64_t scores[] = {op.getQ().getType().getDimSize(0), int64_t(op.getHeads()),
                      op.getNumQueries(), op.getNumKeys()};
  if (bias.getRank() > 4)
    return op.emitOpError("needs bias of rank 4 or less, not ")
           << bias.getRank();
  for (auto [actual, expected] :
       llvm::zip(llvm::reverse(bias.getShape()), llvm::reverse(scores)))
    if (actual != 1 && !mayAgree(actual, expected))
      return op.emitOpError("cannot broadcast bias ")
             << bias << " to scores "
             << RankedTensorType::get(scores, bias.getElementType());
  return success();
}

static LogicalResult verifyPadding(AttentionOp op) {
  if (!op.getPadding())
    return success();
  RankedTensorType padding = op.getPadding().getType();
  if (padding.getRank() != 1 && padding.getRank() != 2)
    return op.emitOpError("needs padding of rank 1 (lengths) or 2 (mask), not ")
           << padding.getRank();
  if (padding.getRank() == 1 && padding.getElementType().isInteger(1))
    return op.emitOpError("cannot read lengths from padding of type i1");
  if (failed(verifySize(op, {padding.getDimSize(0), "rows of padding"},
                        {op.getQ().getType().getDimSize(0), "batches of q"})))
    return failure();
  return padding.getRank() == 1
             ? success()
             : verifySize(op, {padding.getDimSize(1), "columns of padding"},
                          {op.getNumKeys(), "tokens of k"});
}

static LogicalResult verifyGroup(AttentionOp op) {
  if (!op.getGroup())
    return success();
  RankedTensorType group = op.getGroup().getType();
  if (group.getRank() != 1 && group.getRank() != 2)
    return op.emitOpError("needs group of rank 1 or 2, not ")
           << group.getRank();
  if (group.getRank() == 2 &&
      failed(verifySize(op, {group.getDimSize(0), "rows of group"},
                        {op.getQ().getType().getDimSize(0), "batches of q"})))
    return failure();
  NamedSize tokens = {group.getShape().back(), "tokens of group"};
  return success(
      succeeded(verifySize(op, tokens, {op.getNumQueries(), "of q"})) &&
      succeeded(verifySize(op, tokens, {op.getNumKeys(), "of k"})));
}

static LogicalResult verifyMaskAttributes(AttentionOp op) {
  if (op.getCausalEnd() && !op.getCausal())
    return op.emitOpError("has causal_end without causal");
  if (std::optional<ArrayRef<int64_t>> window = op.getWindow()) {
    if (window->size() != 2)
      return op.emitOpError("needs a window of 2 sizes, left and right, not ")
             << window->size();
    if (llvm::any_of(*window, [](int64_t size) { return size < -1; }))
      return op.emitOpError("needs window sizes of 0 or more, or -1");
  }
  if (op.getBlock() && int64_t(*op.getBlock()) < 1)
    return op.emitOpError("needs a block of 1 or more");
  if (op.getTopK() && int64_t(*op.getTopK()) < 1)
    return op.emitOpError("needs a top_k of 1 or more");
  if (std::optional<int64_t> bits = op.getTopKBits()) {
    if (!op.getTopK())
      return op.emitOpError("has top_k_bits without top_k");
    if (*bits < 1 || *bits > 4)
      return op.emitOpError("needs top_k_bits of 1 to 4");
    if (op.getBias())
      return op.emitOpError("cannot rank keys by bits and a bias");
  }
  if (!(op.getFill().convertToFloat() < 0))
    return op.emitOpError("needs a fill below 0");
  return success();
}

/// The result's shape; `q` and `v` are known to have rank 3 or both rank 4.
static SmallVector<int64_t> inferShape(RankedTensorType q, RankedTensorType v,
                                       int64_t heads, int64_t kvHeads) {
  SmallVector<int64_t> shape(q.getShape());
  shape.back() = v.getShape().back();
  if (q.getRank() == 3 && !ShapedType::isDynamic(shape.back()))
    shape.back() = shape.back() / kvHeads * heads;
  return shape;
}

LogicalResult AttentionOp::verify() {
  if (failed(verifyTokens(*this)) || failed(verifyOneFloatType(*this)) ||
      failed(verifyBias(*this)) || failed(verifyPadding(*this)) ||
      failed(verifyGroup(*this)) || failed(verifyMaskAttributes(*this)))
    return failure();
  return verifyResultShape(*this, inferShape(getQ().getType(), getV().getType(),
                                             getHeads(), getKvHeads()));
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location>,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto q = dyn_cast<RankedTensorType>(adaptor.getQ().getType());
  auto v = dyn_cast<RankedTensorType>(adaptor.getV().getType());
  if (!q || !v || q.getRank() != v.getRank() || q.getRank() < 3 ||
      int64_t(adaptor.getKvHeads()) < 1)
    return failure();
  types.push_back(
      q.clone(inferShape(q, v, adaptor.getHeads(), adaptor.getKvHeads())));
  return success();
}

bool AttentionOp::isCompatibleReturnTypes(TypeRange inferred,
                                          TypeRange actual) {
  return succeeded(verifyCompatibleShapes(inferred, actual));
}

LogicalResult
AttentionOp::reifyResultShapes(OpBuilder &builder,
                               ReifiedRankedShapedTypeDims &shapes) {
  int64_t last = getType().getRank() - 1;
  // Fewer heads of v make a packed v narrower than the result.
  if (isPacked() && getType().isDynamicDim(last) && getHeads() != getKvHeads())
    return failure();
  shapes.push_back(reifySizes(builder, getResult(), [&](int64_t dim) {
    return dim == last ? std::pair<Value, int64_t>(getV(), dim)
                       : std::pair<Value, int64_t>(getQ(), dim);
  }));
  return success();
}

//===----------------------------------------------------------------------===//
// Canonicalisation
//===----------------------------------------------------------------------===//

/// The one integer that all elements of `value` are, if it is a constant.
static std::optional<APInt> getSplat(Value value) {
  DenseIntElementsAttr elements;
  if (!value || !matchPattern(value, m_Constant(&elements)) ||
      !elements.isSplat())
    return std::nullopt;
  return elements.getSplatValue<APInt>();
}

/// A size that is known to be at most `limit`.
static bool isAtMost(int64_t size, int64_t limit) {
  return !ShapedType::isDynamic(size) && size <= limit;
}

/// Whether the constant `padding` masks no key.
static bool isIdlePadding(AttentionOp op) {
  std::optional<APInt> value = getSplat(op.getPadding());
  if (!value)
    return false;
  if (op.getPadding().getType().getRank() == 2)
    return !value->isZero();
  return isAtMost(op.getNumKeys(), value->getSExtValue());
}

/// Whether every query sees every key as far as `causal` goes.
static bool isIdleCausal(AttentionOp op) {
  return op.getCausal() &&
         isAtMost(op.getCausalEnd() ? op.getNumQueries() : op.getNumKeys(), 1);
}

namespace {
// attention(…, bias 0) → attention(…)
struct DropZeroScores : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getBias() || !matchPattern(op.getBias(), m_AnyZeroFloat()))
      return rewriter.notifyMatchFailure(op, "bias is not the constant 0");
    rewriter.modifyOpInPlace(op, [&] { op.getBiasMutable().clear(); });
    return success();
  }
};

// attention(…, padding 1 or group g) → attention(…): constants that mask
// nothing
struct DropIdleOperands : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    bool padding = isIdlePadding(op),
         group = getSplat(op.getGroup()).has_value();
    if (!padding && !group)
      return rewriter.notifyMatchFailure(op, "padding and group may mask");
    rewriter.modifyOpInPlace(op, [&] {
      if (padding)
        op.getPaddingMutable().clear();
      if (group)
        op.getGroupMutable().clear();
    });
    return success();
  }
};

// attention(q, k, v) {causal} → attention(q, k, v), where Sk is 1, or where
// causal_end aligns the only query with the last key
struct DropIdleCausal : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    if (!isIdleCausal(op))
      return rewriter.notifyMatchFailure(op, "causal may mask");
    rewriter.modifyOpInPlace(op, [&] {
      op.setCausal(false);
      op.setCausalEnd(false);
    });
    return success();
  }
};

// attention(q, k, v) {causal, causal_end} → attention(q, k, v) {causal}, where
// there are as many queries as keys
struct DropIdleCausalEnd : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getCausalEnd() || ShapedType::isDynamic(op.getNumKeys()) ||
        op.getNumKeys() != op.getNumQueries())
      return rewriter.notifyMatchFailure(op, "first and last may not align");
    rewriter.modifyOpInPlace(op, [&] { op.setCausalEnd(false); });
    return success();
  }
};

// {window = [l, r]} → {window = [-1, r]} where no key is more than l before a
// query, likewise for r or with causal; {window = [-1, -1]} → {}
struct WidenWindow : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getWindow())
      return rewriter.notifyMatchFailure(op, "no window");
    int64_t left = (*op.getWindow())[0], right = (*op.getWindow())[1];
    if (isAtMost(op.getNumQueries(), left + 1))
      left = -1;
    if (isAtMost(op.getNumKeys(), right + 1) ||
        (op.getCausal() && !op.getCausalEnd()))
      right = -1;
    bool idle = left == -1 && right == -1;
    int64_t window[] = {left, right};
    if (!idle && *op.getWindow() == ArrayRef<int64_t>(window))
      return rewriter.notifyMatchFailure(op, "both sides may mask");
    rewriter.modifyOpInPlace(op, [&] {
      if (idle)
        op.removeWindowAttr();
      else
        op.setWindow(window);
    });
    return success();
  }
};

// {block = b} → {} where all tokens are in the first block;
// {top_k = k} → {} where there are no more than k keys
struct DropIdleLimits : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    bool block = op.getBlock() && isAtMost(op.getNumKeys(), *op.getBlock()) &&
                 isAtMost(op.getNumQueries(), *op.getBlock());
    bool topK = op.getTopK() && isAtMost(op.getNumKeys(), *op.getTopK());
    if (!block && !topK)
      return rewriter.notifyMatchFailure(op, "block and top_k may mask");
    rewriter.modifyOpInPlace(op, [&] {
      if (block)
        op.removeBlockAttr();
      if (topK) {
        op.removeTopKAttr();
        op.removeTopKBitsAttr();
      }
    });
    return success();
  }
};

// {fill = f, empty_is_zero} → {}, where nothing is masked
struct DropIdleFill : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    if (op.hasMask())
      return rewriter.notifyMatchFailure(op, "some keys are masked");
    if (op.getFill().isInfinity() && !op.getEmptyIsZero())
      return rewriter.notifyMatchFailure(op, "already the defaults");
    rewriter.modifyOpInPlace(op, [&] {
      op.setFill(-APFloat::getInf(APFloat::IEEEsingle()));
      op.setEmptyIsZero(false);
    });
    return success();
  }
};
} // namespace

void AttentionOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<DropZeroScores, DropIdleOperands, DropIdleCausal,
               DropIdleCausalEnd, WidenWindow, DropIdleLimits, DropIdleFill>(
      context);
}
