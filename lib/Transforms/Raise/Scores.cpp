//===- Scores.cpp - What is done to scores before a softmax ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Scores.h"
#include "Scalars.h"

using namespace mlir;
using namespace sopt;

/// A masked score is replaced by at most this where a graph replaces scores
/// instead of adding to them; a larger number could win over real scores.
constexpr double maxReplacement = -1e4;

/// Whether a product of two computed tensors with four dimensions is found
/// below `value` by arithmetic alone.
static bool leadsToProduct(Value value, unsigned depth = 0) {
  Operation *op = value.getDefiningOp();
  if (!op || depth > 8)
    return false;
  if (isa<onnx::MatMulOp>(op))
    return true;
  if (isa<onnx::CastOp, onnx::ReshapeOp>(op))
    return leadsToProduct(op->getOperand(0), depth + 1);
  if (isa<onnx::AddOp, onnx::SubOp, onnx::MulOp, onnx::DivOp, onnx::WhereOp,
          onnx::MaxOp>(op))
    return llvm::any_of(op->getOperands(), [&](Value operand) {
      return leadsToProduct(operand, depth + 1);
    });
  return false;
}

StringRef Scores::collect(Value value, double factor) {
  while (true) {
    Value uncast = skipFloatCasts(value);
    peelScalarFactors(uncast, factor);
    value = uncast;
    Operation *op = value.getDefiningOp();
    if (auto product = dyn_cast_or_null<onnx::MatMulOp>(op)) {
      this->product = product;
      scale = factor;
      return value.hasOneUse() ? "" : "the scores have other uses";
    }
    if (!op || !value.hasOneUse())
      return "the scores are no product of queries and keys";
    if (queryFactor)
      return "what multiplies the scores does so after they were changed";
    if (auto mul = dyn_cast<onnx::MulOp>(op)) {
      StringRef why = multiply(mul, value);
      if (!why.empty())
        return why;
      continue;
    }
    if (auto reshape = dyn_cast<onnx::ReshapeOp>(op)) {
      // Batch and heads merged or taken apart; the sizes are checked at the
      // ends.
      value = reshape.getData();
      continue;
    }
    if (auto where = dyn_cast<onnx::WhereOp>(op)) {
      StringRef why = replace(where, factor);
      if (!why.empty())
        return why;
      value = getSplat(where.getX()) ? where.getY() : where.getX();
      continue;
    }
    // A floor under the scores, the lowest number, keeps −∞ out of them.
    if (auto max = dyn_cast<onnx::MaxOp>(op);
        max && max->getNumOperands() == 2) {
      std::optional<double> floor = getScalar(max->getOperand(1));
      if (!floor || *floor > -6e4)
        return "the scores have a lower bound";
      value = max->getOperand(0);
      continue;
    }
    bool isSub = isa<onnx::SubOp>(op);
    if (!isSub && !isa<onnx::AddOp>(op))
      return "the scores are no product of queries and keys";
    // The scores are the operand that a product leads to; the other is added.
    Value a = op->getOperand(0), b = op->getOperand(1);
    if (!isSub && !leadsToProduct(a))
      std::swap(a, b);
    if (!isa<RankedTensorType>(b.getType()))
      return "the rank of a mask is not known";
    if (getSplat(b) != std::optional(0.0))
      terms.push_back({b, isSub ? -factor : factor, value, {}, 0});
    value = a;
  }
}

StringRef Scores::multiply(onnx::MulOp mul, Value &value) {
  Value a = mul.getA(), b = mul.getB();
  if (!leadsToProduct(a))
    std::swap(a, b);
  auto type = dyn_cast<RankedTensorType>(b.getType());
  if (!leadsToProduct(a) || !type || type.getRank() == 0 ||
      type.getShape().back() != 1)
    return "the scores are no product of queries and keys";
  queryFactor = b;
  value = a;
  return "";
}

StringRef Scores::replace(onnx::WhereOp where, double factor) {
  bool fills = getSplat(where.getX()).has_value();
  std::optional<double> fill = getSplat(fills ? where.getX() : where.getY());
  if (!fill)
    return "scores are chosen between two tensors";
  double replacement = *fill * factor;
  if (replacement > maxReplacement)
    return "scores are replaced by a number that is not very low";
  terms.push_back({Value(), factor, where.getOutput(), where, replacement});
  return "";
}
