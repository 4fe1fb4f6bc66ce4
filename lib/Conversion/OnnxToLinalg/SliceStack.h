//===- SliceStack.h - A tensor that loops add slices to ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A scan output of Loop or Scan: every iteration adds a slice along the first
// dimension. Where the number and size of the slices are known before the loop,
// the tensor is made there and filled in place; else it grows by doubling.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_SLICESTACK_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_SLICESTACK_H

#include "Emitter.h"

namespace sopt {

/// The type of a stack of tensors of `type`.
mlir::RankedTensorType getStackType(mlir::RankedTensorType type);

/// Whether slices of a `stack` have static sizes.
bool hasStaticSlices(mlir::RankedTensorType stack);

/// The tensor into which slices go, before the first. Sizes that slices of
/// `type` do not tell are those of the `declared` result, or 0.
mlir::Value makeStack(Emitter &e, mlir::RankedTensorType type,
                      mlir::RankedTensorType declared, mlir::Value count,
                      bool isCounted);

/// Adds `slice` to `stack` as its element number `count`. A stack that
/// `isWhole` has a place for it; any other grows where it must.
mlir::Value pushSlice(Emitter &e, mlir::Value slice, mlir::Value stack,
                      mlir::Value count, bool isWhole);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_SLICESTACK_H
