//===- ChoosePrecision.cpp - Decide how precise each layer is -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerName.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "sparse-opt/Analysis/WeightPattern.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_CHOOSEPRECISION
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

static PrecisionAttr makePrecision(MLIRContext *context,
                                   LayerPrecision precision) {
  if (precision == LayerPrecision::F32)
    return nullptr;
  return PrecisionAttr::get(
      context, precision == LayerPrecision::Int8 ? Number::Int8 : Number::Bf16);
}

namespace {
struct ChoosePrecision : sopt::impl::ChoosePrecisionBase<ChoosePrecision> {
  using ChoosePrecisionBase::ChoosePrecisionBase;

  void runOnOperation() override {
    std::vector<RoundedLayer> layers;
    getOperation().walk([&](LinearOp op) {
      if (std::optional<PrecisionChoice> choice = choose(op)) {
        ArrayRef<int64_t> shape = op.getWeight().getType().getShape();
        op.setPrecisionAttr(makePrecision(&getContext(), choice->precision));
        layers.push_back(
            {getLayerName(op.getLoc()), shape[0], shape[1], *choice});
      }
    });
    if (report)
      printPrecisions(layers, llvm::errs());
  }

  /// None for a layer that is left alone.
  std::optional<PrecisionChoice> choose(LinearOp op) {
    auto data =
        onnx::ConstantData::get(Attribute(getConstantElements(op.getWeight())));
    if (op.getPrecision() || !data || !data->getElementType().isF32() ||
        data->isSplat() || data->getNumElements() == 0)
      return std::nullopt;
    if (op.getSchedule() && op.getSchedule()->isSparse())
      return PrecisionChoice{LayerPrecision::F32, 0, "skips its zeros"};
    return choosePrecision(precision, data->getAs<float>(),
                           data->getShape()[1]);
  }
};
} // namespace
