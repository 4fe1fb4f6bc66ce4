//===- WorkLimit.cpp - How much is done for a model -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Analysis/WorkLimit.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

/// The bytes of a tensor, a number of fewer than eight bits in a byte.
static uint64_t countBytes(ShapedType type) {
  if (!type.hasStaticShape())
    return 0;
  Type element = type.getElementType();
  uint64_t bits = element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 8;
  return llvm::SaturatingMultiply<uint64_t>(llvm::divideCeil(bits, 8),
                                            type.getNumElements());
}

/// The bytes of the model's weights.
static uint64_t countWeightBytes(ModuleOp module) {
  // Weights of one value each, as models have that show an architecture, take
  // no more room however many they are.
  constexpr uint64_t kMostFilled = 2 << 20;
  uint64_t written = 0, filled = 0;
  module.walk([&](Operation *op) {
    if (isa<sopt::onnx::ConstantOfShapeOp>(op))
      if (auto type = dyn_cast<ShapedType>(op->getResult(0).getType()))
        filled = llvm::SaturatingAdd(filled, countBytes(type));
    for (NamedAttribute attribute : op->getAttrs())
      if (auto values = dyn_cast<ElementsAttr>(attribute.getValue())) {
        uint64_t &bytes = values.isSplat() ? filled : written;
        bytes = llvm::SaturatingAdd(bytes, countBytes(values.getShapedType()));
      }
  });
  return written + std::min(filled, kMostFilled);
}

sopt::WorkLimit sopt::getWorkLimit(ModuleOp module) {
  // A real model of 0.6 MB needs 117,000 units and, on a slow machine, nine
  // seconds: twice that where something runs beside it.
  constexpr double kUnits = 180000, kUnitBytes = 1 << 18;
  constexpr double kSeconds = 4.5, kSecondBytes = 1 << 17;
  double bytes = countWeightBytes(module);
  return {uint64_t(kUnits * (1 + bytes / kUnitBytes)),
          kSeconds * (1 + bytes / kSecondBytes)};
}
