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
#include "sparse-opt/Schedule/Machine.h"
#include <optional>

namespace sopt {

/// A discardable attribute of onnx.MatMul and onnx.Gemm: the ScheduleAttr that
/// `sopt.linear` is to have when the product becomes one.
constexpr llvm::StringLiteral kScheduleAttrName = "sopt.schedule";

/// What getMachineCosts finds. If that fails, reports an error at `op`, in the
/// name of `pass`.
mlir::FailureOr<MachineCosts>
findCosts(mlir::Operation *op, llvm::StringRef pass, llvm::StringRef isa,
          llvm::ArrayRef<std::string> features, llvm::StringRef machine);

/// The elements of a weight that a kernel can be chosen for: a constant of f32,
/// of K × N, and not one number for all.
std::optional<onnx::ConstantData> getChosenWeight(LinearOp op);

/// What is known of such a weight; none of another.
std::optional<WeightPattern> getPattern(LinearOp op);

/// The kernel for a layer whose weight has `pattern`, in its precision or f32,
/// for `tokens` tokens where its types do not tell how many it has.
KernelChoice chooseKernel(const MachineCosts &machine, LinearOp op,
                          const WeightPattern &pattern, int64_t tokens);

/// What sopt.linear's schedule says of a choice for a layer of `k` inputs.
ScheduleAttr makeSchedule(mlir::MLIRContext *context,
                          const KernelChoice &choice, int64_t k);

/// The choice that the schedule of `op` stands for, which had the precision
/// `wanted` when it was chosen, and what is predicted of it; none if it is of a
/// kernel that nothing can be told of.
std::optional<KernelChoice> getKernelChoice(const MachineCosts &machine,
                                            LinearOp op,
                                            const WeightPattern &pattern,
                                            int64_t tokens,
                                            LayerPrecision wanted);

} // namespace sopt

#endif // SPARSE_OPT_TRANSFORMS_LAYERSCHEDULE_H
