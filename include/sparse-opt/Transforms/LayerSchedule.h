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

namespace sopt {

/// A discardable attribute of onnx.MatMul and onnx.Gemm: the ScheduleAttr that
/// `sopt.linear` is to have when the product becomes one.
constexpr llvm::StringLiteral kScheduleAttrName = "sopt.schedule";

/// What sopt.linear's schedule says of a choice for a layer of `k` inputs.
ScheduleAttr makeSchedule(mlir::MLIRContext *context,
                          const KernelChoice &choice, int64_t k);

} // namespace sopt

#endif // SPARSE_OPT_TRANSFORMS_LAYERSCHEDULE_H
