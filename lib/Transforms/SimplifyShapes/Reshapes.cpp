//===- Reshapes.cpp - Plain reshapes and transposes -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../ConstantBuilder.h"
#include "Patterns.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace sopt;

std::optional<SmallVector<int64_t>> sopt::encodeReshape(ArrayRef<DimExpr> from,
                                                        ArrayRef<DimExpr> to) {
  SmallVector<int64_t> result;
  bool inferred = false;
  for (auto [i, dim] : llvm::enumerate(to)) {
    std::optional<int64_t> constant = dim.getConstant();
    if (constant && *constant != 0) {
      result.push_back(*constant);
    } else if (i < from.size() && from[i] == dim) {
      result.push_back(0);
    } else if (!inferred && !constant) {
      inferred = true;
      result.push_back(-1);
    } else {
      return std::nullopt;
    }
  }
  return result;
}

namespace {
/// The permutation a Transpose applies; it reverses by default.
SmallVector<int64_t> getPermutation(onnx::TransposeOp op, int64_t rank) {
  if (std::optional<ArrayRef<int64_t>> perm = op.getPerm())
    return llvm::to_vector(*perm);
  return llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(rank)));
}

/// Reshape(x, computed shape) → Reshape(x, constant)
struct MakeShapeConstant : OpRewritePattern<onnx::ReshapeOp> {
  MakeShapeConstant(MLIRContext *context, ShapeAnalysis &analysis)
      : OpRewritePattern(context), analysis(analysis) {}

  LogicalResult matchAndRewrite(onnx::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getShape().getDefiningOp<onnx::ConstantOp>())
      return rewriter.notifyMatchFailure(op, "the shape is constant");
    const SymbolicShape *from = analysis.getShape(op.getData());
    const SymbolicShape *to = analysis.getShape(op.getReshaped());
    auto encoded = from && to ? encodeReshape(*from, *to) : std::nullopt;
    if (!encoded)
      return rewriter.notifyMatchFailure(op, "no constant spells the shape");
    rewriter.replaceOpWithNewOp<onnx::ReshapeOp>(
        op, op.getType(), op.getData(),
        createInts(rewriter, op.getLoc(), *encoded));
    return success();
  }

  ShapeAnalysis &analysis;
};

/// Reshape(Reshape(x)) → Reshape(x), and the same where the first is a Squeeze,
/// Unsqueeze or Flatten
struct MergeReshapes : OpRewritePattern<onnx::ReshapeOp> {
  MergeReshapes(MLIRContext *context, ShapeAnalysis &analysis)
      : OpRewritePattern(context), analysis(analysis) {}

  LogicalResult matchAndRewrite(onnx::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    Operation *first = op.getData().getDefiningOp();
    if (!isa_and_nonnull<onnx::ReshapeOp, onnx::SqueezeOp, onnx::UnsqueezeOp,
                         onnx::FlattenOp>(first))
      return rewriter.notifyMatchFailure(op, "nothing to merge with");
    Value source = first->getOperand(0);
    const SymbolicShape *from = analysis.getShape(source);
    const SymbolicShape *to = analysis.getShape(op.getReshaped());
    auto encoded = from && to ? encodeReshape(*from, *to) : std::nullopt;
    if (!encoded)
      return rewriter.notifyMatchFailure(op, "no constant spells the shape");
    Location loc = rewriter.getFusedLoc({op.getLoc(), first->getLoc()});
    rewriter.replaceOpWithNewOp<onnx::ReshapeOp>(
        op, op.getType(), source, createInts(rewriter, loc, *encoded));
    return success();
  }

  ShapeAnalysis &analysis;
};

/// Transpose(Transpose(x)) → Transpose(x), and Transpose(x) → x
struct MergeTransposes : OpRewritePattern<onnx::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(onnx::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!type)
      return rewriter.notifyMatchFailure(op, "its rank is not known");
    SmallVector<int64_t> perm = getPermutation(op, type.getRank());
    if (llvm::equal(perm, llvm::seq<int64_t>(type.getRank())) &&
        op.getData().getType() == type) {
      rewriter.replaceOp(op, op.getData());
      return success();
    }
    auto first = op.getData().getDefiningOp<onnx::TransposeOp>();
    if (!first)
      return rewriter.notifyMatchFailure(op, "nothing to merge with");
    SmallVector<int64_t> inner = getPermutation(first, type.getRank());
    for (int64_t &axis : perm)
      axis = inner[axis];
    rewriter.replaceOpWithNewOp<onnx::TransposeOp>(
        op, type, first.getData(), rewriter.getDenseI64ArrayAttr(perm));
    return success();
  }
};

/// Reshape(Transpose(Reshape(x : …×m×n → b×m×n)) : b×n×m → …×n×m) →
/// Transpose(x), which swaps the last two dimensions
struct RecoverTranspose : OpRewritePattern<onnx::ReshapeOp> {
  RecoverTranspose(MLIRContext *context, ShapeAnalysis &analysis)
      : OpRewritePattern(context), analysis(analysis) {}

  LogicalResult matchAndRewrite(onnx::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = op.getData().getDefiningOp<onnx::TransposeOp>();
    if (!transpose || transpose.getPerm() != ArrayRef<int64_t>({0, 2, 1}))
      return rewriter.notifyMatchFailure(op, "no transposed matrices");
    auto merge = transpose.getData().getDefiningOp<onnx::ReshapeOp>();
    if (!merge)
      return rewriter.notifyMatchFailure(op, "no merged dimensions");
    const SymbolicShape *from = analysis.getShape(merge.getData());
    const SymbolicShape *merged = analysis.getShape(merge.getReshaped());
    const SymbolicShape *to = analysis.getShape(op.getReshaped());
    if (!from || !merged || !to || from->size() < 3 ||
        from->size() != to->size())
      return rewriter.notifyMatchFailure(op, "the ranks do not fit");
    size_t lead = from->size() - 2;
    if (ArrayRef(*from).take_front(lead) != ArrayRef(*to).take_front(lead) ||
        ArrayRef(*from).drop_front(lead) != ArrayRef(*merged).drop_front() ||
        (*from)[lead] != (*to)[lead + 1] || (*from)[lead + 1] != (*to)[lead])
      return rewriter.notifyMatchFailure(op, "the sizes do not fit");
    auto perm = llvm::to_vector(llvm::seq<int64_t>(from->size()));
    std::swap(perm[lead], perm[lead + 1]);
    rewriter.replaceOpWithNewOp<onnx::TransposeOp>(
        op, op.getType(), merge.getData(), rewriter.getDenseI64ArrayAttr(perm));
    return success();
  }

  ShapeAnalysis &analysis;
};
} // namespace

void sopt::populateReshapePatterns(RewritePatternSet &patterns,
                                   ShapeAnalysis &analysis) {
  patterns.add<MakeShapeConstant, MergeReshapes, RecoverTranspose>(
      patterns.getContext(), analysis);
  patterns.add<MergeTransposes>(patterns.getContext());
}
