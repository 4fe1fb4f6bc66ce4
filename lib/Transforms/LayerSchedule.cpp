//===- LayerSchedule.cpp - A choice of kernel as an attribute -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Transforms/LayerSchedule.h"
#include "LayerPrecision.h"

using namespace mlir;
using namespace sopt;

FailureOr<MachineCosts> sopt::findCosts(Operation *op, StringRef pass,
                                        StringRef isa,
                                        ArrayRef<std::string> features,
                                        StringRef machine) {
  llvm::Expected<MachineCosts> costs = getMachineCosts(isa, features, machine);
  if (!costs)
    return op->emitError() << pass << ": " << toString(costs.takeError());
  return *costs;
}

std::optional<onnx::ConstantData> sopt::getChosenWeight(LinearOp op) {
  auto data =
      onnx::ConstantData::get(Attribute(getConstantElements(op.getWeight())));
  if (!data || !data->getElementType().isF32() || data->isSplat() ||
      data->getNumElements() == 0)
    return std::nullopt;
  return data;
}

std::optional<WeightPattern> sopt::getPattern(LinearOp op) {
  std::optional<onnx::ConstantData> weight = getChosenWeight(op);
  if (!weight)
    return std::nullopt;
  return WeightPattern::of(weight->getAs<float>(), weight->getShape()[0],
                           weight->getShape()[1]);
}

/// How many tokens `op` has, if its types tell.
static std::optional<int64_t> getTokens(LinearOp op) {
  auto leading = op.getX().getType().getShape().drop_back();
  if (ShapedType::isDynamicShape(leading))
    return std::nullopt;
  return ShapedType::getNumElements(leading);
}

static KernelChoice choose(const MachineCosts &machine, LinearOp op,
                           const WeightPattern &pattern, int64_t tokens,
                           LayerPrecision precision) {
  std::optional<int64_t> known = getTokens(op);
  return chooseKernel(machine, pattern, known.value_or(tokens),
                      /*fewest=*/known.value_or(1), precision);
}

KernelChoice sopt::chooseKernel(const MachineCosts &machine, LinearOp op,
                                const WeightPattern &pattern, int64_t tokens) {
  return choose(machine, op, pattern, tokens, getPrecision(op));
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

std::optional<KernelChoice> sopt::getKernelChoice(const MachineCosts &machine,
                                                  LinearOp op,
                                                  const WeightPattern &pattern,
                                                  int64_t tokens,
                                                  LayerPrecision wanted) {
  static constexpr LayerKernel kKernels[] = {
      LayerKernel::Dense, LayerKernel::Csr, LayerKernel::Block4,
      LayerKernel::OneOf4, LayerKernel::TwoOf4};
  ScheduleAttr schedule = op.getScheduleAttr();
  if (!schedule)
    return std::nullopt;
  MLIRContext *context = op.getContext();
  LayerPrecision precision = getPrecision(op);
  KernelChoice chosen = choose(machine, op, pattern, tokens, wanted);
  if (schedule == makeSchedule(context, chosen, pattern.k) &&
      chosen.precision == precision)
    return chosen;
  tokens = getTokens(op).value_or(tokens);
  LayoutAttr layout = schedule.getLayout();
  for (LayerKernel kernel : kKernels) {
    if (!hasKernel(kernel, precision))
      continue;
    KernelChoice choice = {
        kernel,
        precision,
        predictTime(machine, pattern, kernel, tokens, precision),
        chosen.denseTime,
        /*denseBelow=*/0,
        "as the model says"};
    LayoutAttr known = makeSchedule(context, choice, pattern.k).getLayout();
    if (known.getKind() != layout.getKind() ||
        known.getSizes() != layout.getSizes())
      continue;
    choice.denseBelow = schedule.getDenseBelow();
    return choice;
  }
  return std::nullopt;
}
