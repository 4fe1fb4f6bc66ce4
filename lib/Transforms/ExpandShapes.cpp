//===- ExpandShapes.cpp - Views with several dimensions of any size ------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_EXPANDSHAPES
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

/// Whether a dimension is expanded to several whose sizes are not known.
static bool isAmbiguous(memref::ExpandShapeOp op) {
  ArrayRef<int64_t> shape = op.getResultType().getShape();
  return llvm::any_of(op.getReassociationIndices(),
                      [&](ArrayRef<int64_t> dims) {
                        return llvm::count_if(dims, [&](int64_t dim) {
                                 return ShapedType::isDynamic(shape[dim]);
                               }) > 1;
                      });
}

namespace {
/// memref.expand_shape → memref.reinterpret_cast of the sizes it names
struct ExpandAmbiguousShape : OpRewritePattern<memref::ExpandShapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(memref::ExpandShapeOp op,
                                PatternRewriter &rewriter) const override {
    if (!isAmbiguous(op))
      return rewriter.notifyMatchFailure(op, "upstream expands it");
    auto [typeStrides, typeOffset] = op.getResultType().getStridesAndOffset();
    SmallVector<int64_t> sourceStrides =
        op.getSrcType().getStridesAndOffset().first;
    auto source = memref::ExtractStridedMetadataOp::create(
        rewriter, op.getLoc(), op.getSrc());
    // What the type knows must be constant, what it does not, a value.
    auto pick = [&](int64_t known, OpFoldResult value) -> OpFoldResult {
      if (!ShapedType::isDynamic(known))
        return rewriter.getIndexAttr(known);
      return getValueOrCreateConstantIndexOp(rewriter, op.getLoc(), value);
    };
    SmallVector<OpFoldResult> sizes = op.getMixedOutputShape();
    SmallVector<OpFoldResult> strides(sizes.size());
    for (auto [group, known, stride] :
         llvm::zip_equal(op.getReassociationIndices(), sourceStrides,
                         source.getStrides())) {
      OpFoldResult step = pick(known, stride);
      for (int64_t dim : llvm::reverse(group)) {
        strides[dim] = pick(typeStrides[dim], step);
        if (dim != group.front())
          step = affine::makeComposedFoldedAffineApply(
              rewriter, op.getLoc(),
              rewriter.getAffineSymbolExpr(0) * rewriter.getAffineSymbolExpr(1),
              {step, sizes[dim]});
      }
    }
    rewriter.replaceOpWithNewOp<memref::ReinterpretCastOp>(
        op, op.getResultType(), source.getBaseBuffer(),
        pick(typeOffset, OpFoldResult(source.getOffset())), sizes, strides);
    return success();
  }
};

struct ExpandShapes : sopt::impl::ExpandShapesBase<ExpandShapes> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandAmbiguousShape>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace
