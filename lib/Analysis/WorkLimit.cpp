//===- WorkLimit.cpp - How much is done for a model -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Analysis/WorkLimit.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

/// The bytes of the model's constants, a number of fewer than eight bits in a
/// byte.
static uint64_t countWeightBytes(ModuleOp module) {
  uint64_t bytes = 0;
  module.walk([&](Operation *op) {
    for (NamedAttribute attribute : op->getAttrs()) {
      auto values = dyn_cast<ElementsAttr>(attribute.getValue());
      if (!values || values.isSplat())
        continue;
      Type type = values.getElementType();
      uint64_t width = type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 8;
      bytes += llvm::divideCeil(width, 8) * values.getNumElements();
    }
  });
  return bytes;
}

sopt::WorkLimit sopt::getWorkLimit(ModuleOp module) {
  // A real model of 0.6 MB needs 117,000 units and five seconds; a busy machine
  // gives it half of its time.
  constexpr double kUnits = 180000, kSeconds = 4.5, kHelpingBytes = 1 << 18;
  double helpings = 1 + countWeightBytes(module) / kHelpingBytes;
  return {uint64_t(kUnits * helpings), kSeconds * helpings};
}
