//===- ScheduleLayers.cpp - Decide how each layer is computed -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/Machine.h"
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
    llvm::Expected<MachineCosts> costs = getMachineCosts(
        isa, std::vector<std::string>(features.begin(), features.end()),
        machine);
    if (!costs) {
      getOperation().emitError("sopt-schedule: ")
          << toString(costs.takeError());
      return signalPassFailure();
    }
    getOperation().walk([&](LinearOp op) {
      std::optional<onnx::ConstantData> weight = getChosenWeight(op);
      if (!weight || op.getSchedule())
        return;
      int64_t k = weight->getShape()[0], n = weight->getShape()[1];
      auto pattern = WeightPattern::of(weight->getAs<float>(), k, n);
      op.setScheduleAttr(makeSchedule(
          &getContext(), chooseKernel(op, *costs, pattern, tokens), k));
    });
  }
};
} // namespace
