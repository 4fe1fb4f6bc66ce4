//===- Attention.cpp - sopt.attention with its whole score matrix ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Loops.h"
#include "Patterns.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace sopt;

using arith::CmpFPredicate;
using arith::CmpIPredicate;

/// The heads of a packed tensor as a dimension of their own, before the last.
static Value splitHeads(ImplicitLocOpBuilder &b, Value packed, int64_t heads) {
  auto type = cast<RankedTensorType>(packed.getType());
  SmallVector<OpFoldResult> sizes =
      tensor::getMixedSizes(b, b.getLoc(), packed);
  OpFoldResult width = affine::makeComposedFoldedAffineApply(
      b, b.getLoc(), b.getAffineDimExpr(0).floorDiv(heads), {sizes.back()});
  SmallVector<int64_t> shape(type.getShape().drop_back());
  shape.push_back(heads);
  shape.push_back(getConstantIntValue(width).value_or(ShapedType::kDynamic));
  sizes.back() = b.getIndexAttr(heads);
  sizes.push_back(width);
  return tensor::ExpandShapeOp::create(
      b, RankedTensorType::get(shape, type.getElementType()), packed,
      SmallVector<ReassociationIndices>{{0}, {1}, {2, 3}}, sizes);
}

namespace {
/// One attention while it is being decomposed. The loops over its scores are
/// numbered Batch, Head, Query, Key; a fifth, Inner, runs over the features of
/// a head or over the keys that top_k compares a key with. The loops over a
/// mask that is the same for all heads are batch, query, key.
class Decomposition {
public:
  Decomposition(ImplicitLocOpBuilder &b, AttentionOp op);

  /// q · kᵀ · scale + bias.
  Value createScores();
  /// What top_k goes by: `scores`, or those of q and k rounded to few bits.
  Value createRanking(Value scores);
  /// What all masks but top_k say, over B × Sq × Sk; null if there is none.
  Value createMask();
  /// What `mask` (may be null) or top_k says, over B × heads × Sq × Sk.
  Value addTopK(Value scores, Value mask);
  /// `scores` with `fill` added where `mask` says so.
  Value fillMasked(Value scores, Value mask);
  /// The weight of each key for each query; `mask` may be null.
  Value createSoftmax(Value scores, Value mask);
  /// The values, added up by their weights, in the op's own form.
  Value createResult(Value weights);

private:
  enum Loop : unsigned { Batch, Head, Query, Key, Inner };

  Access accessScores(Value scores, unsigned numLoops, Loop key = Key);
  Access accessMask(Value mask, unsigned numLoops, Loop key = Key);
  Access accessTokens(Value tensor, Loop token);
  Access accessStaticBias();
  Value createProducts(Value q, Value k);
  Value roundToBits(Value tensor, int64_t bits);
  Value extractBias(ImplicitLocOpBuilder &inner);
  Value isMasked(ImplicitLocOpBuilder &inner, ValueRange reads);

  ImplicitLocOpBuilder &b;
  AttentionOp op;
  Type compute;                    ///< What scores and sums are computed in.
  Value q, k, v;                   ///< With a dimension for the heads.
  SmallVector<OpFoldResult> sizes; ///< Of Batch, Head, Query, Key.
};
} // namespace

Decomposition::Decomposition(ImplicitLocOpBuilder &b, AttentionOp op)
    : b(b), op(op), q(op.getQ()), k(op.getK()), v(op.getV()) {
  compute = getComputeType(getElementTypeOrSelf(op.getType()));
  unsigned tokens = op.isPacked() ? 1 : 2;
  sizes = {tensor::getMixedSize(b, b.getLoc(), q, 0),
           b.getIndexAttr(op.getHeads()),
           tensor::getMixedSize(b, b.getLoc(), q, tokens),
           tensor::getMixedSize(b, b.getLoc(), k, tokens)};
  if (op.isPacked()) {
    q = splitHeads(b, q, op.getHeads());
    k = splitHeads(b, k, op.getKvHeads());
    v = splitHeads(b, v, op.getKvHeads());
  }
}

Access Decomposition::accessScores(Value scores, unsigned numLoops, Loop key) {
  return accessAt(scores, numLoops, {Batch, Head, Query, key});
}

Access Decomposition::accessMask(Value mask, unsigned numLoops, Loop key) {
  if (cast<ShapedType>(mask.getType()).getRank() == 4)
    return accessScores(mask, numLoops, key);
  return accessAt(mask, numLoops, {Batch, Query, key});
}

/// `tensor` is q, k or v; several query heads share a head of k and v.
Access Decomposition::accessTokens(Value tensor, Loop token) {
  AffineExpr head = b.getAffineDimExpr(Head);
  if (tensor != q)
    head = head.floorDiv(op.getHeads() / op.getKvHeads());
  AffineExpr position = b.getAffineDimExpr(token);
  SmallVector<AffineExpr> exprs = {b.getAffineDimExpr(Batch), head, position,
                                   b.getAffineDimExpr(Inner)};
  if (op.isPacked())
    std::swap(exprs[1], exprs[2]);
  return {tensor, AffineMap::get(5, 0, exprs, b.getContext())};
}

/// Broadcasting by the map, for a bias whose every size is known.
Access Decomposition::accessStaticBias() {
  auto type = cast<RankedTensorType>(op.getBias().getType());
  SmallVector<AffineExpr> exprs;
  for (auto [dim, size] : llvm::enumerate(type.getShape()))
    exprs.push_back(size == 1 ? b.getAffineConstantExpr(0)
                              : b.getAffineDimExpr(4 - type.getRank() + dim));
  return {op.getBias(), AffineMap::get(4, 0, exprs, b.getContext())};
}

/// Broadcasting at run time: a size that is not known may turn out to be 1.
Value Decomposition::extractBias(ImplicitLocOpBuilder &inner) {
  auto type = cast<RankedTensorType>(op.getBias().getType());
  Value zero = arith::ConstantIndexOp::create(inner, 0);
  Value one = arith::ConstantIndexOp::create(inner, 1);
  SmallVector<Value> indices;
  for (int64_t dim : llvm::seq(type.getRank())) {
    if (type.getDimSize(dim) == 1) {
      indices.push_back(zero);
      continue;
    }
    Value index = linalg::IndexOp::create(inner, 4 - type.getRank() + dim);
    if (type.isDynamicDim(dim)) {
      Value size = tensor::DimOp::create(inner, op.getBias(), dim);
      Value last = arith::SubIOp::create(inner, size, one);
      index = arith::MinSIOp::create(inner, index, last);
    }
    indices.push_back(index);
  }
  return tensor::ExtractOp::create(inner, op.getBias(), indices);
}

Value Decomposition::createProducts(Value q, Value k) {
  Value zero = splat(b, sizes, b.getFloatAttr(compute, 0));
  return reduce(b, accessScores(zero, 5),
                {accessTokens(q, Query), accessTokens(k, Key)},
                [](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
                  Value product = arith::MulFOp::create(b, args[0], args[1]);
                  return arith::AddFOp::create(b, args[2], product);
                });
}

/// round(x · (2ᵇ⁻¹ − 1) / max|x|), or for one bit −1 or 1.
Value Decomposition::roundToBits(Value tensor, int64_t bits) {
  SmallVector<OpFoldResult> tensorSizes =
      tensor::getMixedSizes(b, b.getLoc(), tensor);
  Access all = accessAt(tensor, 4, {0, 1, 2, 3});
  Value largest =
      reduce(b, accessAt(splat(b, {}, b.getFloatAttr(compute, 0)), 4, {}),
             {all}, [](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
               return arith::MaximumFOp::create(
                   b, math::AbsFOp::create(b, args[0]), args[1]);
             });
  return mapElements(
      b, tensorSizes, compute, {all, accessAt(largest, 4, {})},
      [&](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
        auto constant = [&](double value) {
          return constantFloat(b, compute, value);
        };
        Value zero = constant(0);
        if (bits == 1) {
          Value negative =
              arith::CmpFOp::create(b, CmpFPredicate::OLT, args[0], zero);
          return arith::SelectOp::create(b, negative, constant(-1),
                                         constant(1));
        }
        Value levels = constant((int64_t(1) << (bits - 1)) - 1);
        Value factor = arith::DivFOp::create(b, levels, args[1]);
        Value any = arith::CmpFOp::create(b, CmpFPredicate::OGT, args[1], zero);
        factor = arith::SelectOp::create(b, any, factor, zero);
        return math::RoundEvenOp::create(
            b, arith::MulFOp::create(b, args[0], factor));
      });
}

Value Decomposition::createRanking(Value scores) {
  std::optional<int64_t> bits = op.getTopKBits();
  if (!bits)
    return scores;
  Value products = createProducts(roundToBits(q, *bits), roundToBits(k, *bits));
  if (!op.getScale().isNegative())
    return products;
  return mapElements(b, sizes, compute, {accessScores(products, 4)},
                     [](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
                       return arith::NegFOp::create(b, args[0]);
                     });
}

Value Decomposition::createScores() {
  Value products = createProducts(q, k);
  SmallVector<Access> reads = {accessScores(products, 4)};
  TypedValue<RankedTensorType> bias = op.getBias();
  bool isStatic = bias && bias.getType().hasStaticShape();
  if (isStatic)
    reads.push_back(accessStaticBias());
  return mapElements(
      b, sizes, compute, reads,
      [&](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
        Value scale = constantFloat(b, compute, op.getScale().convertToFloat());
        Value scaled = arith::MulFOp::create(b, args[0], scale);
        if (!bias)
          return scaled;
        Value term = isStatic ? args[1] : widen(b, extractBias(b));
        return arith::AddFOp::create(b, scaled, term);
      });
}

/// The body of createMask; `reads` are padding, the query's and the key's
/// group, as far as the op has them.
Value Decomposition::isMasked(ImplicitLocOpBuilder &inner, ValueRange reads) {
  Value query = linalg::IndexOp::create(inner, 1);
  Value key = linalg::IndexOp::create(inner, 2);
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(inner, value);
  };
  auto asValue = [&](Loop loop) {
    return getValueOrCreateConstantIndexOp(inner, inner.getLoc(), sizes[loop]);
  };
  auto plus = [&](Value x, Value y) -> Value {
    return arith::AddIOp::create(inner, x, y);
  };
  auto minus = [&](Value x, Value y) -> Value {
    return arith::SubIOp::create(inner, x, y);
  };
  SmallVector<Value> masked;
  auto maskIf = [&](CmpIPredicate predicate, Value x, Value y) {
    masked.push_back(arith::CmpIOp::create(inner, predicate, x, y));
  };

  if (TypedValue<RankedTensorType> padding = op.getPadding()) {
    Value read = reads.front();
    reads = reads.drop_front();
    if (padding.getType().getRank() == 2) {
      Value zero =
          arith::ConstantOp::create(inner, inner.getZeroAttr(read.getType()));
      maskIf(CmpIPredicate::eq, read, zero);
    } else {
      Value length =
          arith::IndexCastOp::create(inner, inner.getIndexType(), read);
      maskIf(CmpIPredicate::sge, key, length);
    }
  }
  if (op.getGroup())
    maskIf(CmpIPredicate::ne, reads[0], reads[1]);
  if (op.getCausal()) {
    Value last = query;
    if (op.getCausalEnd())
      last = plus(query, minus(asValue(Key), asValue(Query)));
    maskIf(CmpIPredicate::sgt, key, last);
  }
  if (std::optional<ArrayRef<int64_t>> window = op.getWindow()) {
    if (int64_t left = (*window)[0]; left >= 0)
      maskIf(CmpIPredicate::slt, key, minus(query, index(left)));
    if (int64_t right = (*window)[1]; right >= 0)
      maskIf(CmpIPredicate::sgt, key, plus(query, index(right)));
  }
  if (std::optional<int64_t> block = op.getBlock())
    maskIf(CmpIPredicate::ne,
           arith::DivUIOp::create(inner, query, index(*block)),
           arith::DivUIOp::create(inner, key, index(*block)));

  Value any = masked.front();
  for (Value condition : ArrayRef(masked).drop_front())
    any = arith::OrIOp::create(inner, any, condition);
  return any;
}

Value Decomposition::createMask() {
  // A window without limits on either side masks nothing.
  bool hasWindow =
      op.getWindow() &&
      llvm::any_of(*op.getWindow(), [](int64_t limit) { return limit >= 0; });
  if (!op.getPadding() && !op.getGroup() && !op.getCausal() && !hasWindow &&
      !op.getBlock())
    return {};
  SmallVector<Access> reads;
  if (TypedValue<RankedTensorType> padding = op.getPadding())
    reads.push_back(padding.getType().getRank() == 2
                        ? accessAt(padding, 3, {0, 2})
                        : accessAt(padding, 3, {0}));
  if (TypedValue<RankedTensorType> group = op.getGroup()) {
    bool perBatch = group.getType().getRank() == 2;
    for (unsigned token : {1, 2})
      reads.push_back(perBatch ? accessAt(group, 3, {0, token})
                               : accessAt(group, 3, {token}));
  }
  return mapElements(b, {sizes[Batch], sizes[Query], sizes[Key]}, b.getI1Type(),
                     reads, [&](ImplicitLocOpBuilder &inner, ValueRange args) {
                       return isMasked(inner, args);
                     });
}

Value Decomposition::addTopK(Value scores, Value mask) {
  // A key's rank is how many unmasked keys come before it: those with a
  // greater score, and of equal ones the earlier.
  SmallVector<Access> reads = {accessScores(scores, 5),
                               accessScores(scores, 5, Inner)};
  if (mask)
    reads.push_back(accessMask(mask, 5, Inner));
  Value zero = splat(b, sizes, b.getI64IntegerAttr(0));
  Value ranks = reduce(
      b, accessScores(zero, 5), reads,
      [&](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
        Value greater =
            arith::CmpFOp::create(b, CmpFPredicate::OGT, args[1], args[0]);
        Value equal =
            arith::CmpFOp::create(b, CmpFPredicate::OEQ, args[1], args[0]);
        Value earlier = arith::CmpIOp::create(b, CmpIPredicate::ult,
                                              linalg::IndexOp::create(b, Inner),
                                              linalg::IndexOp::create(b, Key));
        Value before = arith::OrIOp::create(
            b, greater, arith::AndIOp::create(b, equal, earlier));
        if (mask) {
          Value yes = arith::ConstantOp::create(b, b.getBoolAttr(true));
          Value real = arith::XOrIOp::create(b, args[2], yes);
          before = arith::AndIOp::create(b, before, real);
        }
        return arith::AddIOp::create(
            b, args.back(), arith::ExtUIOp::create(b, b.getI64Type(), before));
      });

  SmallVector<Access> outcomes = {accessScores(ranks, 4)};
  if (mask)
    outcomes.push_back(accessMask(mask, 4));
  return mapElements(
      b, sizes, b.getI1Type(), outcomes,
      [&](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
        Value limit =
            arith::ConstantOp::create(b, b.getI64IntegerAttr(*op.getTopK()));
        Value dropped =
            arith::CmpIOp::create(b, CmpIPredicate::sge, args[0], limit);
        return mask ? Value(arith::OrIOp::create(b, dropped, args[1]))
                    : dropped;
      });
}

Value Decomposition::fillMasked(Value scores, Value mask) {
  double fill = op.getFill().convertToFloat();
  return mapElements(
      b, sizes, compute, {accessScores(scores, 4), accessMask(mask, 4)},
      [&](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
        Value filled =
            arith::AddFOp::create(b, args[0], constantFloat(b, compute, fill));
        return arith::SelectOp::create(b, args[1], filled, args[0]);
      });
}

Value Decomposition::createSoftmax(Value scores, Value mask) {
  auto perRow = [&](Value row) {
    return accessAt(row, 4, {Batch, Head, Query});
  };
  Sizes rowSizes = Sizes(sizes).drop_back();
  double infinity = std::numeric_limits<double>::infinity();
  Value largest =
      reduce(b, perRow(splat(b, rowSizes, b.getFloatAttr(compute, -infinity))),
             {accessScores(scores, 4)},
             [](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
               return arith::MaximumFOp::create(b, args[0], args[1]);
             });
  Value exponentials =
      mapElements(b, sizes, compute, {accessScores(scores, 4), perRow(largest)},
                  [](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
                    Value shifted = arith::SubFOp::create(b, args[0], args[1]);
                    return math::ExpOp::create(b, shifted);
                  });
  Value sum = reduce(b, perRow(splat(b, rowSizes, b.getFloatAttr(compute, 0))),
                     {accessScores(exponentials, 4)},
                     [](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
                       return arith::AddFOp::create(b, args[0], args[1]);
                     });

  SmallVector<Access> reads = {accessScores(exponentials, 4), perRow(sum)};
  bool zeroEmpty = op.getEmptyIsZero() && mask;
  if (zeroEmpty) {
    Value all = splat(b, rowSizes, b.getBoolAttr(true));
    Value empty = reduce(b, perRow(all), {accessMask(mask, 4)},
                         [](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
                           return arith::AndIOp::create(b, args[0], args[1]);
                         });
    reads.push_back(perRow(empty));
  }
  return mapElements(b, sizes, compute, reads,
                     [&](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
                       Value weight =
                           arith::DivFOp::create(b, args[0], args[1]);
                       if (!zeroEmpty)
                         return weight;
                       return arith::SelectOp::create(
                           b, args[2], constantFloat(b, compute, 0), weight);
                     });
}

Value Decomposition::createResult(Value weights) {
  auto type = op.getResult().getType();
  Type element = type.getElementType();
  SmallVector<OpFoldResult> resultSizes = {
      sizes[Batch], sizes[Head], sizes[Query],
      tensor::getMixedSize(b, b.getLoc(), v, 3)};
  SmallVector<unsigned> loops = {Batch, Head, Query, Inner};
  if (op.isPacked()) {
    std::swap(resultSizes[1], resultSizes[2]);
    std::swap(loops[1], loops[2]);
  }
  Value zero = splat(b, resultSizes, b.getFloatAttr(compute, 0));
  Value sums = reduce(b, accessAt(zero, 5, loops),
                      {accessScores(weights, 5), accessTokens(v, Key)},
                      [](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
                        Value product =
                            arith::MulFOp::create(b, args[0], args[1]);
                        return arith::AddFOp::create(b, args[2], product);
                      });
  if (element != compute)
    sums = mapElements(
        b, resultSizes, element, {accessAt(sums, 4, {0, 1, 2, 3})},
        [](ImplicitLocOpBuilder &, ValueRange args) { return args[0]; });
  if (op.isPacked())
    sums = tensor::CollapseShapeOp::create(
        b, sums, SmallVector<ReassociationIndices>{{0}, {1}, {2, 3}});
  return castTo(b, sums, type);
}

namespace {
// attention → softmax(q · kᵀ · scale + bias, with `fill` where masked) · v
struct DecomposeAttention : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Decomposition parts(b, op);
    Value scores = parts.createScores();
    Value mask = parts.createMask();
    if (op.getTopK())
      mask = parts.addTopK(parts.createRanking(scores), mask);
    if (mask)
      scores = parts.fillMasked(scores, mask);
    Value weights = parts.createSoftmax(scores, mask);
    rewriter.replaceOp(op, parts.createResult(weights));
    return success();
  }
};
} // namespace

void sopt::populateAttentionPattern(RewritePatternSet &patterns) {
  patterns.add<DecomposeAttention>(patterns.getContext());
}
