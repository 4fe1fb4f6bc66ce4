//===- Condition.h - Conditions that are constant ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_ONNX_IR_CONDITION_H
#define SPARSE_OPT_DIALECTS_ONNX_IR_CONDITION_H

#include "mlir/IR/Value.h"
#include <optional>

namespace sopt::onnx {

/// What the condition of an If or Loop is in every run, where a constant of one
/// boolean gives it. A condition that sizes decide is such a constant once
/// shapes are simplified; before there is IR, lib/Import/Branches.h decides.
std::optional<bool> getConstantCondition(mlir::Value condition);

} // namespace sopt::onnx

#endif // SPARSE_OPT_DIALECTS_ONNX_IR_CONDITION_H
