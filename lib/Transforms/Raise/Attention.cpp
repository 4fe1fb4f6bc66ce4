//===- Attention.cpp - Raise attention around its softmax -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../ConstantBuilder.h"
#include "Bias.h"
#include "Heads.h"
#include "Masks.h"
#include "Patterns.h"
#include "Scalars.h"
#include "Scores.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>

using namespace mlir;
using namespace sopt;

namespace {
/// The mask that the attention gets.
struct Mask {
  MaskSet set;
  double fill = -std::numeric_limits<double>::infinity();
  SmallVector<ScoreTerm> biases;
};

/// probabilities · v, with what may lie between the softmax and the product
struct Output {
  onnx::MatMulOp product;
  /// Batch × heads × queries × size: the product, or a Reshape of it.
  Value byHead;
  /// Batch × queries × size, if there is one head and no dimension for it.
  Value packed;
  bool zeroesNaN = false;
  /// The weights with batch and heads merged or apart, if a Reshape changes it.
  Value reshapedWeights;
};

/// The rewriting of one Softmax; a reason is left where it stops.
class AttentionRaiser {
public:
  AttentionRaiser(onnx::SoftmaxOp softmax, ShapeAnalysis &shapes)
      : softmax(softmax), shapes(shapes) {}

  bool match();
  void build(PatternRewriter &rewriter);
  StringRef getReason() const { return reason; }

private:
  bool stop(StringRef why) {
    reason = why;
    return false;
  }
  bool matchOutput();
  bool matchScores() {
    StringRef why = scores.collect(softmax.getInput(), 1);
    return why.empty() || stop(why);
  }
  bool matchResult();
  /// Whether `value` has batch, heads, queries and keys apart.
  bool isLikeScores(Value value) {
    const SymbolicShape *shape = shapes.getShape(value);
    return shape && shape->size() == 4;
  }
  BiasLifter getLifter(ArrayRef<DimExpr> shape) {
    return BiasLifter(shapes, shape, scores.product.getA());
  }
  SymbolicShape getScoresShape() const {
    return {q.batch, q.heads, q.length, k.length};
  }
  bool matchOperands();
  bool shareHeads();
  bool matchQueryFactor();
  bool matchShapes();
  bool matchMask();
  bool matchWindow();
  bool readTerms(SmallVectorImpl<AdditiveMask> &masks,
                 SmallVectorImpl<ScoreTerm> &origins, ArrayRef<DimExpr> shape);
  bool readReplacement(const ScoreTerm &term,
                       SmallVectorImpl<AdditiveMask> &masks,
                       SmallVectorImpl<ScoreTerm> &origins,
                       ArrayRef<DimExpr> shape);
  Value buildOperation(PatternRewriter &rewriter, Location loc, Type type,
                       bool packed);
  Value buildPadding(PatternRewriter &rewriter, Location loc);
  Value buildTerm(const ScoreTerm &term, PatternRewriter &rewriter,
                  Location loc);
  Value buildBias(PatternRewriter &rewriter, Location loc);
  Value zeroMasked(Value result, Value bias, PatternRewriter &rewriter,
                   Location loc);

  onnx::SoftmaxOp softmax;
  ShapeAnalysis &shapes;
  StringRef reason;

  Output output;
  Scores scores;
  Mask mask;
  HeadOperand q, k, v;
  bool causal = false, causalFromEnd = false;
  /// Whether a query gives zeros if the bias is −∞ for all its keys.
  bool zeroesByBias = false;
  SmallVector<int64_t> window;
};

bool AttentionRaiser::match() {
  auto type = dyn_cast<RankedTensorType>(softmax.getType());
  // Three dimensions if batch and heads are merged into one.
  if (!type || (type.getRank() != 4 && type.getRank() != 3))
    return stop("its input does not have batch, heads, queries and keys");
  if (int64_t axis = softmax.getAxis();
      axis != -1 && axis != type.getRank() - 1)
    return stop("it is not over the last dimension");
  return matchOutput() && matchScores() && matchOperands() &&
         matchQueryFactor() && matchShapes() && matchResult() && matchMask();
}

bool AttentionRaiser::matchOutput() {
  Value weights = softmax.getOutput();
  while (true) {
    // Where(IsNaN(p), 0, p)
    SmallVector<Operation *> users(weights.getUsers());
    if (users.size() == 2 || users.size() == 3) {
      auto *isNaN = llvm::find_if(users, llvm::IsaPred<onnx::IsNaNOp>);
      auto *where = llvm::find_if(users, llvm::IsaPred<onnx::WhereOp>);
      if (isNaN == users.end() || where == users.end() || users.size() == 3)
        return stop("the attention weights have other uses");
      auto choice = cast<onnx::WhereOp>(*where);
      if (choice.getCondition().getDefiningOp() != *isNaN ||
          choice.getY() != weights ||
          getSplat(choice.getX()) != std::optional(0.0) ||
          !(*isNaN)->hasOneUse())
        return stop("the attention weights have other uses");
      output.zeroesNaN = true;
      weights = choice.getOutput();
      continue;
    }
    if (users.size() != 1)
      return stop(users.empty() ? "the attention weights are not used"
                                : "the attention weights have other uses");
    if (auto cast = dyn_cast<onnx::CastOp>(users.front());
        cast && isa<FloatType>(getElementTypeOrSelf(cast.getType()))) {
      weights = cast.getOutput();
      continue;
    }
    auto reshape = dyn_cast<onnx::ReshapeOp>(users.front());
    if (reshape && !output.reshapedWeights) {
      weights = output.reshapedWeights = reshape.getReshaped();
      continue;
    }
    output.product = dyn_cast<onnx::MatMulOp>(users.front());
    if (!output.product || output.product.getA() != weights)
      return stop("the attention weights are not multiplied by values");
    return true;
  }
}

bool AttentionRaiser::matchOperands() {
  double scale = scores.scale, vFactor = 1;
  std::optional<HeadOperand> query =
      readHeads(scores.product.getA(), shapes, scale);
  std::optional<HeadOperand> key =
      readTransposedHeads(scores.product.getB(), shapes, scale);
  std::optional<HeadOperand> value =
      readHeads(output.product.getB(), shapes, vFactor);
  if (!query || !key || !value)
    return stop("heads are not a constant number of the second dimension");
  if (vFactor != 1)
    return stop("the values are scaled on the way");
  q = *query, k = *key, v = *value;
  if (v.packedFactor != 1)
    v.packed = Value();
  scores.scale = scale;
  if (q.batch != k.batch || q.batch != v.batch || k.length != v.length ||
      q.size != k.size)
    return stop("batch, length or size of q, k and v are not provably equal");
  if (!shareHeads())
    return false;
  for (Value value : {output.product.getY(), scores.product.getA(),
                      scores.product.getB(), output.product.getB()})
    if (!isa<RankedTensorType>(value.getType()))
      return stop("a rank is not known");
  Type type = getElementTypeOrSelf(output.product.getType());
  if (!isa<FloatType>(type) ||
      getElementTypeOrSelf(scores.product.getType()) != type)
    return stop("the types of scores and result differ");
  if (hasHeads(q) != hasHeads(k) || hasHeads(q) != hasHeads(v))
    return stop("not all of q, k and v have a dimension for heads");
  return true;
}

bool AttentionRaiser::shareHeads() {
  // One head of keys and values meets each of the queries' by broadcasting.
  bool isShared = k.heads == 1 && v.heads == 1;
  if ((q.heads != k.heads || q.heads != v.heads) && !isShared)
    return stop("q, k and v differ in the number of heads");
  skipRepeatedHeads(k, shapes);
  skipRepeatedHeads(v, shapes);
  return k.heads == v.heads || stop("k and v differ in how heads are shared");
}

/// (q·kᵀ) · factor is (q · factor)·kᵀ, if the queries are large enough for it.
bool AttentionRaiser::matchQueryFactor() {
  if (!scores.queryFactor)
    return true;
  const SymbolicShape *factor = shapes.getShape(scores.queryFactor);
  SymbolicShape queries = {q.batch, q.heads, q.length, q.size};
  if (!factor || !hasHeads(q) || factor->size() > queries.size() ||
      shapes.broadcast(queries, *factor) != queries ||
      getElementTypeOrSelf(scores.queryFactor.getType()) !=
          getElementTypeOrSelf(q.byHead.getType()))
    return stop("what multiplies the scores does not fit the queries");
  q.packed = Value();
  return true;
}

/// Wherever batch and heads are merged or apart, it must be these.
bool AttentionRaiser::matchShapes() {
  SymbolicShape apart = getScoresShape();
  BiasLifter lifter = getLifter(apart);
  auto isScores = [&](Value value) {
    const SymbolicShape *shape = shapes.getShape(value);
    return shape && lifter.isScores(*shape);
  };
  if (!isScores(softmax.getInput()) ||
      (output.reshapedWeights && !isScores(output.reshapedWeights)))
    return stop("the input is not batch by heads by queries by keys");
  for (const ScoreTerm &term : scores.terms)
    if (!isScores(term.sum))
      return stop("a mask is added to a tensor that is not batch by heads by "
                  "queries by keys");
  return true;
}

bool AttentionRaiser::matchResult() {
  output.byHead = output.product.getY();
  if (isLikeScores(output.byHead))
    return hasHeads(q) || stop("only the result has a dimension for heads");
  if (!hasHeads(q)) {
    output.packed = std::exchange(output.byHead, Value());
    return true;
  }
  auto split = output.byHead.hasOneUse()
                   ? dyn_cast<onnx::ReshapeOp>(*output.byHead.user_begin())
                   : onnx::ReshapeOp();
  const SymbolicShape *shape =
      split ? shapes.getShape(split.getReshaped()) : nullptr;
  if (!shape || *shape != SymbolicShape{q.batch, q.heads, q.length, v.size} ||
      !isa<RankedTensorType>(split.getType()))
    return stop("batch and heads of the result stay merged");
  output.byHead = split.getReshaped();
  return true;
}

bool AttentionRaiser::readReplacement(const ScoreTerm &term,
                                      SmallVectorImpl<AdditiveMask> &masks,
                                      SmallVectorImpl<ScoreTerm> &origins,
                                      ArrayRef<DimExpr> shape) {
  const SymbolicShape *sum = shapes.getShape(term.sum);
  if (*sum != shape)
    return stop("scores are replaced while batch and heads are merged");
  onnx::WhereOp where = term.where;
  bool fills = getSplat(where.getX()).has_value();
  std::optional<MaskSet> set =
      MaskReader(shapes, shape).readSet(where.getCondition(), fills);
  if (set && !set->isEmpty()) {
    masks.push_back({*set, term.fill});
    origins.push_back(term);
  }
  // Else it is a bias so low that the scores do not show: the same if what is
  // added afterwards is the only mask besides.
  if (!set)
    mask.biases.push_back(term);
  return true;
}

bool AttentionRaiser::readTerms(SmallVectorImpl<AdditiveMask> &masks,
                                SmallVectorImpl<ScoreTerm> &origins,
                                ArrayRef<DimExpr> shape) {
  MaskReader reader(shapes, shape);
  BiasLifter lifter = getLifter(shape);
  SmallVector<ScoreTerm> terms(scores.terms);
  bool hasReplacingBias = false;
  for (size_t i = 0; i < terms.size(); ++i) {
    ScoreTerm term = terms[i];
    size_t numBiases = mask.biases.size(), numMasks = masks.size();
    if (term.where) {
      if (!readReplacement(term, masks, origins, shape))
        return false;
      hasReplacingBias |= mask.biases.size() > numBiases;
      continue;
    }
    const SymbolicShape *sum = shapes.getShape(term.sum);
    Value found = lifter.find(term.value, *sum);
    if (!found && !lifter.canBuild(term.value, *sum))
      return stop("a mask is added to merged batch and heads");
    std::optional<AdditiveMask> read =
        found ? reader.readAdditive(found) : std::nullopt;
    auto add = found ? found.getDefiningOp<onnx::AddOp>() : onnx::AddOp();
    if (!read && add &&
        (reader.readAdditive(add.getA()) || reader.readAdditive(add.getB()))) {
      terms.push_back({add.getA(), term.factor, term.sum, {}, 0});
      terms.push_back({add.getB(), term.factor, term.sum, {}, 0});
      continue;
    }
    if (!read) {
      mask.biases.push_back(term);
    } else if (!read->set.isEmpty()) {
      masks.push_back({read->set, read->fill * term.factor});
      origins.push_back(term);
    }
    if (hasReplacingBias && masks.size() > numMasks)
      return stop("where scores are replaced is not understood");
  }
  auto replaces = [](const ScoreTerm &term) { return bool(term.where); };
  if (hasReplacingBias && (llvm::any_of(origins, replaces) ||
                           llvm::count_if(mask.biases, replaces) > 1))
    return stop("where scores are replaced is not understood");
  return true;
}

bool AttentionRaiser::matchMask() {
  SymbolicShape shape = getScoresShape();
  SmallVector<AdditiveMask> masks;
  SmallVector<ScoreTerm> origins;
  if (!readTerms(masks, origins, shape))
    return false;

  // Whether all keys of a query are masked depends on all that masks, so if it
  // matters, and part of it must be a bias, all of it is.
  zeroesByBias = output.zeroesNaN && !mask.biases.empty();
  if (zeroesByBias) {
    if (output.packed ||
        llvm::any_of(origins, [](const ScoreTerm &term) { return term.where; }))
      return stop("NaN is replaced, and a bias may cause it");
    llvm::append_range(mask.biases, origins);
    return true;
  }

  // One mask becomes part of the operation. First choice is one that replaces
  // scores, which no bias can say; then a causal one, which saves most work.
  std::optional<size_t> chosen;
  for (size_t i = 0; i < masks.size(); ++i) {
    auto rank = [&](size_t at) {
      return 2 * bool(origins[at].where) + bool(masks[at].set.causalOffset);
    };
    if (!chosen || rank(i) > rank(*chosen))
      chosen = i;
  }
  for (size_t i = 0; i < masks.size(); ++i) {
    if (i == *chosen)
      continue;
    // Adding −∞ twice is adding it once; other numbers add up where two masks
    // meet, which a bias keeps exact.
    bool both = std::isinf(masks[i].fill) && std::isinf(masks[*chosen].fill);
    std::optional<MaskSet> united =
        both || (origins[i].where && origins[*chosen].where)
            ? MaskReader::unite(masks[*chosen].set, masks[i].set)
            : std::nullopt;
    if (united)
      masks[*chosen].set = *united;
    else if (origins[i].where)
      return stop("scores are replaced twice");
    else
      mask.biases.push_back(origins[i]);
  }
  if (chosen) {
    mask.set = masks[*chosen].set;
    mask.fill = masks[*chosen].fill;
    if (origins[*chosen].where && !std::isinf(mask.fill))
      mask.fill = -double(std::numeric_limits<float>::max());
  }
  return matchWindow();
}

bool AttentionRaiser::matchWindow() {
  if (mask.set.reach)
    window = {*mask.set.reach, -1};
  if (!mask.set.causalOffset)
    return true;
  const DimExpr &offset = *mask.set.causalOffset;
  if (offset == DimExpr(0)) {
    causal = true;
    return true;
  }
  if (offset == k.length - q.length) {
    causal = causalFromEnd = true;
    return true;
  }
  std::optional<int64_t> right = offset.getConstant();
  if (!right || *right < 0)
    return stop("the causal mask starts neither at the first nor at the last "
                "query");
  window = {mask.set.reach.value_or(-1), *right};
  return true;
}

Value AttentionRaiser::buildPadding(PatternRewriter &rewriter, Location loc) {
  if (!mask.set.padding)
    return Value();
  Value padding = squeezePadding(mask.set, shapes, rewriter, loc);
  auto type = cast<RankedTensorType>(padding.getType());
  if (!mask.set.inverted)
    return padding;
  auto boolType = type.clone(rewriter.getI1Type());
  if (type.getElementType().isInteger(1))
    return onnx::NotOp::create(rewriter, loc, boolType, padding);
  auto zero = onnx::ConstantOp::create(
      rewriter, loc,
      DenseElementsAttr::get(RankedTensorType::get({}, type.getElementType()),
                             rewriter.getZeroAttr(type.getElementType())));
  return onnx::EqualOp::create(rewriter, loc, boolType, padding, zero);
}

Value AttentionRaiser::buildTerm(const ScoreTerm &term,
                                 PatternRewriter &rewriter, Location loc) {
  if (onnx::WhereOp where = term.where) {
    // What replaces all scores of a query weighs its keys alike, however low
    // it is; the lowest number also absorbs the scores.
    auto type = cast<RankedTensorType>(where.getType());
    double lowest =
        APFloat::getLargest(
            cast<FloatType>(type.getElementType()).getFloatSemantics(),
            /*Negative=*/true)
            .convertToDouble();
    auto create = [&](double value) -> Value {
      return createFloats(rewriter, loc, {}, type.getElementType(), value);
    };
    Value fill = create(std::isinf(term.fill) ? term.fill : lowest);
    Value kept = create(0);
    bool fills = getSplat(where.getX()).has_value();
    auto shape = cast<RankedTensorType>(where.getCondition().getType());
    return onnx::WhereOp::create(
        rewriter, loc, shape.clone(type.getElementType()), where.getCondition(),
        fills ? fill : kept, fills ? kept : fill);
  }
  SymbolicShape shape = getScoresShape();
  BiasLifter lifter = getLifter(shape);
  const SymbolicShape &sum = *shapes.getShape(term.sum);
  Value part = lifter.find(term.value, sum);
  if (!part)
    part = lifter.build(term.value, sum, rewriter);
  if (term.factor == 1)
    return part;
  auto type = cast<RankedTensorType>(part.getType());
  return onnx::MulOp::create(
      rewriter, loc, type, part,
      createFloats(rewriter, loc, {}, type.getElementType(), term.factor));
}

Value AttentionRaiser::buildBias(PatternRewriter &rewriter, Location loc) {
  Value sum;
  for (const ScoreTerm &term : mask.biases) {
    Value part = buildTerm(term, rewriter, loc);
    if (!sum) {
      sum = part;
      continue;
    }
    auto type = cast<RankedTensorType>(part.getType());
    SymbolicShape shape =
        shapes.broadcast(*shapes.getShape(sum), *shapes.getShape(part));
    SmallVector<int64_t> sizes;
    for (const DimExpr &dim : shape)
      sizes.push_back(dim.getConstant().value_or(ShapedType::kDynamic));
    sum = onnx::AddOp::create(rewriter, loc, type.clone(sizes), sum, part);
  }
  return sum;
}

Value AttentionRaiser::buildOperation(PatternRewriter &rewriter, Location loc,
                                      Type type, bool packed) {
  auto unitIf = [&](bool is) {
    return is ? rewriter.getUnitAttr() : UnitAttr();
  };
  auto get = [&](const HeadOperand &operand) {
    return packed ? getPacked(operand, rewriter) : getByHead(operand, rewriter);
  };
  Value padding = buildPadding(rewriter, loc);
  Value bias = buildBias(rewriter, loc);
  Value queries = get(q);
  if (scores.queryFactor)
    queries = onnx::MulOp::create(rewriter, loc, queries.getType(), queries,
                                  scores.queryFactor);
  double scale = scores.scale;
  if (packed)
    scale *= q.packedFactor * k.packedFactor;
  Value result = AttentionOp::create(
      rewriter, loc, type, queries, get(k), get(v), bias, padding, Value(),
      rewriter.getI64IntegerAttr(q.heads), rewriter.getI64IntegerAttr(k.heads),
      rewriter.getF32FloatAttr(scale), unitIf(causal), unitIf(causalFromEnd),
      window.empty() ? DenseI64ArrayAttr()
                     : rewriter.getDenseI64ArrayAttr(window),
      IntegerAttr(), IntegerAttr(), IntegerAttr(),
      rewriter.getF32FloatAttr(mask.fill),
      unitIf(output.zeroesNaN && std::isinf(mask.fill) && !zeroesByBias));
  return zeroesByBias ? zeroMasked(result, bias, rewriter, loc) : result;
}

/// Where(ReduceMax(bias) = −∞, 0, result)
Value AttentionRaiser::zeroMasked(Value result, Value bias,
                                  PatternRewriter &rewriter, Location loc) {
  auto type = cast<RankedTensorType>(bias.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = 1;
  Value largest = onnx::ReduceMaxOp::create(
      rewriter, loc, type.clone(shape), bias, createInts(rewriter, loc, {-1}),
      rewriter.getI64IntegerAttr(1), rewriter.getI64IntegerAttr(0));
  auto makeScalar = [&](double value) {
    return createFloats(rewriter, loc, {}, type.getElementType(), value);
  };
  Value isMasked = onnx::EqualOp::create(
      rewriter, loc, type.clone(shape, rewriter.getI1Type()), largest,
      makeScalar(-std::numeric_limits<double>::infinity()));
  return onnx::WhereOp::create(rewriter, loc, result.getType(), isMasked,
                               makeScalar(0), result);
}

void AttentionRaiser::build(PatternRewriter &rewriter) {
  Location loc = rewriter.getFusedLoc(
      {output.product.getLoc(), softmax.getLoc(), scores.product.getLoc()});
  Operation *product =
      (output.packed ? output.packed : output.byHead).getDefiningOp();
  auto type = cast<RankedTensorType>(product->getResult(0).getType());
  Operation *user = product->hasOneUse() ? *product->user_begin() : nullptr;
  auto merge = dyn_cast_or_null<onnx::TransposeOp>(user);
  // The bias tells heads apart, so what it zeroes must.
  bool merges = q.packed && k.packed && v.packed && merge && !zeroesByBias &&
                merge.getPerm() == ArrayRef<int64_t>({0, 2, 1, 3}) &&
                isa<RankedTensorType>(merge.getType());
  if (output.packed || !merges) {
    rewriter.setInsertionPoint(product);
    return rewriter.replaceOp(
        product, buildOperation(rewriter, loc, type, bool(output.packed)));
  }
  int64_t size = type.isDynamicDim(3) ? ShapedType::kDynamic
                                      : type.getDimSize(3) * q.heads;
  auto packedType = type.clone({type.getDimSize(0), type.getDimSize(2), size});
  rewriter.setInsertionPoint(merge);
  Value packed = buildOperation(rewriter, loc, packedType, /*packed=*/true);
  // What follows merges the heads again; this Reshape vanishes into that.
  auto split = cast<RankedTensorType>(merge.getType());
  rewriter.replaceOpWithNewOp<onnx::ReshapeOp>(
      merge, split, packed,
      createInts(
          rewriter, loc,
          {0, 0, q.heads, split.isDynamicDim(3) ? -1 : split.getDimSize(3)}));
}

// softmax(scale · q·kᵀ + mask) · v → sopt.attention(q, k, v, mask) {scale}
struct RaiseAttention : RaisePattern<onnx::SoftmaxOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::SoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    AttentionRaiser raiser(op, shapes);
    if (!raiser.match())
      return report.noteMiss(op, "attention", raiser.getReason());
    report.noteRaised("attention", op.getLoc());
    raiser.build(rewriter);
    return success();
  }
};
} // namespace

void sopt::populateAttentionPatterns(RewritePatternSet &patterns,
                                     RaiseContext &raise) {
  patterns.add<RaiseAttention>(patterns.getContext(), raise);
}
