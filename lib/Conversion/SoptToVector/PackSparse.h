//===- PackSparse.h - Constant weights without their zeros ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKSPARSE_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKSPARSE_H

#include "Kernels.h"
#include "PackNarrow.h"
#include "llvm/ADT/SetVector.h"

namespace sopt {

/// How the transpose of a K × N weight is cut for a kernel.
struct SparseForm {
  /// Outputs that a task computes; their weights are packed together.
  int64_t groupOutputs = 16;
  /// Inputs that a task is done with before it takes the next ones.
  int64_t panelInputs = 0;
  int64_t numPanels = 1;

  /// The largest group there is.
  static constexpr int64_t kMaxGroupOutputs = 64;

  SparseForm() = default;
  /// For a weight of n columns. `narrow` is null for a kernel of f32.
  SparseForm(LayoutAttr layout, llvm::ArrayRef<float> weight, int64_t n,
             const NarrowForm *narrow);
};

/// The transpose of a K × N weight as blocks of R × 1, which is CSR for R = 1,
/// group by group, panel by panel, row by row. Groups come in an order in which
/// any run of them has about the same share of the blocks, so that threads are
/// balanced; rows of a panel in the order of their length, so that the end of a
/// row is where the processor expects it.
///
/// In int8, as many blocks of a row as a word has inputs make one unit, in
/// which the weights of each output are neighbours; blocks of zeros fill up a
/// row's last. In f32 a block is a unit of its own.
struct SparseWeight {
  SparseForm form;
  mlir::Value values;   ///< f32, or what a form stores an input as: R for each
                        ///< block, unit by unit.
  mlir::Value indices;  ///< i16 or i32, unsigned: each block's input feature.
  mlir::Value pointers; ///< i32: the unit with which each row's share of a
                        ///< panel begins, and the end.
  mlir::Value rows;     ///< i16: which row of its group that is.
  mlir::Value groups;   ///< i32: each group's first output.
  int64_t numBlocks;    ///< Without those that fill up.
};

/// Packs weights, each constant once for each layout and precision.
class SparseWeightPacker {
public:
  /// Adds the constants that it packs to `sources`.
  explicit SparseWeightPacker(llvm::SetVector<mlir::Operation *> &sources)
      : sources(sources) {}

  /// The buffers of `weight`, which `isPackable`: in f32, or `rounded` to int8
  /// for `form`, if these are not null.
  SparseWeight pack(mlir::ImplicitLocOpBuilder &b, mlir::Value weight,
                    LayoutAttr layout, const NarrowForm *form,
                    RoundedWeight *rounded);

  /// Whether `weight` is a constant of f32 whose elements are at hand.
  static bool isPackable(mlir::Value weight);

private:
  /// By value of the constant, layout, the function it is used in, and
  /// precision, of which a module has one form.
  using Key = std::tuple<mlir::Attribute, mlir::Attribute, mlir::Operation *,
                         mlir::Attribute>;
  llvm::DenseMap<Key, SparseWeight> packed;
  llvm::SetVector<mlir::Operation *> &sources;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKSPARSE_H
