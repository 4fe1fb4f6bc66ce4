//===- Condition.cpp - Conditions that are constant -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/ONNX/IR/Condition.h"
#include "dialects/ONNX/IR/ONNX.h"

using namespace mlir;
using namespace sopt;

std::optional<bool> onnx::getConstantCondition(Value condition) {
  while (auto identity = condition.getDefiningOp<onnx::IdentityOp>())
    condition = identity.getInput();
  auto constant = condition.getDefiningOp<onnx::ConstantOp>();
  auto elements =
      constant ? dyn_cast_or_null<DenseElementsAttr>(constant.getValueAttr())
               : DenseElementsAttr();
  if (!elements || !elements.getElementType().isInteger(1) ||
      elements.getNumElements() != 1)
    return std::nullopt;
  return *elements.value_begin<bool>();
}
