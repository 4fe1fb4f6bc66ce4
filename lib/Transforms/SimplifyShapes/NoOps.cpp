//===- NoOps.cpp - Remove operations that change nothing ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "dialects/ONNX/IR/Condition.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace sopt;

namespace {
/// An output of a graph is made by a node in it: an argument of the function,
/// and a value from outside a subgraph, stay behind their Identity.
bool namesOutput(Operation *op) {
  Value operand = op->getOperand(0);
  bool isMadeHere = !isa<BlockArgument>(operand) &&
                    operand.getParentBlock() == op->getBlock();
  return !isMadeHere &&
         llvm::any_of(op->getUsers(),
                      llvm::IsaPred<func::ReturnOp, onnx::YieldOp>);
}

/// Replaces `op` by its operand 0 if the types allow it.
LogicalResult forwardOperand(Operation *op, PatternRewriter &rewriter) {
  if (op->getOperand(0).getType() != op->getResult(0).getType())
    return rewriter.notifyMatchFailure(op, "the types differ");
  if (namesOutput(op))
    return rewriter.notifyMatchFailure(op, "it names an output");
  rewriter.replaceAllUsesWith(op->getResult(0), op->getOperand(0));
  rewriter.eraseOp(op);
  return success();
}

/// Identity(x) → x, and the same for a Cast to x's own type
template <typename OpTy> struct RemoveIdentity : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    return forwardOperand(op, rewriter);
  }
};

/// Dropout(x) → x
struct RemoveDropout : OpRewritePattern<onnx::DropoutOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(onnx::DropoutOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getMask() && !op.getMask().use_empty())
      return rewriter.notifyMatchFailure(op, "its mask is used");
    return forwardOperand(op, rewriter);
  }
};

/// Reshape(x) → x, and the like, where the shape stays and so the elements do
template <typename OpTy> struct RemoveSameShape : OpRewritePattern<OpTy> {
  RemoveSameShape(MLIRContext *context, ShapeAnalysis &analysis)
      : OpRewritePattern<OpTy>(context), analysis(analysis) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    if (!analysis.haveProvablyEqualShapes(op->getOperand(0), op->getResult(0)))
      return rewriter.notifyMatchFailure(op, "the shape may change");
    return forwardOperand(op, rewriter);
  }

  ShapeAnalysis &analysis;
};

/// Slice(x) → x where every element is taken, in order
struct RemoveSlice : OpRewritePattern<onnx::SliceOp> {
  RemoveSlice(MLIRContext *context, ShapeAnalysis &analysis)
      : OpRewritePattern(context), analysis(analysis) {}

  LogicalResult matchAndRewrite(onnx::SliceOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getSteps()) {
      const SymbolicContents *steps = analysis.getContents(op.getSteps());
      if (!steps || llvm::any_of(*steps, [](auto &step) {
            return step != std::optional(DimExpr(1));
          }))
        return rewriter.notifyMatchFailure(op, "it may skip or turn around");
    }
    if (!analysis.haveProvablyEqualShapes(op.getData(), op.getOutput()))
      return rewriter.notifyMatchFailure(op, "it may be a part");
    return forwardOperand(op, rewriter);
  }

  ShapeAnalysis &analysis;
};

/// Concat(x) → x
struct RemoveConcat : OpRewritePattern<onnx::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(onnx::ConcatOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getInputs().size() != 1)
      return rewriter.notifyMatchFailure(op, "there is something to join");
    return forwardOperand(op, rewriter);
  }
};

/// If(constant) → the branch that it takes
struct InlineBranch : OpRewritePattern<onnx::IfOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(onnx::IfOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<bool> condition = onnx::getConstantCondition(op.getCond());
    if (!condition)
      return rewriter.notifyMatchFailure(op, "only a run tells the branch");
    Region &branch = *condition ? op.getThenBranch() : op.getElseBranch();
    if (!branch.hasOneBlock())
      return rewriter.notifyMatchFailure(op, "its branch is not one block");
    Operation *yield = branch.front().getTerminator();
    // What a graph returns keeps its type.
    for (auto [value, result] :
         llvm::zip_equal(yield->getOperands(), op->getResults()))
      if (value.getType() != result.getType() &&
          llvm::any_of(result.getUsers(), [](Operation *user) {
            return user->hasTrait<OpTrait::IsTerminator>();
          }))
        return rewriter.notifyMatchFailure(op, "the types differ");
    SmallVector<Value> values(yield->getOperands());
    rewriter.eraseOp(yield);
    rewriter.inlineBlockBefore(&branch.front(), op);
    rewriter.replaceOp(op, values);
    return success();
  }
};
} // namespace

void sopt::populateNoOpPatterns(RewritePatternSet &patterns,
                                ShapeAnalysis &analysis) {
  patterns.add<RemoveIdentity<onnx::IdentityOp>, RemoveIdentity<onnx::CastOp>,
               RemoveDropout, RemoveConcat, InlineBranch>(
      patterns.getContext());
  patterns
      .add<RemoveSameShape<onnx::ReshapeOp>, RemoveSameShape<onnx::ExpandOp>,
           RemoveSameShape<onnx::SqueezeOp>, RemoveSameShape<onnx::UnsqueezeOp>,
           RemoveSlice>(patterns.getContext(), analysis);
}
