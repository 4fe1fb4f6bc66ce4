//===- SparseKernel.h - Products with sparse weights ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_SPARSEKERNEL_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_SPARSEKERNEL_H

#include "SparseTasks.h"

namespace sopt {

/// A kernel that skips zeros in f32 (SparseTasks.h).
class SparseKernel : public SparseTasks {
public:
  explicit SparseKernel(const Spec &spec)
      : SparseTasks(spec, /*vectorUnit=*/1) {}

protected:
  /// For the dense kernel: the rows of x, unless they are in its tiles, and the
  /// packed weight.
  void takeArguments(VectorBuilder &b, mlir::ValueRange arguments) override;
  void buildDense(VectorBuilder &b, mlir::Value y) override;
  void buildVectors(VectorBuilder &b, const Task &task, int64_t count,
                    mlir::Value vector) override;

private:
  /// What one panel of inputs adds to the `index`th of the panel's rows.
  void buildRow(VectorBuilder &b, const Task &task, int64_t count,
                mlir::Value vector, mlir::Value index, mlir::Value panel);
  /// The first terms of the sums of `rows` outputs × `count` vectors.
  llvm::SmallVector<mlir::Value> buildStart(VectorBuilder &b, const Task &task,
                                            int64_t count, mlir::Value output);
  /// What panels before have made of them.
  llvm::SmallVector<mlir::Value> loadSums(VectorBuilder &b, const Task &task,
                                          int64_t count, mlir::Value vector,
                                          mlir::Value output);
  /// The sums with what block `block` adds to them.
  llvm::SmallVector<mlir::Value> buildBlock(VectorBuilder &b, const Task &task,
                                            int64_t count, mlir::Value vector,
                                            mlir::Value block,
                                            mlir::ValueRange sums);

  mlir::Value inputRows, denseWeight;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_SPARSEKERNEL_H
