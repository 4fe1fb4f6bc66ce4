//===- Softmax.cpp - Raise softmax written out ----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"

using namespace mlir;
using namespace sopt;

namespace {
/// The one axis, from the front, over which a Reduce op keeps its dimensions.
template <typename ReduceOp>
std::optional<int64_t> getReducedAxis(ReduceOp op) {
  auto type = dyn_cast<RankedTensorType>(op.getData().getType());
  if (!type || !op.getKeepdims() || !op.getAxes())
    return std::nullopt;
  std::optional<onnx::ConstantData> axes =
      onnx::ConstantData::get(op.getAxes());
  if (!axes || axes->getNumElements() != 1)
    return std::nullopt;
  int64_t axis = axes->getInt(0);
  return axis < 0 ? axis + type.getRank() : axis;
}

/// Replaces `op`, exp / sum(exp), by the Softmax of exp's argument; a maximum
/// subtracted there changes nothing but what overflows.
LogicalResult raiseSoftmax(Operation *op, onnx::ExpOp exp, Value total,
                           RaiseReport &report, PatternRewriter &rewriter) {
  auto sum = total.getDefiningOp<onnx::ReduceSumOp>();
  if (!exp || !sum || sum.getData() != exp.getOutput())
    return rewriter.notifyMatchFailure(op, "not divided by the sum");
  std::optional<int64_t> axis = getReducedAxis(sum);
  if (!axis)
    return report.noteMiss(exp, "softmax", "the sum is not over one dimension");
  Value scores = exp.getInput();
  if (auto sub = scores.getDefiningOp<onnx::SubOp>())
    if (auto max = sub.getB().getDefiningOp<onnx::ReduceMaxOp>())
      if (max.getData() == sub.getA() && getReducedAxis(max) == axis)
        scores = sub.getA();
  if (scores.getType() != op->getResult(0).getType())
    return report.noteMiss(exp, "softmax", "the types differ");
  report.noteRaised("Softmax", op->getLoc());
  rewriter.replaceOpWithNewOp<onnx::SoftmaxOp>(
      op, op->getResult(0).getType(), scores,
      rewriter.getI64IntegerAttr(*axis));
  return success();
}

// exp(x − max(x)) / sum(exp(x − max(x))) → Softmax(x), also without max
struct RaiseQuotient : RaisePattern<onnx::DivOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::DivOp op,
                                PatternRewriter &rewriter) const override {
    return raiseSoftmax(op, op.getA().getDefiningOp<onnx::ExpOp>(), op.getB(),
                        report, rewriter);
  }
};

// exp(x) · (1 / sum(exp(x))) → Softmax(x)
struct RaiseProduct : RaisePattern<onnx::MulOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::MulOp op,
                                PatternRewriter &rewriter) const override {
    for (auto [a, b] :
         {std::pair(op.getA(), op.getB()), std::pair(op.getB(), op.getA())})
      if (auto reciprocal = b.getDefiningOp<onnx::ReciprocalOp>())
        return raiseSoftmax(op, a.getDefiningOp<onnx::ExpOp>(),
                            reciprocal.getX(), report, rewriter);
    return rewriter.notifyMatchFailure(op, "no reciprocal");
  }
};

// exp(LogSoftmax(x)) → Softmax(x)
struct RaiseExpOfLog : RaisePattern<onnx::ExpOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::ExpOp op,
                                PatternRewriter &rewriter) const override {
    auto log = op.getInput().getDefiningOp<onnx::LogSoftmaxOp>();
    if (!log)
      return rewriter.notifyMatchFailure(op, "no logarithm of a softmax");
    report.noteRaised("Softmax", op.getLoc());
    rewriter.replaceOpWithNewOp<onnx::SoftmaxOp>(
        op, op.getType(), log.getInput(), log.getAxisAttr());
    return success();
  }
};
} // namespace

void sopt::populateSoftmaxPatterns(RewritePatternSet &patterns,
                                   RaiseContext &raise) {
  patterns.add<RaiseQuotient, RaiseProduct, RaiseExpOfLog>(
      patterns.getContext(), raise);
}
