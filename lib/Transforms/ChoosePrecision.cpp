//===- ChoosePrecision.cpp - Decide how precise each layer is -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerPrecision.h"
#include "sparse-opt/Transforms/LayerSchedule.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_CHOOSEPRECISION
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

PrecisionAttr sopt::makePrecision(MLIRContext *context,
                                  LayerPrecision precision) {
  switch (precision) {
  case LayerPrecision::F32:
    return nullptr;
  case LayerPrecision::Bf16:
    return PrecisionAttr::get(context, Number::Bf16);
  case LayerPrecision::Int8:
    return PrecisionAttr::get(context, Number::Int8);
  }
  llvm_unreachable("all precisions are listed");
}

LayerPrecision sopt::getPrecision(LinearOp op) {
  if (!op.getPrecision())
    return LayerPrecision::F32;
  return op.getPrecision()->getNumber() == Number::Int8 ? LayerPrecision::Int8
                                                        : LayerPrecision::Bf16;
}

namespace {
struct ChoosePrecision : sopt::impl::ChoosePrecisionBase<ChoosePrecision> {
  using ChoosePrecisionBase::ChoosePrecisionBase;

  void runOnOperation() override {
    getOperation().walk([&](LinearOp op) {
      std::optional<onnx::ConstantData> weight = getChosenWeight(op);
      if (!weight || op.getPrecision() ||
          (op.getSchedule() && op.getSchedule()->isSparse()))
        return;
      PrecisionChoice choice = choosePrecision(
          precision, weight->getAs<float>(), weight->getShape()[1]);
      op.setPrecisionAttr(makePrecision(&getContext(), choice.precision));
    });
  }
};
} // namespace
