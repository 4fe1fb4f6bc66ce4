//===- Shapes.h - Comparing and computing sizes -----------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_SOPT_IR_SHAPES_H
#define SPARSE_OPT_DIALECTS_SOPT_IR_SHAPES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

namespace sopt {

/// Whether two sizes may be the same at run time.
inline bool mayAgree(int64_t x, int64_t y) {
  return x == y || mlir::ShapedType::isDynamic(x) ||
         mlir::ShapedType::isDynamic(y);
}

/// A size and what it is called in a diagnostic, e.g. "rows of weight".
struct NamedSize {
  int64_t size;
  llvm::StringRef name;
};

/// Fails with "<actual.size> <actual.name>, but <expected.size>
/// <expected.name>" unless the two may agree.
llvm::LogicalResult verifySize(mlir::Operation *op, NamedSize actual,
                               NamedSize expected);

/// Fails unless `value`'s rank is `rank`; `name` is the operand's.
llvm::LogicalResult verifyRank(mlir::Operation *op, mlir::Value value,
                               llvm::StringRef name, int64_t rank);

/// Fails unless all floating-point operands and results have one type.
llvm::LogicalResult verifyOneFloatType(mlir::Operation *op);

/// Fails unless the result's shape may be `expected`.
llvm::LogicalResult verifyResultShape(mlir::Operation *op,
                                      llvm::ArrayRef<int64_t> expected);

/// The sizes of `result`: static ones from its type, the others from the value
/// and dimension that `source` names for a dimension of the result.
llvm::SmallVector<mlir::OpFoldResult>
reifySizes(mlir::OpBuilder &builder, mlir::Value result,
           llvm::function_ref<std::pair<mlir::Value, int64_t>(int64_t)> source);

} // namespace sopt

#endif // SPARSE_OPT_DIALECTS_SOPT_IR_SHAPES_H
