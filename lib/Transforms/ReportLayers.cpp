//===- ReportLayers.cpp - Tell how each layer is computed, and why --------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerName.h"
#include "LayerPrecision.h"
#include "sparse-opt/Schedule/Report.h"
#include "sparse-opt/Transforms/LayerSchedule.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_REPORTLAYERS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

/// The precision of `op`, with why it is not the one `wanted`, or `chosen` for
/// its weight.
static PrecisionChoice describePrecision(LinearOp op, LayerPrecision wanted,
                                         const PrecisionChoice &chosen,
                                         const onnx::ConstantData &weight) {
  LayerPrecision precision = getPrecision(op);
  if (op.getSchedule()->isSparse() && precision == LayerPrecision::F32)
    return {precision, 0, ""};
  if (chosen.precision == precision)
    return chosen;
  PrecisionChoice given =
      choosePrecision(precision, weight.getAs<float>(), weight.getShape()[1]);
  if (wanted == LayerPrecision::Int8 && precision == LayerPrecision::Bf16)
    given.reason += "; in int8 the calibration's outputs moved too far";
  return given;
}

namespace {
struct ReportLayers : sopt::impl::ReportLayersBase<ReportLayers> {
  using ReportLayersBase::ReportLayersBase;

  void runOnOperation() override {
    FailureOr<MachineCosts> costs =
        findCosts(getOperation(), getArgument(), isa, *features, machine);
    if (failed(costs))
      return signalPassFailure();
    LayerReport report{*costs, tokens, std::nullopt, {}};
    if (cosine != 0)
      report.cosine = cosine;
    getOperation().walk([&](LinearOp op) { addLayer(op, report); });
    report.print(format);
    markAllAnalysesPreserved();
  }

  void addLayer(LinearOp op, LayerReport &report) {
    std::optional<onnx::ConstantData> weight = getChosenWeight(op);
    if (!weight)
      return;
    auto pattern = WeightPattern::of(
        weight->getAs<float>(), weight->getShape()[0], weight->getShape()[1]);
    PrecisionChoice chosen =
        choosePrecision(precision, weight->getAs<float>(), pattern.n);
    std::optional<KernelChoice> kernel =
        getKernelChoice(report.machine, op, pattern, tokens, chosen.precision);
    if (!kernel)
      return;
    ReportedLayer layer;
    layer.name = getLayerName(op.getLoc());
    layer.pattern = pattern;
    layer.kernel = std::move(*kernel);
    layer.precision = describePrecision(op, precision, chosen, *weight);
    if (PrecisionAttr given = op.getPrecisionAttr()) {
      layer.isSmoothed = bool(given.getSmooth());
      if (DenseF32ArrayAttr range = given.getRange())
        layer.range = Int8Range{range[0], range[1]};
    }
    report.layers.push_back(std::move(layer));
  }
};
} // namespace
