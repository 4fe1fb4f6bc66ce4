//===- Passes.td - Passes of lib/Conversion ---------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_CONVERSION_PASSES
#define SPARSE_OPT_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

#endif // SPARSE_OPT_CONVERSION_PASSES
