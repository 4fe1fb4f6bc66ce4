//===- TileKernel.h - Products in tile registers -------------- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TILEKERNEL_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TILEKERNEL_H

#include "NarrowKernel.h"

namespace sopt {

/// A narrow kernel for AMX's eight tile registers, each of 16 rows of 64 bytes.
///
/// Two by two of them hold the sums of 32 rows and 32 columns over the whole of
/// k, two hold rows of x and two a panel's columns. One instruction adds 16
/// features for each of 256 sums in bf16, and 64 in int8.
class TileKernel : public NarrowKernel {
public:
  using NarrowKernel::NarrowKernel;

  /// `isa` with the tile of outputs that this kernel has.
  static Isa getTile(const Isa &isa);

  std::string getName() const override;
  /// The arguments are those of NarrowKernel, and last the number of threads
  /// that will run it, all of which may use the registers.
  void build(VectorBuilder &b, mlir::ValueRange arguments) override;

protected:
  void buildTasks(VectorBuilder &b) override;

private:
  /// Gives the running thread its registers.
  void buildConfiguration(VectorBuilder &b);
  void buildTask(VectorBuilder &b, mlir::Value worker, const Task &task);
  /// Leaves x · w for `tileRows` registers of rows in the worker's sums.
  void buildProducts(VectorBuilder &b, int64_t tileRows, mlir::Value worker,
                     const Task &task);
  /// Prefetches what belongs to one step of the sums.
  void buildPrefetch(VectorBuilder &b, const Task &task, mlir::Value step);
  /// Makes outputs of the worker's sums.
  void buildOutputs(VectorBuilder &b, mlir::Value worker, const Task &task);

  mlir::Value threads;
  /// memref<workers × rows × columns> of f32 or i32, memref<64 × i8>.
  mlir::Value sums, configuration;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TILEKERNEL_H
