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

/// What a sparse tensor may take when its zeros are stored: unlike another
/// constant's, its size is limited by no file's.
constexpr int64_t maxUnpackedBytes = int64_t(16) << 30;

/// On a `sopt.sparse_constant`, a unit attribute: the file it came from stored
/// positions in row-major order rather than coordinates, and so will the next.
constexpr llvm::StringLiteral linearIndicesAttrName = "sopt.linear_indices";

using EmitError = llvm::function_ref<mlir::InFlightDiagnostic()>;

/// Stores `matrix` in `layout`. An element is a zero if all its bits are, so
/// that unpacking gives back every bit, −0 and NaN included. Fails if blocks do
/// not divide the matrix, an index does not fit its width, or a group has more
/// than N elements.
llvm::FailureOr<PackedMatrix> pack(mlir::ElementsAttr matrix, LayoutAttr layout,
                                   EmitError emitError);

/// Calls `visit` with the place of each stored element and its index in
/// `values`, in the order in which the layout stores them. Fails at the first
/// that is outside the matrix or not after the one before it.
llvm::LogicalResult forEachElement(
    const PackedMatrix &packed,
    llvm::function_ref<void(int64_t row, int64_t column, int64_t at)> visit,
    EmitError emitError);

/// The matrix as a dense constant, in a resource where it is large. Fails also
/// where that would exceed `maxUnpackedBytes`.
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
