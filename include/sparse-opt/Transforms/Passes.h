//===- Passes.h - Passes of lib/Transforms ----------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_PASSES_H
#define SPARSE_OPT_TRANSFORMS_PASSES_H

#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "sparse-opt/Report/ReportFormat.h"
#include "sparse-opt/Schedule/PrecisionChoice.h"

namespace sopt {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "sparse-opt/Transforms/Passes.h.inc"

} // namespace sopt

#endif // SPARSE_OPT_TRANSFORMS_PASSES_H
