//===- ScheduleLayers.cpp - Decide how each layer is computed -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Transforms/LayerSchedule.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_SCHEDULELAYERS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

namespace {
struct ScheduleLayers : sopt::impl::ScheduleLayersBase<ScheduleLayers> {
  using ScheduleLayersBase::ScheduleLayersBase;

  void runOnOperation() override {
    FailureOr<MachineCosts> costs =
        findCosts(getOperation(), getArgument(), isa, *features, machine);
    if (failed(costs))
      return signalPassFailure();
    getOperation().walk([&](LinearOp op) {
      std::optional<WeightPattern> pattern = getPattern(op);
      if (!pattern || op.getSchedule())
        return;
      KernelChoice choice = chooseKernel(*costs, op, *pattern, tokens);
      op.setScheduleAttr(makeSchedule(&getContext(), choice, pattern->k));
      if (choice.precision == LayerPrecision::F32)
        op.removePrecisionAttr();
    });
  }
};
} // namespace
