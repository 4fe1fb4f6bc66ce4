//===- PackWeights.h - Constant weights in the kernels' layout --*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKWEIGHTS_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKWEIGHTS_H

#include "Kernels.h"
#include "llvm/ADT/SetVector.h"

namespace sopt {

/// Packs K × N weights into panels of some columns: panel, k, column of the
/// panel. Columns past N are zero, so a kernel may read whole panels.
class WeightPacker {
public:
  /// Adds the constants that it packs to `sources`.
  WeightPacker(KernelLibrary &kernels,
               llvm::SetVector<mlir::Operation *> &sources)
      : kernels(kernels), sources(sources) {}

  /// A memref<⌈N/width⌉ × K × width> of `weight` (a static tensor<K×N×f32>):
  /// packed now if it is a constant whose bytes are at hand, else on each run.
  mlir::Value pack(mlir::ImplicitLocOpBuilder &b, mlir::Value weight,
                   int64_t width);

  /// A memref<groups × ⌈F/rows⌉ × depth × rows> of `filters` (a constant tensor
  /// of f32 of groups × F × what adds up to depth): tiles of some filters, in
  /// which those are innermost. Null if its bytes are not at hand.
  mlir::Value packFilters(mlir::ImplicitLocOpBuilder &b, mlir::Value filters,
                          int64_t groups, int64_t rows);

  using Fill = llvm::function_ref<void(llvm::ArrayRef<float> source,
                                       llvm::MutableArrayRef<char> packed)>;
  /// A buffer of `type`, whose bytes `fill` writes, zeroed before; null unless
  /// `canPack`. Made once for each type and `manner` of filling.
  mlir::Value packConstant(mlir::ImplicitLocOpBuilder &b, mlir::Value weight,
                           mlir::RankedTensorType type, Fill fill,
                           mlir::Attribute manner = nullptr);

  /// Whether `weight`, of f32, is a constant whose elements are at hand, and
  /// not one number for all.
  static bool canPack(mlir::Value weight);

private:
  mlir::Value packAtRunTime(mlir::ImplicitLocOpBuilder &b, mlir::Value weight,
                            int64_t width);

  KernelLibrary &kernels;
  /// By value of the constant, the function it is used in, type and manner.
  using Key = std::tuple<mlir::Attribute, mlir::Operation *, mlir::Type,
                         mlir::Attribute>;
  llvm::DenseMap<Key, mlir::Value> packed;
  llvm::SetVector<mlir::Operation *> &sources;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_PACKWEIGHTS_H
