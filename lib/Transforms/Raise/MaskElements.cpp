//===- MaskElements.cpp - What the elements of a mask can be --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MaskElements.h"
#include "Scalars.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sopt;

bool sopt::isBool(Value value) {
  return getElementTypeOrSelf(value.getType()).isInteger(1);
}

bool sopt::isInteger(Value value) {
  return isa<IntegerType>(getElementTypeOrSelf(value.getType()));
}

bool sopt::isZeroOrOne(Value value, bool trusting) {
  if (isBool(value))
    return true;
  if (std::optional<double> splat = getSplat(value))
    return *splat == 0 || *splat == 1;
  Operation *op = value.getDefiningOp();
  if (!op)
    return trusting && isInteger(value);
  auto recurse = [&](Value operand) { return isZeroOrOne(operand, trusting); };
  if (isa<onnx::CastOp, onnx::UnsqueezeOp, onnx::SqueezeOp, onnx::ReshapeOp,
          onnx::ExpandOp, onnx::SliceOp, onnx::TransposeOp, onnx::IdentityOp,
          onnx::TriluOp, onnx::GatherNDOp>(op))
    return recurse(op->getOperand(0));
  if (auto mul = dyn_cast<onnx::MulOp>(op))
    return recurse(mul.getA()) && recurse(mul.getB());
  if (auto sub = dyn_cast<onnx::SubOp>(op))
    return getSplat(sub.getA()) == std::optional(1.0) && recurse(sub.getB());
  if (auto where = dyn_cast<onnx::WhereOp>(op))
    return recurse(where.getX()) && recurse(where.getY());
  std::optional<onnx::ConstantData> data = onnx::ConstantData::get(value);
  if (!data)
    return false;
  for (int64_t i = 0; i < data->getNumElements(); ++i)
    if (double element = data->getDouble(i); element != 0 && element != 1)
      return false;
  return true;
}
