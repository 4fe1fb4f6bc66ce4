//===- NarrowRows.h - Inputs of layers, rounded row by row ---- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NARROWROWS_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NARROWROWS_H

#include "Kernels.h"
#include "NarrowForm.h"
#include "llvm/ADT/DenseMap.h"

namespace sopt {

/// Rounds inputs to what layers in fewer bits multiply, once for all layers of
/// a block that share one.
class NarrowRows {
public:
  /// A tensor's rows. Those in bf16 have no steps and zeros.
  struct Rows {
    /// memref<rows × features>, both rounded up, of a form. Rows past the last
    /// hold anything.
    mlir::Value words;
    mlir::Value steps; ///< memref<rows × f32>
    mlir::Value zeros; ///< memref<rows × i32>
  };

  explicit NarrowRows(KernelLibrary &kernels) : kernels(kernels) {}

  /// `x` is a buffer of rows × features of f32 that holds `tensor`, to be
  /// rounded as `precision` says.
  Rows get(mlir::ImplicitLocOpBuilder &b, mlir::Value tensor, mlir::Value x,
           const NarrowForm &form, PrecisionAttr precision);

  /// Features of a row in a form without tiles, those past the last included.
  static int64_t getPadded(const NarrowForm &form, const Isa &isa,
                           int64_t features);
  /// Rounds the rows of x, each by one task. The arguments are x, the words
  /// and, for int8, steps, zeros and what Int8Details says.
  static void build(VectorBuilder &b, const NarrowForm &form,
                    PrecisionAttr precision, mlir::ValueRange arguments);

private:
  KernelLibrary &kernels;
  /// By tensor, the block in which its rows were made, form and precision.
  using Key = std::tuple<mlir::Value, mlir::Block *, const NarrowForm *,
                         mlir::Attribute>;
  llvm::DenseMap<Key, Rows> known;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NARROWROWS_H
