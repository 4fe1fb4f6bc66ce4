//===- OperatorKinds.h - Operators alike in their shapes --------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_ANALYSIS_OPERATORKINDS_H
#define SPARSE_OPT_ANALYSIS_OPERATORKINDS_H

#include "mlir/IR/Operation.h"

namespace sopt {

/// Operators whose every result has the shape of operand 0.
bool keepsShape(mlir::Operation *op);

/// Operators that compute each element from one element of each operand, where
/// the operands broadcast to one shape.
bool broadcastsOperands(mlir::Operation *op);

/// Operators that compute each element from one element of each operand,
/// wherever it stands.
bool isElementwise(mlir::Operation *op);

} // namespace sopt

#endif // SPARSE_OPT_ANALYSIS_OPERATORKINDS_H
