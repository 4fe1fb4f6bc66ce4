//===- Linear.cpp - A matrix kernel for sopt.linear -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DenseKernel.h"
#include "Patterns.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace sopt;

namespace {

// sopt.linear(x, w, bias) → linear_K×N(rows of x, panels of w, bias)
class LinearToKernel : public OpRewritePattern<LinearOp> {
public:
  LinearToKernel(MLIRContext *context, KernelLibrary &kernels,
                 WeightPacker &packer)
      : OpRewritePattern(context), kernels(kernels), packer(packer) {}

  LogicalResult matchAndRewrite(LinearOp op,
                                PatternRewriter &rewriter) const override;

private:
  KernelLibrary &kernels;
  WeightPacker &packer;
};

} // namespace

/// Why there is no kernel for `op`, null if there is one.
static const char *whyNot(LinearOp op) {
  if (op.getSchedule() && op.getSchedule()->isSparse())
    return "scheduled as sparse";
  if (!llvm::all_of(op->getOperandTypes(), isF32Tensor))
    return "not f32";
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  if (weight.getRank() != 2 || !weight.hasStaticShape())
    return "weight of unknown size";
  if (weight.getNumElements() == 0)
    return "empty weight";
  if (cast<RankedTensorType>(op.getX().getType()).getRank() == 0)
    return "x has no features";
  return nullptr;
}

LogicalResult LinearToKernel::matchAndRewrite(LinearOp op,
                                              PatternRewriter &rewriter) const {
  if (const char *reason = whyNot(op))
    return rewriter.notifyMatchFailure(op, reason);
  ImplicitLocOpBuilder b(op.getLoc(), rewriter);
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  int64_t k = weight.getDimSize(0), n = weight.getDimSize(1);
  DenseKernel kernel(k, n, op.getActivation(), bool(op.getBias()));

  std::string name = kernel.getName();
  Isa isa = kernels.getIsa().forRowsOf(k * sizeof(float));
  if (ScheduleAttr schedule = op.getScheduleAttr();
      schedule && !schedule.getTile().empty()) {
    isa.rows = schedule.getTile()[0];
    isa.vectors = schedule.getTile()[1];
    name += llvm::formatv("_tile{0}x{1}", isa.rows, isa.vectors).str();
  }
  auto xType = cast<RankedTensorType>(op.getX().getType());
  SmallVector<int64_t> xShape(xType.getShape());
  xShape.back() = k;
  Value x = castTensor(b, op.getX(), xType.clone(xShape));
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, b.getLoc(), x);
  sizes.back() = b.getIndexAttr(n);
  SmallVector<Value> arguments = {
      viewRows(b, readOnlyBuffer(b, x)),
      packer.pack(b, op.getWeight(), isa.vectors * isa.lanes)};
  if (Value bias = op.getBias())
    arguments.push_back(readOnlyBuffer(
        b, castTensor(b, bias, RankedTensorType::get(n, b.getF32Type()))));
  Value y = allocate(b, sizes);
  arguments.push_back(viewRows(b, y));

  Value rows = memref::DimOp::create(b, arguments.front(), 0);
  Value flopsPerRow = arith::ConstantIndexOp::create(b, 2 * k * n);
  kernels.countFlops(b, arith::MulIOp::create(b, rows, flopsPerRow));
  kernels.call(
      b, name, isa, arguments, [&](VectorBuilder &b, ValueRange arguments) {
        Value bias = arguments.size() == 4 ? arguments[2] : Value();
        kernel.build(b, arguments[0], arguments[1], bias, arguments.back());
      });
  rewriter.replaceOp(op, castTensor(b, writtenTensor(b, y), op.getType()));
  return success();
}

void sopt::populateLinearToKernel(RewritePatternSet &patterns,
                                  KernelLibrary &kernels,
                                  WeightPacker &packer) {
  patterns.add<LinearToKernel>(patterns.getContext(), kernels, packer);
}
