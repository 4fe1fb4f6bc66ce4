//===- LayerSchedule.h - A choice of kernel as an attribute -----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_LAYERSCHEDULE_H
#define SPARSE_OPT_TRANSFORMS_LAYERSCHEDULE_H

#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "sparse-opt/Schedule/KernelChoice.h"

namespace sopt {

/// A discardable attribute of onnx.MatMul and onnx.Gemm: the ScheduleAttr that
/// `sopt.linear` is to have when the product becomes one.
constexpr llvm::StringLiteral kScheduleAttrName = "sopt.schedule";

/// What sopt.linear's schedule says of a choice for a layer of `k` inputs.
ScheduleAttr makeSchedule(mlir::MLIRContext *context,
                          const KernelChoice &choice, int64_t k);

/// The elements of a weight that a kernel can be chosen for: a constant of f32,
/// of K × N, and not one number for all.
std::optional<onnx::ConstantData> getChosenWeight(LinearOp op);

/// The kernel for a layer whose weight has `pattern`, where it does not say of
/// how many tokens for `tokens` of them.
KernelChoice chooseKernel(LinearOp op, const MachineCosts &machine,
                          const WeightPattern &pattern, int64_t tokens);

/// The choice that the schedule of `op` stands for, and what is predicted of
/// it; none if it is of a kernel that nothing can be told of.
std::optional<KernelChoice> getKernelChoice(LinearOp op,
                                            const MachineCosts &machine,
                                            const WeightPattern &pattern,
                                            int64_t tokens);

} // namespace sopt

#endif // SPARSE_OPT_TRANSFORMS_LAYERSCHEDULE_H
