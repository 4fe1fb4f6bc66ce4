//===- SparseInt8Kernel.h - Products with sparse int8 weights ---*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_SPARSEINT8KERNEL_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_SPARSEINT8KERNEL_H

#include "NarrowTiles.h"
#include "SparseTasks.h"

namespace sopt {

/// A kernel that skips zeros in int8 (SparseTasks.h), of x in narrow tiles.
///
/// The blocks of a row are taken as many at a time as a word has inputs: these
/// are interleaved once for all outputs of a block, each of whose weights are a
/// word that all lanes share. Of many outputs as many at a time have their sums
/// in registers as fit.
class SparseInt8Kernel : public SparseTasks {
public:
  SparseInt8Kernel(const NarrowForm &narrow, const Spec &spec, const Isa &isa);

  std::string getName() const override;
  /// How many vectors of tokens `schedule` is to take at once.
  static int64_t getVectors(const NarrowForm &narrow, const Isa &isa,
                            ScheduleAttr schedule);

protected:
  /// Steps and zeros of tokens, steps and sums of columns; for the dense
  /// kernel, the packed weight.
  void takeArguments(VectorBuilder &b, mlir::ValueRange arguments) override;
  void buildDense(VectorBuilder &b, mlir::Value y) override;
  void buildVectors(VectorBuilder &b, const Task &task, int64_t count,
                    mlir::Value vector) override;

private:
  /// Some outputs of a row of blocks.
  struct Part {
    mlir::Value first;  ///< Of the row's outputs.
    mlir::Value output; ///< The same, of the group's.
  };

  /// The sums with what unit `unit` of the row adds to them.
  llvm::SmallVector<mlir::Value> buildUnit(VectorBuilder &b, const Task &task,
                                           const Part &part, int64_t count,
                                           mlir::Value vector, mlir::Value unit,
                                           mlir::ValueRange sums);
  /// What the sums start from: they are of inputs with their zero points, which
  /// the columns' sums take off.
  llvm::SmallVector<mlir::Value> buildStart(VectorBuilder &b, const Task &task,
                                            const Part &part, int64_t count,
                                            mlir::Value vector);
  /// Sums as numbers, and the bias added.
  llvm::SmallVector<mlir::Value> scale(VectorBuilder &b, const Task &task,
                                       const Part &part, int64_t count,
                                       mlir::Value vector,
                                       mlir::ValueRange sums);

  const NarrowForm &narrow;
  int64_t outputsAtOnce;
  mlir::Value rowSteps, zeros, denseWeight;
  /// Of columns, in panels for the dense kernel, and one after the other.
  mlir::Value columnSteps, columnSums, flatSteps, flatSums;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_SPARSEINT8KERNEL_H
