//===- SparseLinear.cpp - Kernels for layers with sparse weights ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackNM.h"
#include "Patterns.h"
#include "SparseKernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace sopt;

namespace {

// sopt.linear(x, w, bias) schedule <csr or block>
//   → tokens_to_tiles(x, tiles), sparse_K×N(tiles, packed w, bias)
class SparseLinearToKernel : public OpRewritePattern<LinearOp> {
public:
  SparseLinearToKernel(MLIRContext *context, KernelLibrary &kernels,
                       WeightPacker &densePacker, SparseWeightPacker &packer,
                       TokenTiles &tiles)
      : OpRewritePattern(context), kernels(kernels), densePacker(densePacker),
        packer(packer), tiles(tiles) {}

  LogicalResult matchAndRewrite(LinearOp op,
                                PatternRewriter &rewriter) const override;

private:
  KernelLibrary &kernels;
  WeightPacker &densePacker;
  SparseWeightPacker &packer;
  TokenTiles &tiles;
};

} // namespace

/// Half of the registers hold sums, the others inputs, weights and addresses.
static int64_t getVectors(const Isa &isa, ScheduleAttr schedule) {
  if (!schedule.getTile().empty())
    return schedule.getTile()[1];
  int64_t rows = schedule.getLayout().getBlockShape().first;
  return std::clamp<int64_t>(isa.registers / 2 / rows, 1,
                             TokenTiles::kTokens / isa.lanes);
}

/// Why `op` cannot have the kernel that it is scheduled for, null if it can.
static const char *whyNotSparse(LinearOp op) {
  bool isNM = !op.getSchedule()->readsTokenTiles();
  if (!llvm::all_of(op->getOperandTypes(), isF32Tensor))
    return "it is not in f32";
  if (!SparseWeightPacker::isPackable(op.getWeight()))
    return "its weight is no constant";
  if (cast<RankedTensorType>(op.getWeight().getType()).getNumElements() == 0)
    return "its weight is empty";
  if (isNM && !WeightPacker::canPack(op.getWeight()))
    return "its weight is one number for all";
  if (isNM &&
      !canPackNM(op.getWeight(), op.getSchedule()->getLayout().getSizes()[0]))
    return "its weight has more non-zeros in a group";
  return nullptr;
}

LogicalResult sopt::verifySparseSchedule(LinearOp op) {
  ScheduleAttr schedule = op.getScheduleAttr();
  if (!schedule || !schedule.isSparse())
    return success();
  if (const char *reason = whyNotSparse(op))
    return op.emitOpError("cannot be computed as ")
           << schedule << ": " << reason;
  return success();
}

static Value multiply(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> sizes) {
  Value product = arith::ConstantIndexOp::create(b, 1);
  for (OpFoldResult size : sizes)
    product = arith::MulIOp::create(
        b, product, getValueOrCreateConstantIndexOp(b, b.getLoc(), size));
  return product;
}

LogicalResult
SparseLinearToKernel::matchAndRewrite(LinearOp op,
                                      PatternRewriter &rewriter) const {
  ScheduleAttr schedule = op.getScheduleAttr();
  if (!schedule || !schedule.readsTokenTiles())
    return rewriter.notifyMatchFailure(op, "not scheduled for tiles of tokens");
  ImplicitLocOpBuilder b(op.getLoc(), rewriter);
  auto weightType = cast<RankedTensorType>(op.getWeight().getType());
  int64_t k = weightType.getDimSize(0), n = weightType.getDimSize(1);
  int64_t denseBelow = schedule.getDenseBelow();
  TokenTiles::Input x = tiles.get(b, op.getX(), k, denseBelow);
  SparseWeight weight = packer.pack(b, op.getWeight(), schedule.getLayout());
  SparseKernel::Spec spec = {schedule.getLayout(),
                             weight.form,
                             k,
                             n,
                             getVectors(kernels.getIsa(), schedule),
                             denseBelow,
                             op.getActivation(),
                             bool(op.getBias()),
                             /*readsTiles=*/!x.rows,
                             TokenTiles::isReadAlone(op.getResult()) &&
                                 TokenTiles::getBelow(op.getResult()) ==
                                     denseBelow};
  SparseKernel kernel(spec);

  SmallVector<OpFoldResult> sizes =
      tensor::getMixedSizes(b, b.getLoc(), op.getX());
  sizes.back() = b.getIndexAttr(n);
  Value tokens = multiply(b, ArrayRef(sizes).drop_back());
  SmallVector<Value> arguments = {
      tokens,          x.tiles,     weight.values, weight.indices,
      weight.pointers, weight.rows, weight.groups};
  Isa isa = kernels.getIsa().forRowsOf(k * sizeof(float));
  if (denseBelow) {
    if (x.rows)
      arguments.push_back(x.rows);
    arguments.push_back(
        densePacker.pack(b, op.getWeight(), isa.vectors * isa.lanes));
  }
  if (Value bias = op.getBias())
    arguments.push_back(readOnlyBuffer(
        b, castTensor(b, bias, RankedTensorType::get(n, b.getF32Type()))));
  Value y =
      spec.writesTiles ? tiles.allocateFor(b, tokens, n) : allocate(b, sizes);
  arguments.push_back(spec.writesTiles ? y : viewRows(b, y));

  Value flopsPerToken = arith::ConstantIndexOp::create(
      b, 2 * weight.numBlocks * schedule.getLayout().getBlockShape().first);
  kernels.countFlops(b, arith::MulIOp::create(b, tokens, flopsPerToken));
  kernels.call(b, kernel.getName(), isa, arguments,
               [&](VectorBuilder &b, ValueRange arguments) {
                 kernel.build(b, arguments);
               });
  // Those who read tiles ask the tensor for nothing but its size.
  Value result = spec.writesTiles
                     ? tensor::EmptyOp::create(b, sizes, b.getF32Type())
                     : writtenTensor(b, y);
  result = castTensor(b, result, op.getType());
  if (spec.writesTiles)
    tiles.set(b, result, denseBelow, y, TokenTiles::Rows::InTiles);
  rewriter.replaceOp(op, result);
  return success();
}

void sopt::populateSparseLinearToKernel(RewritePatternSet &patterns,
                                        KernelLibrary &kernels,
                                        WeightPacker &densePacker,
                                        SparseWeightPacker &packer,
                                        TokenTiles &tiles) {
  patterns.add<SparseLinearToKernel>(patterns.getContext(), kernels,
                                     densePacker, packer, tiles);
}
