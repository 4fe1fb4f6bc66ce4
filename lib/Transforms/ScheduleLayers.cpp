//===- ScheduleLayers.cpp - Decide how each layer is computed -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerName.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "sparse-opt/Schedule/Machine.h"
#include "sparse-opt/Schedule/Report.h"
#include "sparse-opt/Transforms/LayerSchedule.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_SCHEDULELAYERS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

/// What is known of the weight of `op`; none if it is not a constant of f32.
static std::optional<WeightPattern> getPattern(LinearOp op) {
  ElementsAttr elements = getConstantElements(op.getWeight());
  auto data = onnx::ConstantData::get(Attribute(elements));
  if (!data || !data->getElementType().isF32() || data->isSplat() ||
      data->getNumElements() == 0)
    return std::nullopt;
  return WeightPattern::of(data->getAs<float>(), data->getShape()[0],
                           data->getShape()[1]);
}

ScheduleAttr sopt::makeSchedule(MLIRContext *context,
                                const KernelChoice &choice, int64_t k) {
  constexpr unsigned kPointerWidth = 32;
  unsigned indexWidth = k <= 1 << 16 ? 16 : 32;
  auto make = [&](LayoutKind kind, ArrayRef<int64_t> sizes, bool isSparse) {
    auto layout =
        LayoutAttr::get(context, kind, sizes, isSparse ? indexWidth : 0,
                        isSparse ? kPointerWidth : 0);
    return ScheduleAttr::get(context, layout, ArrayRef<int64_t>(),
                             choice.denseBelow);
  };
  switch (choice.kernel) {
  case LayerKernel::Dense:
    return make(LayoutKind::Dense, {}, false);
  case LayerKernel::Csr:
    return make(LayoutKind::Csr, {}, true);
  case LayerKernel::Block4:
    return make(LayoutKind::Block, {4, 1}, true);
  case LayerKernel::OneOf4:
  case LayerKernel::TwoOf4:
    return ScheduleAttr::get(
        context,
        LayoutAttr::get(context, LayoutKind::NM, {getKept(choice.kernel), 4},
                        /*indexWidth=*/8, /*pointerWidth=*/0),
        ArrayRef<int64_t>(), /*denseBelow=*/0);
  }
  llvm_unreachable("all kernels are listed");
}

/// How many tokens `op` has, if that is known.
static std::optional<int64_t> getTokens(LinearOp op) {
  auto leading = op.getX().getType().getShape().drop_back();
  if (ShapedType::isDynamicShape(leading))
    return std::nullopt;
  return ShapedType::getNumElements(leading);
}

/// What was chosen where a schedule is given; none if nothing can be told of
/// its kernel.
static std::optional<KernelChoice> getGivenChoice(ScheduleAttr schedule,
                                                  const MachineCosts &machine,
                                                  const WeightPattern &pattern,
                                                  int64_t tokens) {
  static constexpr LayerKernel kKernels[] = {
      LayerKernel::Dense, LayerKernel::Csr, LayerKernel::Block4,
      LayerKernel::OneOf4, LayerKernel::TwoOf4};
  LayoutAttr layout = schedule.getLayout();
  double dense = predictTime(machine, pattern, LayerKernel::Dense, tokens);
  for (LayerKernel kernel : kKernels) {
    KernelChoice choice = {kernel,
                           predictTime(machine, pattern, kernel, tokens), dense,
                           /*denseBelow=*/0, "as the model says"};
    LayoutAttr known =
        makeSchedule(schedule.getContext(), choice, pattern.k).getLayout();
    if (known.getKind() != layout.getKind() ||
        known.getSizes() != layout.getSizes())
      continue;
    choice.denseBelow = schedule.getDenseBelow();
    return choice;
  }
  return std::nullopt;
}

namespace {
struct ScheduleLayers : sopt::impl::ScheduleLayersBase<ScheduleLayers> {
  using ScheduleLayersBase::ScheduleLayersBase;

  void runOnOperation() override {
    std::vector<std::string> processor(features.begin(), features.end());
    llvm::Expected<MachineCosts> costs =
        getMachineCosts(isa, processor, machine);
    if (!costs) {
      getOperation().emitError("sopt-schedule: ")
          << toString(costs.takeError());
      return signalPassFailure();
    }
    std::vector<ScheduledLayer> layers;
    getOperation().walk([&](LinearOp op) {
      std::optional<WeightPattern> pattern = getPattern(op);
      if (!pattern)
        return;
      std::optional<int64_t> known = getTokens(op);
      if (ScheduleAttr schedule = op.getScheduleAttr()) {
        if (auto choice = getGivenChoice(schedule, *costs, *pattern,
                                         known.value_or(tokens)))
          layers.push_back(
              {getLayerName(op.getLoc()), *pattern, std::move(*choice)});
        return;
      }
      KernelChoice choice =
          chooseKernel(*costs, *pattern, known.value_or(tokens),
                       /*fewest=*/known.value_or(1));
      op.setScheduleAttr(makeSchedule(&getContext(), choice, pattern->k));
      layers.push_back(
          {getLayerName(op.getLoc()), *pattern, std::move(choice)});
    });
    printReport(layers, *costs, tokens, report);
  }
};
} // namespace
