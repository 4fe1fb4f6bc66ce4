//===- OnnxAttention.cpp - ONNX's own Attention to sopt's -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../ConstantBuilder.h"
#include "Masks.h"
#include "Patterns.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>

using namespace mlir;
using namespace sopt;

namespace {
/// The sizes of an Attention, in either of its forms.
struct AttentionSizes {
  int64_t heads, kvHeads, headSize;
  DimExpr batch, queries, keys;
};

// onnx.Attention(q, k, v, mask) → sopt.attention q, k, v padding mask
//
// ONNX masks by −∞ and gives zeros for a query without a key.
struct ConvertAttention : RaisePattern<onnx::AttentionOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::AttentionOp op,
                                PatternRewriter &rewriter) const override {
    StringRef misfit = findMisfit(op);
    if (!misfit.empty())
      return report.noteMiss(op, "sopt.attention", misfit);
    std::optional<AttentionSizes> sizes = readSizes(op);
    if (!sizes)
      return report.noteMiss(op, "sopt.attention",
                             "the number and size of heads are not known");
    MaskSet mask;
    Value bias;
    if (Value given = op.getAttnMask()) {
      if (!getElementTypeOrSelf(given).isInteger(1)) {
        bias = given;
      } else {
        SymbolicShape scores = {sizes->batch, sizes->heads, sizes->queries,
                                sizes->keys};
        auto set = MaskReader(shapes, scores).readSet(given, /*when=*/false);
        if (!set || set->inverted || set->reach ||
            (set->causalOffset && *set->causalOffset != DimExpr(0)))
          return report.noteMiss(op, "sopt.attention",
                                 "its boolean mask is not understood");
        mask = *set;
      }
    }
    build(op, *sizes, mask, bias, rewriter);
    return success();
  }

private:
  /// What this op does that sopt.attention cannot, or nothing.
  static StringRef findMisfit(onnx::AttentionOp op) {
    if (op.getPastKey() || op.getPastValue() || op.getNonpadKvSeqlen())
      return "it has a cache";
    for (Value extra :
         {op.getPresentKey(), op.getPresentValue(), op.getQkMatmulOutput()})
      if (extra && !extra.use_empty())
        return "its other results are used";
    if (!op.getSoftcap().isZero())
      return "it caps scores";
    if (!isa<RankedTensorType>(op.getQ().getType()) ||
        !isa<RankedTensorType>(op.getK().getType()) ||
        !isa<RankedTensorType>(op.getV().getType()) ||
        !isa<RankedTensorType>(op.getY().getType()))
      return "a rank is not known";
    return "";
  }

  std::optional<AttentionSizes> readSizes(onnx::AttentionOp op) const {
    const SymbolicShape *q = shapes.getShape(op.getQ());
    const SymbolicShape *k = shapes.getShape(op.getK());
    if (!q || !k || q->size() != k->size())
      return std::nullopt;
    AttentionSizes sizes;
    std::optional<int64_t> features;
    if (q->size() == 4) {
      std::optional<int64_t> heads = (*q)[1].getConstant();
      std::optional<int64_t> kvHeads = (*k)[1].getConstant();
      features = (*q)[3].getConstant();
      if (!heads || !kvHeads || !features)
        return std::nullopt;
      sizes = {*heads, *kvHeads, *features, (*q)[0], (*q)[2], (*k)[2]};
    } else if (q->size() == 3 && op.getQNumHeads() && op.getKvNumHeads()) {
      features = (*q)[2].getConstant();
      int64_t heads = *op.getQNumHeads(), kvHeads = *op.getKvNumHeads();
      if (!features || heads <= 0)
        return std::nullopt;
      sizes = {heads, kvHeads, *features / heads, (*q)[0], (*q)[1], (*k)[1]};
    } else {
      return std::nullopt;
    }
    bool valid = sizes.heads > 0 && sizes.kvHeads > 0 && sizes.headSize > 0 &&
                 sizes.heads % sizes.kvHeads == 0;
    return valid ? std::optional(sizes) : std::nullopt;
  }

  void build(onnx::AttentionOp op, const AttentionSizes &sizes,
             const MaskSet &mask, Value bias, PatternRewriter &rewriter) const {
    Value padding;
    if (mask.padding)
      padding = squeezePadding(mask, shapes, rewriter, op.getLoc());
    int64_t left = op.getLeftWindowSize(), right = op.getRightWindowSize();
    float scale = op.getScale() ? op.getScale()->convertToFloat()
                                : 1 / std::sqrt(float(sizes.headSize));
    auto unit = rewriter.getUnitAttr();
    bool isCausal = op.getIsCausal() || mask.causalOffset;
    Value result = AttentionOp::create(
        rewriter, op.getLoc(), op.getY().getType(), op.getQ(), op.getK(),
        op.getV(), bias, padding, Value(),
        rewriter.getI64IntegerAttr(sizes.heads),
        rewriter.getI64IntegerAttr(sizes.kvHeads),
        rewriter.getF32FloatAttr(scale), isCausal ? unit : UnitAttr(),
        UnitAttr(),
        left < 0 && right < 0 ? DenseI64ArrayAttr()
                              : rewriter.getDenseI64ArrayAttr({left, right}),
        IntegerAttr(), IntegerAttr(), IntegerAttr(),
        rewriter.getF32FloatAttr(-INFINITY), unit);
    report.noteRaised("attention", op.getLoc());
    rewriter.replaceAllUsesWith(op.getY(), result);
    rewriter.eraseOp(op);
  }
};
} // namespace

void sopt::populateOnnxAttentionPatterns(RewritePatternSet &patterns,
                                         RaiseContext &raise) {
  patterns.add<ConvertAttention>(patterns.getContext(), raise);
}
