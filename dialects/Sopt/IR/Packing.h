//===- Packing.h - Between dense matrices and layouts -----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_SOPT_IR_PACKING_H
#define SPARSE_OPT_DIALECTS_SOPT_IR_PACKING_H

#include "dialects/Sopt/IR/Sopt.h"

namespace sopt {

/// A matrix stored in a layout: the parts of a `sopt.sparse_constant`.
struct PackedMatrix {
  LayoutAttr layout;
  mlir::RankedTensorType type; ///< Of the matrix.
  mlir::ElementsAttr values;
  mlir::ElementsAttr indices;  ///< Null where the layout has none.
  mlir::ElementsAttr pointers; ///< Null where the layout has none.
};

using EmitError = llvm::function_ref<mlir::InFlightDiagnostic()>;

/// Stores `matrix` in `layout`. An element is a zero if all its bits are, so
/// that unpacking gives back every bit, −0 and NaN included. Fails if blocks do
/// not divide the matrix, an index does not fit its width, or a group has more
/// than N elements.
llvm::FailureOr<PackedMatrix> pack(mlir::ElementsAttr matrix, LayoutAttr layout,
                                   EmitError emitError);

/// The matrix as a dense constant, in a resource where it is large.
llvm::FailureOr<mlir::ElementsAttr> unpack(const PackedMatrix &packed,
                                           EmitError emitError);

/// Fails unless the arrays have the types and shapes that the layout asks for.
llvm::LogicalResult verifyShapes(const PackedMatrix &packed,
                                 EmitError emitError);

/// Fails unless every element is inside the matrix and after the one before it.
llvm::LogicalResult verifyIndices(const PackedMatrix &packed,
                                  EmitError emitError);

} // namespace sopt

#endif // SPARSE_OPT_DIALECTS_SOPT_IR_PACKING_H
