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

namespace {
/// The bytes of a model's weights: of those that are written out, and of those
/// that are one value each.
struct WeightBytes {
  uint64_t written = 0, filled = 0;
};
} // namespace

static WeightBytes countWeightBytes(ModuleOp module) {
  WeightBytes bytes;
  module.walk([&](Operation *op) {
    if (isa<sopt::onnx::ConstantOfShapeOp>(op))
      if (auto type = dyn_cast<ShapedType>(op->getResult(0).getType()))
        bytes.filled = llvm::SaturatingAdd(bytes.filled, countBytes(type));
    for (NamedAttribute attribute : op->getAttrs())
      if (auto values = dyn_cast<ElementsAttr>(attribute.getValue())) {
        uint64_t &count = values.isSplat() ? bytes.filled : bytes.written;
        count = llvm::SaturatingAdd(count, countBytes(values.getShapedType()));
      }
  });
  return bytes;
}

sopt::WorkLimit sopt::getWorkLimit(ModuleOp module) {
  WeightBytes bytes = countWeightBytes(module);
  // Weights of one value each, as models have that show an architecture, take
  // no more room however many they are.
  constexpr uint64_t kMostFilled = 2 << 20;
  // A real model of 0.6 MB needs 117,000 units.
  constexpr double kUnits = 180000, kUnitBytes = 1 << 18;
  double unitBytes = bytes.written + std::min(bytes.filled, kMostFilled);
  // Any file of a megabyte is done in five seconds or refused.
  constexpr double kSeconds = 4.25, kSecondBytes = 1 << 17;
  constexpr uint64_t kSmall = 1 << 20;
  double secondBytes = bytes.written - std::min(bytes.written, kSmall);
  return {uint64_t(kUnits * (1 + unitBytes / kUnitBytes)),
          kSeconds * (1 + secondBytes / kSecondBytes)};
}
