//===- Passes.h - Passes of lib/Conversion ----------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_CONVERSION_PASSES_H
#define SPARSE_OPT_CONVERSION_PASSES_H

#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/Pass/Pass.h"

namespace sopt {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "sparse-opt/Conversion/Passes.h.inc"

} // namespace sopt

#endif // SPARSE_OPT_CONVERSION_PASSES_H
