//===- Scalars.cpp - Constants and casts inside formulas ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Scalars.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"
#include <cmath>

using namespace mlir;
using namespace sopt;

std::optional<double> sopt::getScalar(Value value) {
  std::optional<onnx::ConstantData> data = onnx::ConstantData::get(value);
  if (!data || data->getNumElements() != 1)
    return std::nullopt;
  return data->getDouble(0);
}

std::optional<double> sopt::getSplat(Value value) {
  if (auto expand = value.getDefiningOp<onnx::ExpandOp>())
    return getSplat(expand.getInput());
  if (auto filled = value.getDefiningOp<onnx::ConstantOfShapeOp>()) {
    if (!filled.getValueAttr())
      return 0.0;
    std::optional<onnx::ConstantData> data =
        onnx::ConstantData::get(Attribute(filled.getValueAttr()));
    return data ? std::optional(data->getDouble(0)) : std::nullopt;
  }
  std::optional<onnx::ConstantData> data = onnx::ConstantData::get(value);
  if (!data || (!data->isSplat() && data->getNumElements() != 1))
    return std::nullopt;
  return data->getDouble(0);
}

static bool isFloat(Value value) {
  auto type = dyn_cast<TensorType>(value.getType());
  return type && isa<FloatType>(type.getElementType());
}

Value sopt::skipFloatCasts(Value value) {
  while (auto cast = value.getDefiningOp<onnx::CastOp>()) {
    if (!isFloat(value) || !isFloat(cast.getInput()))
      break;
    value = cast.getInput();
  }
  return value;
}

bool sopt::isClose(double a, double b, Type type) {
  double tolerance = type.getIntOrFloatBitWidth() <= 16 ? 2e-3 : 1e-5;
  return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

void sopt::peelScalarFactors(Value &value, double &factor) {
  while (true) {
    value = skipFloatCasts(value);
    if (auto mul = value.getDefiningOp<onnx::MulOp>()) {
      std::optional<double> a = getScalar(mul.getA()),
                            b = getScalar(mul.getB());
      if (!a && !b)
        return;
      factor *= b ? *b : *a;
      value = b ? mul.getA() : mul.getB();
      continue;
    }
    if (auto div = value.getDefiningOp<onnx::DivOp>()) {
      std::optional<double> b = getScalar(div.getB());
      if (!b)
        return;
      factor /= *b;
      value = div.getA();
      continue;
    }
    return;
  }
}
