//===- ScheduleLayers.cpp - Decide how each layer is computed -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerName.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "sparse-opt/Schedule/Report.h"
#include "sparse-opt/Transforms/LayerSchedule.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_SCHEDULELAYERS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

/// What was chosen where a schedule is given; none if nothing can be told of
/// its kernel.
static std::optional<KernelChoice> getGivenChoice(ScheduleAttr schedule,
                                                  const MachineCosts &machine,
                                                  const WeightPattern &pattern,
                                                  int64_t tokens) {
  static constexpr LayerKernel kKernels[] = {
      LayerKernel::Dense, LayerKernel::Csr, LayerKernel::Block4};
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
    FailureOr<MachineCosts> costs =
        findCosts(getOperation(), getArgument(), isa, *features, machine);
    if (failed(costs))
      return signalPassFailure();
    std::vector<ScheduledLayer> layers;
    getOperation().walk([&](LinearOp op) {
      std::optional<WeightPattern> pattern = getPattern(op);
      if (!pattern)
        return;
      if (ScheduleAttr schedule = op.getScheduleAttr()) {
        if (auto choice = getGivenChoice(schedule, *costs, *pattern,
                                         getTokens(op).value_or(tokens)))
          layers.push_back(
              {getLayerName(op.getLoc()), *pattern, std::move(*choice)});
        return;
      }
      KernelChoice choice = chooseKernel(*costs, op, *pattern, tokens);
      op.setScheduleAttr(makeSchedule(&getContext(), choice, pattern->k));
      layers.push_back(
          {getLayerName(op.getLoc()), *pattern, std::move(choice)});
    });
    printReport(layers, *costs, tokens, report);
  }
};
} // namespace
