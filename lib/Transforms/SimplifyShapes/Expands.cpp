//===- Expands.cpp - Leave broadcasting to those who do it anyway ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "sparse-opt/Analysis/OperatorKinds.h"

using namespace mlir;
using namespace sopt;

namespace {
/// Add(x, Expand(y)) → Add(x, y), and the same for all that broadcast, where
/// the result keeps its shape
struct DropExpandedOperand : RewritePattern {
  DropExpandedOperand(MLIRContext *context, ShapeAnalysis &analysis)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), analysis(analysis) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!broadcastsOperands(op))
      return rewriter.notifyMatchFailure(op, "does not broadcast");
    for (OpOperand &operand : op->getOpOperands()) {
      Operation *expand = operand.get().getDefiningOp();
      if (!isa_and_nonnull<onnx::ExpandOp>(expand) ||
          !keepsShapeWith(op, operand, expand->getOperand(0)))
        continue;
      rewriter.modifyOpInPlace(op, [&] { operand.set(expand->getOperand(0)); });
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no operand is expanded in vain");
  }

  /// Whether `op` has the same result's shape with `value` as `operand`.
  bool keepsShapeWith(Operation *op, OpOperand &operand, Value value) const {
    const SymbolicShape *before = analysis.getShape(op->getResult(0));
    SymbolicShape after;
    for (OpOperand &other : op->getOpOperands()) {
      const SymbolicShape *shape =
          analysis.getShape(&other == &operand ? value : other.get());
      if (!shape)
        return false;
      after = analysis.broadcast(after, *shape);
    }
    return before && *before == after;
  }

  ShapeAnalysis &analysis;
};

/// Cast(Expand(x)) → Expand(Cast(x)): fewer elements to cast, and then the
/// Expand may go
struct SinkExpandBelowCast : OpRewritePattern<onnx::CastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(onnx::CastOp op,
                                PatternRewriter &rewriter) const override {
    auto expand = op.getInput().getDefiningOp<onnx::ExpandOp>();
    auto from = expand ? dyn_cast<RankedTensorType>(expand.getInput().getType())
                       : RankedTensorType();
    if (!from)
      return rewriter.notifyMatchFailure(op, "nothing expanded to cast");
    auto to = cast<TensorType>(op.getType()).getElementType();
    auto small = cast<onnx::CastOp>(rewriter.clone(*op));
    small.getInputMutable().assign(expand.getInput());
    small.getOutput().setType(from.clone(to));
    rewriter.replaceOpWithNewOp<onnx::ExpandOp>(
        op, op.getType(), small.getOutput(), expand.getShape());
    return success();
  }
};

/// Add(x, Gather(table, Expand(i))) → Add(x, Gather(table, i)) where the result
/// keeps its shape
struct DropExpandedIndices : RewritePattern {
  DropExpandedIndices(MLIRContext *context, ShapeAnalysis &analysis)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), analysis(analysis) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!broadcastsOperands(op))
      return rewriter.notifyMatchFailure(op, "does not broadcast");
    for (OpOperand &operand : op->getOpOperands()) {
      auto gather = operand.get().getDefiningOp<onnx::GatherOp>();
      auto expand = gather && gather.getAxis() == 0
                        ? gather.getIndices().getDefiningOp<onnx::ExpandOp>()
                        : onnx::ExpandOp();
      if (!expand || !isWideEnough(op, operand))
        continue;
      if (succeeded(gatherUnexpanded(op, operand, gather, expand, rewriter)))
        return success();
    }
    return rewriter.notifyMatchFailure(op, "no index is expanded in vain");
  }

  /// Whether the other operands alone have the result's shape.
  bool isWideEnough(Operation *op, OpOperand &operand) const {
    const SymbolicShape *result = analysis.getShape(op->getResult(0));
    SymbolicShape others;
    for (OpOperand &other : op->getOpOperands()) {
      if (&other == &operand)
        continue;
      const SymbolicShape *shape = analysis.getShape(other.get());
      if (!shape)
        return false;
      others = analysis.broadcast(others, *shape);
    }
    return result && *result == others;
  }

  LogicalResult gatherUnexpanded(Operation *op, OpOperand &operand,
                                 onnx::GatherOp gather, onnx::ExpandOp expand,
                                 PatternRewriter &rewriter) const {
    auto indices = dyn_cast<RankedTensorType>(expand.getInput().getType());
    auto table = dyn_cast<RankedTensorType>(gather.getData().getType());
    auto type = dyn_cast<RankedTensorType>(gather.getType());
    // Expanding may add dimensions in front, which the table's would shift.
    if (!indices || !table || !type ||
        indices.getRank() + table.getRank() - 1 != type.getRank())
      return failure();
    SmallVector<int64_t> shape(indices.getShape());
    llvm::append_range(shape, table.getShape().drop_front());
    rewriter.setInsertionPoint(gather);
    Value small = onnx::GatherOp::create(
        rewriter, gather.getLoc(), type.clone(shape), gather.getData(),
        expand.getInput(), gather.getAxisAttr());
    rewriter.modifyOpInPlace(op, [&] { operand.set(small); });
    return success();
  }

  ShapeAnalysis &analysis;
};
} // namespace

void sopt::populateExpandPatterns(RewritePatternSet &patterns,
                                  ShapeAnalysis &analysis) {
  patterns.add<DropExpandedOperand, DropExpandedIndices>(patterns.getContext(),
                                                         analysis);
  patterns.add<SinkExpandBelowCast>(patterns.getContext());
}
