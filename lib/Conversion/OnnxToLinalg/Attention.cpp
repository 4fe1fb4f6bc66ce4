//===- Attention.cpp - onnx.Attention as sopt.attention -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "dialects/Sopt/IR/Sopt.h"

using namespace mlir;
using namespace sopt;

namespace {
/// The operands of one attention in the form that sopt.attention takes.
struct AttentionOperands {
  Value q, k, v;
  int64_t heads, kvHeads;
};
} // namespace

/// B × S × (heads·D) as B × heads × S × D.
static Value splitHeads(Emitter &e, Value packed, int64_t heads) {
  SmallVector<Value> sizes = e.sizes(packed);
  Value perHead = e.div(sizes[2], e.index(heads));
  Value split =
      e.reshape(packed, {sizes[0], sizes[1], e.index(heads), perHead});
  return e.transpose(split, {0, 2, 1, 3});
}

/// The inverse of splitHeads.
static Value joinHeads(Emitter &e, Value byHead) {
  Value swapped = e.transpose(byHead, {0, 2, 1, 3});
  SmallVector<Value> sizes = e.sizes(swapped);
  return e.reshape(swapped, {sizes[0], sizes[1], e.mul(sizes[2], sizes[3])});
}

static FailureOr<AttentionOperands>
getOperands(onnx::AttentionOp op, onnx::AttentionOp::Adaptor operands,
            Emitter &e) {
  AttentionOperands result{operands.getQ(), operands.getK(), operands.getV(), 0,
                           0};
  int64_t rank = getRank(result.q);
  if ((rank != 3 && rank != 4) || getRank(result.k) != rank ||
      getRank(result.v) != rank)
    return e.refuse("its operands are neither all of rank 3 nor all of rank 4");
  if (rank == 4) {
    std::optional<int64_t> heads = getConstantSize(e.size(result.q, 1));
    std::optional<int64_t> kvHeads = getConstantSize(e.size(result.k, 1));
    if (!heads || !kvHeads)
      return e.refuse("the number of its heads is not constant");
    result.heads = *heads;
    result.kvHeads = *kvHeads;
  } else {
    if (!op.getQNumHeads() || !op.getKvNumHeads())
      return e.refuse("it does not say how many heads its operands hold");
    result.heads = *op.getQNumHeads();
    result.kvHeads = *op.getKvNumHeads();
  }
  if (result.kvHeads <= 0 || result.heads <= 0 ||
      result.heads % result.kvHeads != 0)
    return e.refuse("its query heads do not share its key heads evenly");
  return result;
}

/// A boolean mask as what is added to the scores: 0 where true.
static Value getBias(Emitter &e, Value mask) {
  if (!mask || !getElementType(mask).isInteger(1))
    return mask ? e.widen(mask) : mask;
  Type f32 = e.getF32Type();
  return e.map(e.sizes(mask), f32,
               {{mask, e.getMultiDimIdentityMap(getRank(mask))}},
               [&](ValueRange args) {
                 return e.select(args[0], e.constant(f32, 0),
                                 e.constant(f32, -HUGE_VAL));
               });
}

/// What no sopt.attention says.
static LogicalResult checkForm(onnx::AttentionOp op, Emitter &e) {
  bool hasWindow = int64_t(op.getLeftWindowSize()) >= 0 ||
                   int64_t(op.getRightWindowSize()) >= 0;
  if (op.getSoftcap().convertToDouble() != 0)
    return e.refuse("it caps its scores ('softcap')");
  if (op.getQkMatmulOutput())
    return e.refuse("its scores are an output ('qk_matmul_output')");
  if (op.getNonpadKvSeqlen() && (op.getIsCausal() || hasWindow))
    return e.refuse("its cache gives each sequence its own causal mask");
  if (op.getPastKey() && hasWindow)
    return e.refuse("it has a window over past keys");
  if (!isa<FloatType>(getElementTypeOrSelf(op.getQ().getType())) ||
      getElementTypeOrSelf(op.getQ().getType()).isF64())
    return e.refuse("its elements are not f32 or smaller");
  return success();
}

static Lowered lowerAttention(onnx::AttentionOp op,
                              onnx::AttentionOp::Adaptor operands, Emitter &e) {
  if (failed(checkForm(op, e)))
    return failure();
  FailureOr<AttentionOperands> form = getOperands(op, operands, e);
  if (failed(form))
    return failure();
  Type type = getElementType(form->q);
  bool isPacked = getRank(form->q) == 3;

  // Past keys and values are by head, and so are those that go on.
  bool hasCache = operands.getPastKey() || op.getPresentKey();
  if (isPacked && hasCache) {
    form->q = splitHeads(e, form->q, form->heads);
    form->k = splitHeads(e, form->k, form->kvHeads);
    form->v = splitHeads(e, form->v, form->kvHeads);
  }
  Value newKeys = e.size(form->k, isPacked && !hasCache ? 1 : 2);
  Value queries = e.size(form->q, isPacked && !hasCache ? 1 : 2);
  if (operands.getPastKey()) {
    if (op.getIsCausal() && !isSameSize(newKeys, queries))
      return e.refuse("its causal mask has neither corner of the scores");
    form->k = e.concat({operands.getPastKey(), form->k}, 2);
    form->v = e.concat({operands.getPastValue(), form->v}, 2);
  }

  SmallVector<Value> qSizes = e.sizes(form->q);
  std::optional<int64_t> width = getConstantSize(qSizes.back());
  if (!op.getScale() && !width)
    return e.refuse("its scale depends on a size that is not constant");
  bool isSplit = getRank(form->q) == 4;
  float scale =
      op.getScale()
          ? op.getScale()->convertToFloat()
          : 1.0f / std::sqrt(float(isSplit ? *width : *width / form->heads));

  SmallVector<Value> sizes(qSizes);
  sizes.back() =
      isSplit ? e.sizes(form->v).back()
              : e.mul(e.div(e.sizes(form->v).back(), e.index(form->kvHeads)),
                      e.index(form->heads));
  int64_t left = op.getLeftWindowSize(), right = op.getRightWindowSize();
  DenseI64ArrayAttr window;
  if (left >= 0 || right >= 0)
    window = e.getDenseI64ArrayAttr({left, right});
  auto flag = [&](bool value) { return value ? e.getUnitAttr() : UnitAttr(); };
  Value bias = getBias(e, operands.getAttnMask());
  auto convert = [&](Value v) { return v ? e.refine(e.widen(v)) : v; };
  Value result = AttentionOp::create(
      e, e.typeOf(sizes, e.getF32Type()), convert(form->q), convert(form->k),
      convert(form->v), bias ? e.refine(bias) : bias,
      operands.getNonpadKvSeqlen() ? e.refine(operands.getNonpadKvSeqlen())
                                   : Value(),
      /*group=*/Value(), e.getI64IntegerAttr(form->heads),
      e.getI64IntegerAttr(form->kvHeads), e.getF32FloatAttr(scale),
      flag(op.getIsCausal()), flag(op.getIsCausal() && op.getPastKey()), window,
      /*block=*/nullptr, /*top_k=*/nullptr, /*top_k_bits=*/nullptr,
      e.getF32FloatAttr(-std::numeric_limits<float>::infinity()),
      /*empty_is_zero=*/e.getUnitAttr());
  result = e.convertElements(e.withSizes(result, sizes), type);
  if (isPacked && hasCache)
    result = joinHeads(e, result);
  SmallVector<Value> results = {result};
  if (op.getPresentKey())
    results.push_back(form->k);
  if (op.getPresentValue())
    results.push_back(form->v);
  return results;
}

void sopt::populateAttentionLowerings(LoweringSet &set) {
  addLowering<onnx::AttentionOp>(set, lowerAttention);
}
