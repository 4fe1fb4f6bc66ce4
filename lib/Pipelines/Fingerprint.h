//===- Fingerprint.h - Whether two things are the same ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_FINGERPRINT_H
#define SPARSE_OPT_LIB_PIPELINES_FINGERPRINT_H

#include "Calibration.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace sopt {

/// A hash of what a function computes: its operations, how they hang together,
/// and the values of their constants. Names and locations do not count.
uint64_t getFingerprint(mlir::func::FuncOp function);

/// A hash of the items' arrays, with their names and shapes.
uint64_t getFingerprint(llvm::ArrayRef<CalibrationItem> items);

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_FINGERPRINT_H
