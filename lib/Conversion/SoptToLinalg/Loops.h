//===- Loops.h - linalg.generic by its scalar body --------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A decomposition is a few loop nests. Each is said here by its extents, what
// it reads and the scalar it computes. Values narrower than 32 bits are widened
// as they are read and rounded as they are written, so nothing is ever summed
// in half precision.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOLINALG_LOOPS_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOLINALG_LOOPS_H

#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/OpDefinition.h"

namespace sopt {

/// A tensor and which element of it an iteration of the loops touches.
struct Access {
  mlir::Value tensor;
  mlir::AffineMap map;
};

using Sizes = llvm::ArrayRef<mlir::OpFoldResult>;
using ScalarBody = llvm::function_ref<mlir::Value(mlir::ImplicitLocOpBuilder &,
                                                  mlir::ValueRange)>;

/// The type that elements of type `element` are computed with.
mlir::Type getComputeType(mlir::Type element);

/// `scalar` in the type it is computed with.
mlir::Value widen(mlir::ImplicitLocOpBuilder &b, mlir::Value scalar);

/// The tensor indexed by the loops `loops`, in that order, out of `numLoops`.
Access accessAt(mlir::Value tensor, unsigned numLoops,
                llvm::ArrayRef<unsigned> loops);

/// result[all loops] = body(reads…).
mlir::Value mapElements(mlir::ImplicitLocOpBuilder &b, Sizes sizes,
                        mlir::Type element, llvm::ArrayRef<Access> reads,
                        ScalarBody body);

/// In the order of the loops: init[…] = body(reads…, init[…]), where a loop
/// that does not index `init` is a reduction. Returns what `init` became.
mlir::Value reduce(mlir::ImplicitLocOpBuilder &b, Access init,
                   llvm::ArrayRef<Access> reads, ScalarBody body);

/// A tensor full of `value`.
mlir::Value splat(mlir::ImplicitLocOpBuilder &b, Sizes sizes,
                  mlir::TypedAttr value);

/// A floating-point constant of type `type`.
mlir::Value constantFloat(mlir::ImplicitLocOpBuilder &b, mlir::Type type,
                          double value);

/// `value` with the static sizes of `type`, which agree at run time.
mlir::Value castTo(mlir::ImplicitLocOpBuilder &b, mlir::Value value,
                   mlir::Type type);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOLINALG_LOOPS_H
