//===- ControlFlow.cpp - Subgraphs as regions of scf --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sopt;

namespace {
/// onnx.If(%c) {else} {then} → scf.if %c[] {then} else {else}
struct IfLowering : OpConversionPattern<onnx::IfOp> {
  IfLowering(const LoweringSet &set)
      : OpConversionPattern(set.converter, set.patterns.getContext()),
        state(set.state) {}

  LogicalResult
  matchAndRewrite(onnx::IfOp op, OpAdaptor operands,
                  ConversionPatternRewriter &rewriter) const override {
    Emitter e(op, rewriter, state);
    SmallVector<Type> types;
    if (failed(getTypeConverter()->convertTypes(op.getResultTypes(), types)) ||
        !llvm::all_of(types, llvm::IsaPred<RankedTensorType>))
      return e.refuse("a result is not a tensor of known rank");
    for (Region *region : {&op.getThenBranch(), &op.getElseBranch()})
      if (!region->hasOneBlock() ||
          !isa<onnx::YieldOp>(region->front().back()) ||
          !isConvertible(region->front().back(), types))
        return e.refuse("its branches give other types than it does");
    state.sizes.begin();
    auto branch = scf::IfOp::create(rewriter, op.getLoc(), types,
                                    e.single(operands.getCond()),
                                    /*addThenBlock=*/false,
                                    /*addElseBlock=*/false);
    rewriter.inlineRegionBefore(op.getThenBranch(), branch.getThenRegion(),
                                branch.getThenRegion().end());
    rewriter.inlineRegionBefore(op.getElseBranch(), branch.getElseRegion(),
                                branch.getElseRegion().end());
    rewriter.replaceOp(op, branch.getResults());
    return success();
  }

private:
  /// Whether a tensor.cast may make `types` of what `yield` gives.
  bool isConvertible(Operation &yield, ArrayRef<Type> types) const {
    if (yield.getNumOperands() != types.size())
      return false;
    return llvm::all_of(
        llvm::zip_equal(yield.getOperandTypes(), types), [&](auto pair) {
          Type given = getTypeConverter()->convertType(std::get<0>(pair));
          return given &&
                 tensor::CastOp::areCastCompatible(given, std::get<1>(pair));
        });
  }

  LoweringState &state;
};

/// onnx.Yield in an scf.if → scf.yield of values of its types
struct YieldLowering : OpConversionPattern<onnx::YieldOp> {
  YieldLowering(const LoweringSet &set)
      : OpConversionPattern(set.converter, set.patterns.getContext()),
        state(set.state) {}

  LogicalResult
  matchAndRewrite(onnx::YieldOp op, OpAdaptor operands,
                  ConversionPatternRewriter &rewriter) const override {
    auto branch = dyn_cast<scf::IfOp>(op->getParentOp());
    if (!branch)
      return failure();
    state.sizes.begin();
    Emitter e(op, rewriter, state);
    SmallVector<Value> values(operands.getOutputs());
    // A model may declare a size of the result that one branch does not give.
    for (auto [value, type] :
         llvm::zip_equal(values, branch.getResultTypes())) {
      FailureOr<Value> fitted = fitTo(e, value, cast<RankedTensorType>(type));
      if (failed(fitted)) {
        state.sizes.abort();
        return failure();
      }
      value = *fitted;
    }
    rewriter.replaceOpWithNewOp<scf::YieldOp>(op, values);
    return success();
  }

private:
  LoweringState &state;
};
} // namespace

void sopt::populateControlFlowLowerings(LoweringSet &set) {
  set.patterns.add<IfLowering, YieldLowering>(set);
}
