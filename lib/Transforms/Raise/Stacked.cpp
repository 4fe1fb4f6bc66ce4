//===- Stacked.cpp - Attention with more dimensions than batch and heads --===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../ConstantBuilder.h"
#include "Patterns.h"
#include "Scores.h"
#include "mlir/IR/TypeUtilities.h"
#include <algorithm>
#include <array>

using namespace mlir;
using namespace sopt;

namespace {
/// The dimensions of a matrix in a stack, both constant and not 0.
using MatrixSizes = std::array<int64_t, 2>;

// softmax(s · q·kᵀ) · v of … × queries × size, … × size × keys and … × keys ×
// size, the dimensions in front those of batch, heads and e.g. windows
//   → the same of three dimensions, reshaped before and after
//
// This is what attention is found in; masks, which would have to be merged as
// well, keep it from being done.
struct MergeStack : RaisePattern<onnx::SoftmaxOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::SoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!type || type.getRank() < 5)
      return rewriter.notifyMatchFailure(op, "no more than batch and heads");
    if (int64_t axis = op.getAxis(); axis != -1 && axis != type.getRank() - 1)
      return rewriter.notifyMatchFailure(op, "not over the last dimension");
    Scores scores;
    if (!scores.collect(op.getInput(), 1).empty() || !scores.terms.empty() ||
        scores.queryFactor ||
        !shapes.haveProvablyEqualShapes(op.getInput(), scores.product.getY()))
      return rewriter.notifyMatchFailure(op, "more than a scaled product");
    auto result = op->hasOneUse() ? dyn_cast<onnx::MatMulOp>(*op->user_begin())
                                  : onnx::MatMulOp();
    auto resultType =
        result ? dyn_cast<RankedTensorType>(result.getType()) : nullptr;
    if (!resultType || result.getA() != op.getOutput() ||
        resultType.getNumDynamicDims() > 1)
      return rewriter.notifyMatchFailure(op, "no product to be shaped back");
    Value q = scores.product.getA(), k = scores.product.getB();
    if (getElementTypeOrSelf(q.getType()) != type.getElementType() ||
        resultType.getElementType() != type.getElementType())
      return rewriter.notifyMatchFailure(op, "types change on the way");
    std::optional<MatrixSizes> qSizes = readMatrix(q, q);
    std::optional<MatrixSizes> kSizes = readMatrix(k, q);
    std::optional<MatrixSizes> vSizes = readMatrix(result.getB(), q);
    if (!qSizes || !kSizes || !vSizes)
      return rewriter.notifyMatchFailure(op, "the stacks differ");
    Location loc = op.getLoc();
    rewriter.setInsertionPoint(result);
    auto multiply = [&](Value a, Value b, MatrixSizes sizes) -> Value {
      auto matrix = cast<RankedTensorType>(a.getType());
      return onnx::MatMulOp::create(
          rewriter, loc,
          matrix.clone({matrix.getDimSize(0), sizes[0], sizes[1]}), a, b);
    };
    Value product =
        multiply(merge(q, *qSizes, rewriter), merge(k, *kSizes, rewriter),
                 {(*qSizes)[0], (*kSizes)[1]});
    Value scale =
        createFloats(rewriter, loc, {}, type.getElementType(), scores.scale);
    Value scaled =
        onnx::MulOp::create(rewriter, loc, product.getType(), product, scale);
    Value weights =
        onnx::SoftmaxOp::create(rewriter, loc, scaled.getType(), scaled,
                                rewriter.getI64IntegerAttr(-1));
    Value merged = multiply(weights, merge(result.getB(), *vSizes, rewriter),
                            {(*qSizes)[0], (*vSizes)[1]});
    SmallVector<int64_t> shape(resultType.getShape());
    std::replace(shape.begin(), shape.end(), ShapedType::kDynamic, int64_t(-1));
    rewriter.replaceOpWithNewOp<onnx::ReshapeOp>(
        result, resultType, merged, createInts(rewriter, loc, shape));
    return success();
  }

private:
  /// The last sizes of `value`, if those in front are the same as of `like`.
  std::optional<MatrixSizes> readMatrix(Value value, Value like) const {
    const SymbolicShape *shape = shapes.getShape(value);
    const SymbolicShape *wanted = shapes.getShape(like);
    if (!shape || !wanted || shape->size() != wanted->size() ||
        shape->size() < 5 || !isa<RankedTensorType>(value.getType()) ||
        ArrayRef(*shape).drop_back(2) != ArrayRef(*wanted).drop_back(2))
      return std::nullopt;
    std::optional<int64_t> rows = shape->end()[-2].getConstant();
    std::optional<int64_t> columns = shape->end()[-1].getConstant();
    if (!rows || !columns || *rows == 0 || *columns == 0)
      return std::nullopt;
    return MatrixSizes{*rows, *columns};
  }

  /// `value` with what is in front of its matrices merged.
  static Value merge(Value value, MatrixSizes sizes,
                     PatternRewriter &rewriter) {
    auto type = cast<RankedTensorType>(value.getType());
    int64_t stack = 1;
    for (int64_t size : type.getShape().drop_back(2))
      stack = ShapedType::isDynamic(size) || ShapedType::isDynamic(stack)
                  ? ShapedType::kDynamic
                  : stack * size;
    return onnx::ReshapeOp::create(
        rewriter, value.getLoc(), type.clone({stack, sizes[0], sizes[1]}),
        value, createInts(rewriter, value.getLoc(), {-1, sizes[0], sizes[1]}));
  }
};
} // namespace

void sopt::populateStackedPatterns(RewritePatternSet &patterns,
                                   RaiseContext &raise) {
  patterns.add<MergeStack>(patterns.getContext(), raise);
}
