//===- OutputShapes.cpp - Sizes of outputs from those of inputs -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Transforms/OutputShapes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"

namespace sopt {
#define GEN_PASS_DEF_OUTPUTSHAPES
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

/// Makes `model` return the sizes of its results in their place.
static void returnSizes(func::FuncOp model) {
  Operation *exit = model.getBody().front().getTerminator();
  OpBuilder builder(exit);
  SmallVector<Value> sizes;
  for (Value result : exit->getOperands())
    for (int64_t dim : llvm::seq(cast<TensorType>(result.getType()).getRank()))
      sizes.push_back(
          tensor::DimOp::create(builder, exit->getLoc(), result, dim));
  exit->setOperands(sizes);
  model.setFunctionType(builder.getFunctionType(model.getArgumentTypes(),
                                                TypeRange(ValueRange(sizes))));
}

/// Expresses sizes by those of operands, up to the arguments where possible.
static LogicalResult pushSizesUp(func::FuncOp model) {
  MLIRContext *context = model.getContext();
  RewritePatternSet patterns(context);
  memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
  memref::populateResolveShapedTypeResultDimsPatterns(patterns);
  for (Dialect *dialect : context->getLoadedDialects())
    dialect->getCanonicalizationPatterns(patterns);
  for (RegisteredOperationName op : context->getRegisteredOperations())
    op.getCanonicalizationPatterns(patterns, context);
  return applyPatternsGreedily(model, std::move(patterns));
}

/// Whether `op` is the size of an argument of the model.
static bool isInputSize(Operation *op) {
  auto dim = dyn_cast<tensor::DimOp>(op);
  return dim && isa<BlockArgument>(dim.getSource()) && dim.getConstantIndex() &&
         isa<func::FuncOp>(dim->getParentOp());
}

/// Adds to `slice`, operands first, all that computes `value`. Fails where that
/// reads an argument's elements.
static LogicalResult addSlice(Value value, SetVector<Operation *> &slice) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return failure();
  if (slice.contains(op))
    return success();
  if (!isInputSize(op)) {
    Block *block = op->getBlock();
    WalkResult operands = op->walk([&](Operation *inner) {
      for (Value operand : inner->getOperands()) {
        Operation *owner = operand.getParentBlock()->getParentOp();
        bool isInside = owner && op->isAncestor(owner);
        if (!isInside &&
            (isa<BlockArgument>(operand) || operand.getParentBlock() != block ||
             failed(addSlice(operand, slice))))
          return WalkResult::interrupt();
      }
      return WalkResult::advance();
    });
    if (operands.wasInterrupted())
      return failure();
  }
  slice.insert(op);
  return success();
}

namespace {
class OutputShapes : public sopt::impl::OutputShapesBase<OutputShapes> {
public:
  using OutputShapesBase::OutputShapesBase;

  void runOnOperation() override {
    auto model = getOperation().lookupSymbol<func::FuncOp>("main_graph");
    if (!model || !model.getBody().hasOneBlock())
      return;
    OwningOpRef<func::FuncOp> sizes(model.clone());
    returnSizes(*sizes);
    if (failed(pushSizesUp(*sizes)))
      return signalPassFailure();
    OpBuilder builder(getOperation().getBodyRegion());
    builder.setInsertionPointAfter(model);
    build(builder, *sizes);
  }

private:
  /// Builds the function of the slice of `sizes` that depends on sizes alone.
  void build(OpBuilder &builder, func::FuncOp sizes);
};
} // namespace

void OutputShapes::build(OpBuilder &builder, func::FuncOp sizes) {
  Location loc = sizes.getLoc();
  SmallVector<unsigned> firstSize;
  unsigned numSizes = 0;
  for (Type type : sizes.getArgumentTypes()) {
    firstSize.push_back(numSizes);
    numSizes += cast<TensorType>(type).getRank();
  }
  SmallVector<Type> inputs(numSizes, builder.getIndexType());
  auto shapes = func::FuncOp::create(
      builder, loc, kOutputShapes,
      builder.getFunctionType(inputs, sizes.getResultTypes()));
  shapes.setPrivate();
  builder.setInsertionPointToStart(shapes.addEntryBlock());

  IRMapping mapping;
  auto copy = [&](Operation *op) {
    if (!isInputSize(op)) {
      builder.clone(*op, mapping);
      return;
    }
    auto dim = cast<tensor::DimOp>(op);
    unsigned input = cast<BlockArgument>(dim.getSource()).getArgNumber();
    mapping.map(dim.getResult(),
                shapes.getArgument(firstSize[input] + *dim.getConstantIndex()));
  };
  SmallVector<Value> results;
  for (Value size : sizes.getBody().front().getTerminator()->getOperands()) {
    SetVector<Operation *> slice;
    if (failed(addSlice(size, slice))) {
      results.push_back(arith::ConstantIndexOp::create(builder, loc, -1));
      continue;
    }
    for (Operation *op : slice)
      if (!op->getNumResults() || !mapping.contains(op->getResult(0)))
        copy(op);
    results.push_back(mapping.lookup(size));
  }
  func::ReturnOp::create(builder, loc, results);
}
