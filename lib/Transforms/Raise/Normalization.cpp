//===- Normalization.cpp - Raise layer and RMS normalisation --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../ConstantBuilder.h"
#include "Patterns.h"
#include "Polynomial.h"
#include "Scalars.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>

using namespace mlir;
using namespace sopt;

using Power = Polynomial::Power;

namespace {
/// mean(data) over the dimensions from `axis` on, which stay as ones
struct Mean {
  Value value;
  Value data;
  int64_t axis; ///< Counted from the end: negative.
};

/// x normalised: x, or x - mean(x), times (variance + epsilon)^(-1/2)
struct Normalized {
  Value x;
  Value mean; ///< Null for RMS normalisation.
  int64_t axis;
  double epsilon;
  Value root;          ///< (variance + epsilon)^(±1/2).
  int inverseExponent; ///< The power of `root` that divides by the deviation.
};

/// The end of the formula: normalised · scale + bias.
struct Affine {
  Value result;
  Value scale; ///< Null for a factor alone.
  double factor = 1;
  Value bias; ///< Null if there is none.
};

std::optional<Mean> matchMean(Value value) {
  value = skipFloatCasts(value);
  auto reduce = value.getDefiningOp<onnx::ReduceMeanOp>();
  auto type = reduce ? dyn_cast<RankedTensorType>(reduce.getData().getType())
                     : RankedTensorType();
  if (!type || !reduce.getKeepdims() || !reduce.getAxes())
    return std::nullopt;
  std::optional<onnx::ConstantData> axes =
      onnx::ConstantData::get(reduce.getAxes());
  if (!axes || axes->getNumElements() == 0)
    return std::nullopt;
  SmallVector<int64_t> sorted = axes->getInts();
  for (int64_t &axis : sorted)
    axis = axis < 0 ? axis : axis - type.getRank();
  llvm::sort(sorted);
  for (auto [i, axis] : llvm::enumerate(llvm::reverse(sorted)))
    if (axis != -1 - int64_t(i))
      return std::nullopt;
  return Mean{value, skipFloatCasts(reduce.getData()), sorted.front()};
}

/// The tensor of which `value` is the square.
Value matchSquare(Value value) {
  value = skipFloatCasts(value);
  if (auto mul = value.getDefiningOp<onnx::MulOp>())
    if (skipFloatCasts(mul.getA()) == skipFloatCasts(mul.getB()))
      return skipFloatCasts(mul.getA());
  if (auto pow = value.getDefiningOp<onnx::PowOp>())
    if (getScalar(pow.getY()) == std::optional(2.0))
      return skipFloatCasts(pow.getX());
  return Value();
}

/// Completes `result` from the mean of squares in its variance; `expectMean` if
/// the formula subtracts a mean's square.
void readSquare(Normalized &result, Value square, Value subtractedMean) {
  result.x = square;
  result.mean = subtractedMean;
  auto sub = square.getDefiningOp<onnx::SubOp>();
  if (!sub || subtractedMean)
    return;
  for (auto [x, mean] :
       {std::pair(sub.getA(), sub.getB()), std::pair(sub.getB(), sub.getA())}) {
    std::optional<Mean> candidate = matchMean(mean);
    if (!candidate || candidate->data != skipFloatCasts(x) ||
        candidate->axis != result.axis)
      continue;
    result.x = skipFloatCasts(x);
    result.mean = candidate->value;
    return;
  }
}

/// Reads `variance` as mean((x − mean(x))²) + ε, mean(x²) − mean(x)² + ε or
/// mean(x²) + ε.
std::optional<Normalized> matchDeviation(Value root, Value variance,
                                         int inverseExponent) {
  auto formula = Polynomial::expand(
      variance, [](Value v) { return matchMean(v).has_value(); });
  if (!formula)
    return std::nullopt;
  Normalized result;
  result.root = root;
  result.inverseExponent = inverseExponent;
  result.epsilon = formula->take({});
  std::optional<Mean> squares;
  Value subtractedMean;
  for (const Polynomial::Term &term : formula->getTerms()) {
    if (term.product.size() != 1)
      return std::nullopt;
    const Power &power = term.product.front();
    std::optional<Mean> mean = matchMean(power.atom);
    if (mean && power.exponent == 1 && term.coefficient == 1 && !squares)
      squares = mean;
    else if (mean && power.exponent == 2 && term.coefficient == -1)
      subtractedMean = mean->value;
    else
      return std::nullopt;
  }
  Value square = squares ? matchSquare(squares->data) : Value();
  if (!square || result.epsilon < 0)
    return std::nullopt;
  result.axis = squares->axis;
  readSquare(result, square, subtractedMean);
  if (subtractedMean && matchMean(subtractedMean)->data != result.x)
    return std::nullopt;
  return result;
}

/// Reads one of the results around `normalized` as its affine function.
std::optional<Affine> matchAffine(const Normalized &normalized, Value value) {
  auto isPart = [&](Value v) {
    return v == normalized.x || v == normalized.mean || v == normalized.root;
  };
  auto formula = Polynomial::expand(value, isPart);
  if (!formula)
    return std::nullopt;
  Affine affine;
  affine.result = value;
  // The scale is what x · root comes with.
  const Polynomial::Term *main =
      llvm::find_if(formula->getTerms(), [&](const Polynomial::Term &term) {
        return llvm::is_contained(term.product, Power{normalized.x, 1});
      });
  if (main == formula->getTerms().end() || main->product.size() > 3)
    return std::nullopt;
  for (const Power &power : main->product)
    if (!isPart(power.atom) && power.exponent == 1)
      affine.scale = power.atom;
  auto makeProduct = [&](Value centre) {
    SmallVector<Power> powers = {{centre, 1},
                                 {normalized.root, normalized.inverseExponent}};
    if (affine.scale)
      powers.push_back({affine.scale, 1});
    return Polynomial::makeProduct(powers);
  };
  affine.factor = formula->take(makeProduct(normalized.x));
  if (affine.factor == 0)
    return std::nullopt;
  if (normalized.mean &&
      formula->take(makeProduct(normalized.mean)) != -affine.factor)
    return std::nullopt;
  if (formula->getTerms().empty())
    return affine;
  // What is left must be the bias alone.
  const Polynomial::Term &left = formula->getTerms().front();
  if (formula->getTerms().size() != 1 || left.coefficient != 1 ||
      left.product.size() != 1 || left.product.front().exponent != 1 ||
      isPart(left.product.front().atom))
    return std::nullopt;
  affine.bias = left.product.front().atom;
  return affine;
}

/// Raises what is around the square root of a variance.
template <typename OpTy> struct RaiseNormalization : RaisePattern<OpTy> {
  using RaisePattern<OpTy>::RaisePattern;
  using RaisePattern<OpTy>::shapes;
  using RaisePattern<OpTy>::report;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    int inverseExponent = getInverseExponent(op);
    if (inverseExponent == 0)
      return rewriter.notifyMatchFailure(op, "no square root");
    std::optional<Normalized> normalized =
        matchDeviation(op->getResult(0), op->getOperand(0), inverseExponent);
    if (!normalized) {
      if (readsMean(op->getOperand(0)))
        return report.noteMiss(op, "normalisation",
                               "its argument is not a variance over the last "
                               "dimensions plus an epsilon");
      return rewriter.notifyMatchFailure(op, "no variance");
    }
    std::optional<Affine> affine;
    StringRef reason =
        "no result is the normalised tensor times a scale plus a bias";
    for (Value result : findFormulaResults(op->getResult(0))) {
      std::optional<Affine> candidate = matchAffine(*normalized, result);
      if (!candidate)
        continue;
      StringRef misfit = findMisfit(*normalized, *candidate);
      if (misfit.empty())
        affine = candidate;
      else if (!affine)
        reason = misfit;
    }
    if (!affine)
      return report.noteMiss(op, "normalisation", reason);
    build(*normalized, *affine, rewriter);
    return success();
  }

private:
  /// The power of the result of `op` that is the reciprocal root of its
  /// operand; 0 if none is.
  static int getInverseExponent(onnx::SqrtOp) { return -1; }
  static int getInverseExponent(onnx::PowOp op) {
    std::optional<double> exponent = getScalar(op.getY());
    if (exponent == std::optional(-0.5))
      return 1;
    return exponent == std::optional(0.5) ? -1 : 0;
  }

  /// Whether a variance may have been meant.
  static bool readsMean(Value value) {
    auto formula = Polynomial::expand(value, [](Value v) {
      return bool(v.getDefiningOp<onnx::ReduceMeanOp>());
    });
    return formula && llvm::any_of(formula->getTerms(), [](auto &term) {
             return llvm::any_of(term.product, [](const Power &power) {
               return bool(power.atom.getDefiningOp<onnx::ReduceMeanOp>());
             });
           });
  }

  /// Why ONNX's operator cannot compute `affine`, or nothing.
  StringRef findMisfit(const Normalized &normalized,
                       const Affine &affine) const {
    if (!isa<RankedTensorType>(normalized.x.getType()))
      return "the rank is not known";
    if (affine.result.getType() != normalized.x.getType())
      return "the result does not have the type of what is normalised";
    if (!normalized.mean && affine.bias)
      return "RMS normalisation has no bias";
    std::optional<SymbolicShape> shape = getParameterShape(normalized);
    if (!shape)
      return "the rank is not known";
    if (affine.scale && !hasShape(affine.scale, *shape))
      return "the scale does not have the size of the normalised dimensions";
    if (affine.bias && !hasShape(affine.bias, *shape))
      return "the bias does not have the size of the normalised dimensions";
    if (!affine.scale && llvm::any_of(*shape, [](const DimExpr &dim) {
          return !dim.getConstant();
        }))
      return "there is no scale, and the normalised size is dynamic";
    return "";
  }

  std::optional<SymbolicShape>
  getParameterShape(const Normalized &normalized) const {
    const SymbolicShape *shape = shapes.getShape(normalized.x);
    if (!shape || int64_t(shape->size()) < -normalized.axis)
      return std::nullopt;
    return SymbolicShape(ArrayRef(*shape).take_back(-normalized.axis));
  }

  /// Whether `value` has `shape`, up to ones in front.
  bool hasShape(Value value, ArrayRef<DimExpr> shape) const {
    const SymbolicShape *found = shapes.getShape(value);
    if (!found || found->size() < shape.size() ||
        !isa<RankedTensorType>(value.getType()))
      return false;
    size_t lead = found->size() - shape.size();
    return ArrayRef(*found).drop_front(lead) == shape &&
           llvm::all_of(ArrayRef(*found).take_front(lead),
                        [](const DimExpr &dim) { return dim == DimExpr(1); });
  }

  /// `value` without ones in front, at rank `rank`.
  Value dropLeadingOnes(Value value, int64_t rank,
                        PatternRewriter &rewriter) const {
    auto type = cast<RankedTensorType>(value.getType());
    if (type.getRank() == rank)
      return value;
    auto axes = llvm::to_vector(llvm::seq<int64_t>(type.getRank() - rank));
    return onnx::SqueezeOp::create(
        rewriter, value.getLoc(), type.clone(type.getShape().take_back(rank)),
        value, createInts(rewriter, value.getLoc(), axes));
  }

  Value buildScale(const Normalized &normalized, const Affine &affine,
                   Location loc, PatternRewriter &rewriter) const {
    auto type = cast<RankedTensorType>(normalized.x.getType());
    if (!affine.scale)
      return createFloats(rewriter, loc,
                          type.getShape().take_back(-normalized.axis),
                          type.getElementType(), affine.factor);
    Value scale = dropLeadingOnes(affine.scale, -normalized.axis, rewriter);
    if (affine.factor == 1)
      return scale;
    Value factor =
        createFloats(rewriter, loc, {}, type.getElementType(), affine.factor);
    return onnx::MulOp::create(rewriter, loc, scale.getType(), scale, factor);
  }

  void build(const Normalized &normalized, const Affine &affine,
             PatternRewriter &rewriter) const {
    Operation *last = affine.result.getDefiningOp();
    rewriter.setInsertionPoint(last);
    Location loc =
        rewriter.getFusedLoc({last->getLoc(), normalized.root.getLoc()});
    Value scale = buildScale(normalized, affine, loc, rewriter);
    auto axis = rewriter.getI64IntegerAttr(normalized.axis);
    auto epsilon = rewriter.getF32FloatAttr(normalized.epsilon);
    auto stash = rewriter.getI64IntegerAttr(1);
    Type type = affine.result.getType();
    if (!normalized.mean) {
      report.noteRaised("RMSNormalization", loc);
      Value result = onnx::RMSNormalizationOp::create(
          rewriter, loc, type, normalized.x, scale, axis, epsilon, stash);
      return rewriter.replaceOp(last, result);
    }
    Value bias;
    if (affine.bias)
      bias = dropLeadingOnes(affine.bias, -normalized.axis, rewriter);
    report.noteRaised("LayerNormalization", loc);
    auto norm = onnx::LayerNormalizationOp::create(rewriter, loc, type, Type(),
                                                   Type(), normalized.x, scale,
                                                   bias, axis, epsilon, stash);
    rewriter.replaceOp(last, norm.getY());
  }
};

// ReduceSum(x)/n → ReduceMean(x), where n elements are summed
struct RecoverMean : RaisePattern<onnx::DivOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::DivOp op,
                                PatternRewriter &rewriter) const override {
    auto sum = op.getA().getDefiningOp<onnx::ReduceSumOp>();
    std::optional<double> count = getScalar(op.getB());
    if (!sum || !count || !sum.getAxes() || op.getType() != sum.getType())
      return rewriter.notifyMatchFailure(op, "no sum over a number");
    std::optional<onnx::ConstantData> axes =
        onnx::ConstantData::get(sum.getAxes());
    if (!axes || axes->getNumElements() == 0)
      return rewriter.notifyMatchFailure(op, "axes are not known");
    DimExpr size = 1;
    for (int64_t axis : axes->getInts()) {
      std::optional<DimExpr> dim = shapes.getDim(sum.getData(), axis);
      if (!dim)
        return rewriter.notifyMatchFailure(op, "the rank is not known");
      size = size * *dim;
    }
    if (!size.getConstant() || double(*size.getConstant()) != *count)
      return rewriter.notifyMatchFailure(op, "not the number of elements");
    rewriter.replaceOpWithNewOp<onnx::ReduceMeanOp>(
        op, op.getType(), sum.getData(), sum.getAxes(), sum.getKeepdimsAttr());
    return success();
  }
};

// Unsqueeze(ReduceMean(x) {keepdims = 0}) → ReduceMean(x) {keepdims = 1}
struct RecoverKeptDims : RaisePattern<onnx::UnsqueezeOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::UnsqueezeOp op,
                                PatternRewriter &rewriter) const override {
    auto mean = op.getData().getDefiningOp<onnx::ReduceMeanOp>();
    if (!mean || mean.getKeepdims() || !mean.getAxes())
      return rewriter.notifyMatchFailure(op, "no mean without its dimensions");
    const SymbolicShape *from = shapes.getShape(mean.getData());
    const SymbolicShape *to = shapes.getShape(op.getExpanded());
    std::optional<onnx::ConstantData> axes =
        onnx::ConstantData::get(mean.getAxes());
    std::optional<onnx::ConstantData> back =
        onnx::ConstantData::get(op.getAxes());
    if (!from || !to || !axes || !back || from->size() != to->size() ||
        axes->getNumElements() != 1 || back->getNumElements() != 1)
      return rewriter.notifyMatchFailure(op, "not one dimension, put back");
    int64_t rank = from->size();
    auto normalize = [&](int64_t axis) {
      return axis < 0 ? axis + rank : axis;
    };
    if (normalize(axes->getInt(0)) != normalize(back->getInt(0)))
      return rewriter.notifyMatchFailure(op, "another dimension comes back");
    rewriter.replaceOpWithNewOp<onnx::ReduceMeanOp>(
        op, op.getType(), mean.getData(), mean.getAxes(),
        rewriter.getI64IntegerAttr(1));
    return success();
  }
};
} // namespace

void sopt::populateNormalizationPatterns(RewritePatternSet &patterns,
                                         RaiseContext &raise) {
  patterns.add<RaiseNormalization<onnx::SqrtOp>,
               RaiseNormalization<onnx::PowOp>, RecoverMean, RecoverKeptDims>(
      patterns.getContext(), raise);
}
