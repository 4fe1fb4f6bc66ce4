//===- WorkLimit.cpp - How much is done for a model -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Analysis/WorkLimit.h"
#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;

/// How many numbers the model's constants hold, those of fewer than eight bits
/// by the byte.
static uint64_t countWeights(ModuleOp module) {
  uint64_t bits = 0;
  module.walk([&](Operation *op) {
    for (NamedAttribute attribute : op->getAttrs()) {
      auto values = dyn_cast<ElementsAttr>(attribute.getValue());
      if (!values || values.isSplat())
        continue;
      Type type = values.getElementType();
      uint64_t width = type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 8;
      bits += std::min<uint64_t>(width, 8) * values.getNumElements();
    }
  });
  return bits / 8;
}

uint64_t sopt::getWorkLimit(ModuleOp module) {
  // Real models of less than 1 MB need up to 117,000.
  constexpr uint64_t kHelping = 180000, kWeights = 1 << 20;
  return kHelping * (1 + countWeights(module) / kWeights);
}
