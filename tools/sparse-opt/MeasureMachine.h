//===- MeasureMachine.h - Time the kernels on this machine ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSE_OPT_MEASUREMACHINE_H
#define SPARSE_OPT_TOOLS_SPARSE_OPT_MEASUREMACHINE_H

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Support/LLVM.h"

namespace sopt {

/// Compiles and times the kernels that the cost model knows, on one thread, and
/// keeps the costs in the user's cache, where --target=cpu finds them. Prints
/// them, and on standard error what fails.
mlir::LogicalResult measureMachine(mlir::DialectRegistry &registry, bool quiet);

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSE_OPT_MEASUREMACHINE_H
