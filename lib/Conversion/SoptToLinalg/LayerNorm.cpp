//===- LayerNorm.cpp - sopt.layer_norm as two sums and a map --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Loops.h"
#include "Patterns.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace sopt;

namespace {
/// The loops of one layer_norm: its rows, then the features of a row.
struct Rows {
  ImplicitLocOpBuilder &b;
  SmallVector<OpFoldResult> sizes;
  Type compute;

  unsigned rank() const { return sizes.size(); }
  Access whole(Value tensor) const {
    return accessAt(tensor, rank(), llvm::to_vector(llvm::seq(rank())));
  }
  Access perRow(Value tensor) const {
    return accessAt(tensor, rank(), llvm::to_vector(llvm::seq(rank() - 1)));
  }
  Access perFeature(Value tensor) const {
    return accessAt(tensor, rank(), {rank() - 1});
  }

  /// The mean over each row of what `term` makes of `reads`.
  Value mean(ArrayRef<Access> reads, ScalarBody term) const {
    Sizes rowSizes = Sizes(sizes).drop_back();
    Value zero = splat(b, rowSizes, b.getFloatAttr(compute, 0));
    Value sum =
        reduce(b, perRow(zero), reads,
               [&](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
                 return arith::AddFOp::create(b, args.back(), term(b, args));
               });
    Value count = arith::SIToFPOp::create(
        b, compute,
        arith::IndexCastOp::create(
            b, b.getI64Type(),
            getValueOrCreateConstantIndexOp(b, b.getLoc(), sizes.back())));
    return mapElements(
        b, rowSizes, compute,
        {accessAt(sum, rank() - 1, llvm::to_vector(llvm::seq(rank() - 1)))},
        [&](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
          return arith::DivFOp::create(b, args[0], count);
        });
  }
};

// z = x + residual, m = mean(z) (0 if rms), v = mean((z − m)²):
// layer_norm → (z − m) / √(v + ε) · scale + bias
struct DecomposeLayerNorm : OpRewritePattern<LayerNormOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(LayerNormOp op,
                                PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto type = cast<RankedTensorType>(op.getType());
    Type compute = getComputeType(type.getElementType());
    Rows rows{b, tensor::getMixedSizes(b, op.getLoc(), op.getX()), compute};

    Value z = op.getX();
    if (op.getResidual())
      z = mapElements(b, rows.sizes, compute,
                      {rows.whole(z), rows.whole(op.getResidual())},
                      [](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
                        return arith::AddFOp::create(b, args[0], args[1]);
                      });

    Value deviation = z;
    if (!op.getRms()) {
      Value mean =
          rows.mean({rows.whole(z)}, [](ImplicitLocOpBuilder &,
                                        ValueRange args) { return args[0]; });
      deviation = mapElements(
          b, rows.sizes, compute, {rows.whole(z), rows.perRow(mean)},
          [](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
            return arith::SubFOp::create(b, args[0], args[1]);
          });
    }
    Value variance =
        rows.mean({rows.whole(deviation)},
                  [](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
                    return arith::MulFOp::create(b, args[0], args[0]);
                  });

    SmallVector<Access> reads = {rows.whole(deviation), rows.perRow(variance),
                                 rows.perFeature(op.getScale())};
    if (op.getBias())
      reads.push_back(rows.perFeature(op.getBias()));
    double epsilon = op.getEpsilon().convertToFloat();
    Value result = mapElements(
        b, rows.sizes, type.getElementType(), reads,
        [&](ImplicitLocOpBuilder &b, ValueRange args) -> Value {
          Value shifted = arith::AddFOp::create(
              b, args[1], constantFloat(b, compute, epsilon));
          Value unit = arith::DivFOp::create(b, args[0],
                                             math::SqrtOp::create(b, shifted));
          Value scaled = arith::MulFOp::create(b, unit, args[2]);
          return args.size() == 3
                     ? scaled
                     : Value(arith::AddFOp::create(b, scaled, args[3]));
        });
    rewriter.replaceOp(op, castTo(b, result, type));
    return success();
  }
};
} // namespace

void sopt::populateLayerNormPattern(RewritePatternSet &patterns) {
  patterns.add<DecomposeLayerNorm>(patterns.getContext());
}
