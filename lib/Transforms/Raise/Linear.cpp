//===- Linear.cpp - Raise layers on flattened rows ------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../ConstantBuilder.h"
#include "Patterns.h"

using namespace mlir;
using namespace sopt;

namespace {
// Gemm(Reshape(x : …×k → n×k), w, b) → Reshape(Add(MatMul(x, w), b))
//
// The product of a matrix needs no matrix: with the leading dimensions kept,
// the Reshape that an exporter puts behind the Gemm is undone by this one.
struct KeepRows : RaisePattern<onnx::GemmOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::GemmOp op,
                                PatternRewriter &rewriter) const override {
    auto flatten = op.getA().getDefiningOp<onnx::ReshapeOp>();
    if (!flatten || op.getTransA())
      return rewriter.notifyMatchFailure(op, "its rows are no reshaped tensor");
    if (op.getAlpha().convertToFloat() != 1 ||
        (op.getC() && op.getBeta().convertToFloat() != 1))
      return rewriter.notifyMatchFailure(op, "it scales");
    auto type = dyn_cast<RankedTensorType>(op.getType());
    auto rows = dyn_cast<RankedTensorType>(flatten.getData().getType());
    auto weight = dyn_cast<RankedTensorType>(op.getB().getType());
    if (!type || !rows || !weight || rows.getRank() < 2 ||
        weight.getRank() != 2 || type.isDynamicDim(1) ||
        !shapes.areProvablyEqual(flatten.getData(), -1, op.getA(), -1))
      return rewriter.notifyMatchFailure(op, "features are not kept together");
    if (op.getC() && !isVector(op.getC()))
      return rewriter.notifyMatchFailure(op, "each row has its own bias");

    Location loc = op.getLoc();
    Value w = op.getB();
    if (op.getTransB())
      w = onnx::TransposeOp::create(
          rewriter, w.getLoc(),
          weight.clone({weight.getDimSize(1), weight.getDimSize(0)}), w,
          rewriter.getDenseI64ArrayAttr({1, 0}));
    SmallVector<int64_t> shape(rows.getShape().drop_back());
    shape.push_back(type.getDimSize(1));
    auto product = onnx::MatMulOp::create(rewriter, loc, type.clone(shape),
                                          flatten.getData(), w);
    // What is known of how to compute it holds for its rows, too.
    product->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    Value result = product->getResult(0);
    if (op.getC())
      result = onnx::AddOp::create(rewriter, loc, result.getType(), result,
                                   op.getC());
    Value matrix = createInts(rewriter, loc, {-1, type.getDimSize(1)});
    rewriter.replaceOpWithNewOp<onnx::ReshapeOp>(op, type, result, matrix);
    return success();
  }

  /// Whether `bias` is one row, whatever its rank.
  bool isVector(Value bias) const {
    const SymbolicShape *shape = shapes.getShape(bias);
    return shape && !shape->empty() &&
           llvm::all_of(ArrayRef(*shape).drop_back(),
                        [](const DimExpr &dim) { return dim == DimExpr(1); });
  }
};
} // namespace

void sopt::populateLinearPatterns(RewritePatternSet &patterns,
                                  RaiseContext &raise) {
  patterns.add<KeepRows>(patterns.getContext(), raise);
}
