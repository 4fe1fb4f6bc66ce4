//===- SparseConstant.cpp - sopt.sparse_constant with all its zeros -------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "dialects/Sopt/IR/Packing.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace sopt;

namespace {
// sparse_constant → arith.constant
struct DecomposeSparseConstant : OpRewritePattern<SparseConstantOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SparseConstantOp op,
                                PatternRewriter &rewriter) const override {
    FailureOr<ElementsAttr> dense =
        unpack(op.getPacked(), [&] { return op.emitOpError(); });
    if (failed(dense))
      return failure();
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, cast<TypedAttr>(*dense));
    return success();
  }
};
} // namespace

void sopt::populateSparseConstantPattern(RewritePatternSet &patterns) {
  patterns.add<DecomposeSparseConstant>(patterns.getContext());
}
