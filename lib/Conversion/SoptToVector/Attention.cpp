//===- Attention.cpp - A kernel for sopt.attention ------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"
#include "Patterns.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace sopt;

namespace {

// sopt.attention(q, k, v) → attention_heads×size(q, k, v, scale, fill)
class AttentionToKernel : public OpRewritePattern<AttentionOp> {
public:
  AttentionToKernel(MLIRContext *context, KernelLibrary &kernels)
      : OpRewritePattern(context), kernels(kernels) {}

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override;

private:
  KernelLibrary &kernels;
};

} // namespace

/// Features of a head of q, k or v; dynamic if not known or no whole number.
static int64_t getHeadSize(AttentionOp op, Value tensor, int64_t heads) {
  int64_t size = cast<RankedTensorType>(tensor.getType()).getShape().back();
  if (!op.isPacked() || ShapedType::isDynamic(size))
    return size;
  return heads > 0 && size % heads == 0 ? size / heads : ShapedType::kDynamic;
}

/// Why there is no kernel for `op`, null if there is one.
static const char *whyNot(AttentionOp op) {
  if (op.getTopK() && !AttentionKernel(op, 1, 1).canChoose())
    return "top_k where keys that are not chosen may weigh something";
  for (Value operand : {op.getQ(), op.getK(), op.getV(), op.getBias()})
    if (operand && !isF32Tensor(operand.getType()))
      return "not f32";
  int64_t headSize = getHeadSize(op, op.getQ(), op.getHeads());
  int64_t valueSize = getHeadSize(op, op.getV(), op.getKvHeads());
  if (ShapedType::isDynamic(headSize) || ShapedType::isDynamic(valueSize))
    return "head of unknown size";
  if (headSize == 0 || valueSize == 0)
    return "empty head";
  if (std::optional<int64_t> block = op.getBlock(); block && *block <= 0)
    return "empty block";
  return nullptr;
}

/// `tensor` as a buffer in which sizes are static only where a kernel relies on
/// them, so that calls that differ in the others share one.
static Value getTokens(ImplicitLocOpBuilder &b, AttentionOp op, Value tensor,
                       int64_t heads, int64_t size) {
  constexpr int64_t kDynamic = ShapedType::kDynamic;
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<int64_t> shape = {kDynamic, kDynamic, heads * size};
  if (!op.isPacked())
    shape = {kDynamic, heads, kDynamic, size};
  // A size that is known must not be forgotten on the way to another.
  SmallVector<int64_t> known(type.getShape());
  for (auto [size, wanted] : llvm::zip(known, shape))
    if (ShapedType::isDynamic(size))
      size = wanted;
  tensor = castTensor(b, tensor, type.clone(known));
  return readOnlyBuffer(b, castTensor(b, tensor, type.clone(shape)));
}

/// Whether the bias broadcasts to scores of these `sizes`, as far as that is
/// not known before it runs; if it does not, the run fails. Null if it is
/// known.
static Value buildBiasFits(ImplicitLocOpBuilder &b, AttentionOp op,
                           ArrayRef<Value> sizes, KernelLibrary &kernels) {
  Value bias = op.getBias(), allFit;
  if (!bias)
    return {};
  auto type = cast<RankedTensorType>(bias.getType());
  auto isEqual = [&](Value size, Value other) -> Value {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, size, other);
  };
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    Value wanted = sizes[sizes.size() - type.getRank() + dim];
    int64_t known = type.getDimSize(dim);
    if (known == 1 ||
        (!ShapedType::isDynamic(known) && getConstantIntValue(wanted) == known))
      continue;
    Value size = tensor::DimOp::create(b, bias, dim);
    Value fits = isEqual(size, wanted);
    if (ShapedType::isDynamic(known))
      fits = arith::OrIOp::create(
          b, fits, isEqual(size, arith::ConstantIndexOp::create(b, 1)));
    auto branch = scf::IfOp::create(b, fits, /*withElseRegion=*/true);
    ImplicitLocOpBuilder inner(b.getLoc(), branch.elseBlock()->getTerminator());
    kernels.reportBadShape(inner, size, wanted);
    allFit = allFit ? arith::AndIOp::create(b, allFit, fits) : fits;
  }
  return allFit;
}

LogicalResult
AttentionToKernel::matchAndRewrite(AttentionOp op,
                                   PatternRewriter &rewriter) const {
  if (const char *reason = whyNot(op))
    return rewriter.notifyMatchFailure(op, reason);
  ImplicitLocOpBuilder b(op.getLoc(), rewriter);
  int64_t heads = op.getHeads(), kvHeads = op.getKvHeads();
  int64_t headSize = getHeadSize(op, op.getQ(), heads);
  int64_t valueSize = getHeadSize(op, op.getV(), kvHeads);
  AttentionKernel kernel(op, headSize, valueSize);

  Value q = getTokens(b, op, op.getQ(), heads, headSize);
  Value k = getTokens(b, op, op.getK(), kvHeads, headSize);
  SmallVector<Value> arguments = {
      q, k, getTokens(b, op, op.getV(), kvHeads, valueSize)};
  for (Value optional : {op.getBias(), op.getPadding(), op.getGroup()})
    if (optional)
      arguments.push_back(readOnlyBuffer(b, optional));
  arguments.push_back(arith::ConstantOp::create(b, op.getScaleAttr()));
  arguments.push_back(arith::ConstantOp::create(b, op.getFillAttr()));

  int64_t tokens = op.isPacked() ? 1 : 2;
  Value batches = memref::DimOp::create(b, q, 0);
  Value queries = memref::DimOp::create(b, q, tokens);
  Value keys = memref::DimOp::create(b, k, tokens);
  SmallVector<OpFoldResult> sizes = {batches, queries,
                                     b.getIndexAttr(heads * valueSize)};
  if (!op.isPacked())
    sizes = {batches, b.getIndexAttr(heads), queries,
             b.getIndexAttr(valueSize)};
  Value y = allocate(b, sizes);
  arguments.push_back(y);

  Value flops =
      arith::ConstantIndexOp::create(b, 2 * heads * (headSize + valueSize));
  for (Value size : {batches, queries, keys})
    flops = arith::MulIOp::create(b, flops, size);
  kernels.countFlops(b, flops);
  int64_t rowSize = op.isPacked() ? heads * headSize : headSize;
  Isa isa = kernels.getIsa().forRowsOf(rowSize * sizeof(float));
  auto call = [&](ImplicitLocOpBuilder &b) {
    kernels.call(b, kernel.getName(), isa, arguments,
                 [&](VectorBuilder &b, ValueRange arguments) {
                   kernel.build(b, arguments);
                 });
  };
  Value headsValue = arith::ConstantIndexOp::create(b, heads);
  // What does not fit is not read.
  if (Value fits =
          buildBiasFits(b, op, {batches, headsValue, queries, keys}, kernels)) {
    auto branch = scf::IfOp::create(b, fits, /*withElseRegion=*/false);
    ImplicitLocOpBuilder inner(b.getLoc(), branch.thenBlock()->getTerminator());
    call(inner);
  } else {
    call(b);
  }
  rewriter.replaceOp(op, castTensor(b, writtenTensor(b, y), op.getType()));
  return success();
}

void sopt::populateAttentionToKernel(RewritePatternSet &patterns,
                                     KernelLibrary &kernels) {
  patterns.add<AttentionToKernel>(patterns.getContext(), kernels);
}
