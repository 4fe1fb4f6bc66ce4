//===- Einsum.cpp - Raise matrix products written as Einsum ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/IR/TypeUtilities.h"
#include "sparse-opt/Analysis/EinsumEquation.h"

using namespace mlir;
using namespace sopt;

using Labels = SmallVector<EinsumEquation::Label>;

/// `tensor`, whose dimensions are `from`, with its dimensions in the order
/// `to`.
static Value orderDims(Value tensor, ArrayRef<EinsumEquation::Label> from,
                       ArrayRef<EinsumEquation::Label> to,
                       PatternRewriter &rewriter) {
  if (from == to)
    return tensor;
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<int64_t> perm, shape;
  for (EinsumEquation::Label label : to) {
    perm.push_back(llvm::find(from, label) - from.begin());
    shape.push_back(type.getDimSize(perm.back()));
  }
  return onnx::TransposeOp::create(rewriter, tensor.getLoc(), type.clone(shape),
                                   tensor, rewriter.getDenseI64ArrayAttr(perm));
}

static bool hasRepeated(const Labels &labels) {
  return llvm::SmallDenseSet<char>(labels.begin(), labels.end()).size() !=
         labels.size();
}

namespace {
/// The labels of a product of stacked matrices: stack × rows × inner by
/// stack × inner × columns.
struct MatrixLabels {
  Labels stack, rows, inner, columns;
};

std::optional<MatrixLabels> readMatrices(const EinsumEquation &equation) {
  MatrixLabels labels;
  const Labels &a = equation.operands[0].labels;
  const Labels &b = equation.operands[1].labels;
  if (hasRepeated(a) || hasRepeated(b) || hasRepeated(equation.result))
    return std::nullopt;
  for (EinsumEquation::Label label : equation.result) {
    bool inA = llvm::is_contained(a, label), inB = llvm::is_contained(b, label);
    (inA && inB ? labels.stack
     : inA      ? labels.rows
                : labels.columns)
        .push_back(label);
  }
  for (EinsumEquation::Label label : a)
    if (!llvm::is_contained(equation.result, label))
      labels.inner.push_back(label);
  bool isMatrix = labels.rows.size() == 1 && labels.columns.size() == 1 &&
                  labels.inner.size() == 1 &&
                  llvm::is_contained(b, labels.inner.front()) &&
                  b.size() == labels.stack.size() + 2;
  return isMatrix ? std::optional(labels) : std::nullopt;
}

// Einsum(a, b) {…} → Transpose(MatMul(Transpose(a), Transpose(b)))
struct RaiseEinsum : RaisePattern<onnx::EinsumOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::EinsumOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getInputs().size() != 2)
      return rewriter.notifyMatchFailure(op, "not of two operands");
    for (Value input : op.getInputs())
      if (!isa<RankedTensorType>(input.getType()))
        return rewriter.notifyMatchFailure(op, "a rank is not known");
    auto equation = EinsumEquation::read(op.getEquation(), op.getInputs());
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!equation || !type ||
        type.getRank() != int64_t(equation->result.size()))
      return rewriter.notifyMatchFailure(op, "its equation is not understood");
    std::optional<MatrixLabels> labels = readMatrices(*equation);
    if (!labels)
      return rewriter.notifyMatchFailure(op, "no product of matrices");
    auto join = [&](const Labels &rows, const Labels &columns) {
      Labels all(labels->stack);
      llvm::append_range(all, rows);
      llvm::append_range(all, columns);
      return all;
    };
    Value a = orderDims(op.getInputs()[0], equation->operands[0].labels,
                        join(labels->rows, labels->inner), rewriter);
    Value b = orderDims(op.getInputs()[1], equation->operands[1].labels,
                        join(labels->inner, labels->columns), rewriter);
    Labels product = join(labels->rows, labels->columns);
    SmallVector<int64_t> shape;
    for (EinsumEquation::Label label : product)
      shape.push_back(type.getDimSize(llvm::find(equation->result, label) -
                                      equation->result.begin()));
    Value result =
        onnx::MatMulOp::create(rewriter, op.getLoc(), type.clone(shape), a, b);
    rewriter.replaceOp(op,
                       orderDims(result, product, equation->result, rewriter));
    return success();
  }
};

// Einsum(x) {equation = "ij->ji"} → Transpose(x)
struct RaisePermutation : RaisePattern<onnx::EinsumOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::EinsumOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getInputs().size() != 1 ||
        !isa<RankedTensorType>(op.getInputs().front().getType()))
      return rewriter.notifyMatchFailure(op, "not of one operand");
    auto equation = EinsumEquation::read(op.getEquation(), op.getInputs());
    if (!equation)
      return rewriter.notifyMatchFailure(op, "its equation is not understood");
    const Labels &from = equation->operands.front().labels;
    if (hasRepeated(from) || from.size() != equation->result.size() ||
        !llvm::all_of(from, [&](EinsumEquation::Label label) {
          return llvm::is_contained(equation->result, label);
        }))
      return rewriter.notifyMatchFailure(op, "it does more than to permute");
    SmallVector<int64_t> perm;
    for (EinsumEquation::Label label : equation->result)
      perm.push_back(llvm::find(from, label) - from.begin());
    rewriter.replaceOpWithNewOp<onnx::TransposeOp>(
        op, op.getType(), op.getInputs().front(),
        rewriter.getDenseI64ArrayAttr(perm));
    return success();
  }
};
} // namespace

void sopt::populateEinsumPatterns(RewritePatternSet &patterns,
                                  RaiseContext &raise) {
  patterns.add<RaiseEinsum, RaisePermutation>(patterns.getContext(), raise);
}
