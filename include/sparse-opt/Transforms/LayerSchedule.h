//===- LayerSchedule.h - A choice of kernel as an attribute -----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_LAYERSCHEDULE_H
#define SPARSE_OPT_TRANSFORMS_LAYERSCHEDULE_H

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

/// What is known of the weight of `op`; none if it is no constant of f32, has
/// no elements, or is one repeated number.
std::optional<WeightPattern> getPattern(LinearOp op);

/// How many tokens `op` has, if its types tell.
std::optional<int64_t> getTokens(LinearOp op);

/// The kernel for a layer whose weight has `pattern`, for `tokens` tokens where
/// its types do not tell how many it has.
KernelChoice chooseKernel(const MachineCosts &machine, LinearOp op,
                          const WeightPattern &pattern, int64_t tokens);

/// What sopt.linear's schedule says of a choice for a layer of `k` inputs.
ScheduleAttr makeSchedule(mlir::MLIRContext *context,
                          const KernelChoice &choice, int64_t k);

} // namespace sopt

#endif // SPARSE_OPT_TRANSFORMS_LAYERSCHEDULE_H
