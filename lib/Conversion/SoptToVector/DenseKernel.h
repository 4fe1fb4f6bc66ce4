//===- DenseKernel.h - Products with dense weights --------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_DENSEKERNEL_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_DENSEKERNEL_H

#include "VectorBuilder.h"
#include "dialects/Sopt/IR/Sopt.h"

namespace sopt {

/// y = activation(x · w + bias), row by row, for a weight packed in panels of
/// some columns (PackWeights.h).
///
/// A tile of outputs stays in registers over the whole of k. Where rows are
/// fewer than a tile has, or no multiple of it, tiles have about the same
/// number of rows, and each number has code of its own: a weight is read once
/// for as many rows as there can be.
class DenseKernel {
public:
  DenseKernel(int64_t k, int64_t n, Activation activation, bool hasBias)
      : k(k), n(n), activation(activation), hasBias(hasBias) {}
  virtual ~DenseKernel() = default;

  virtual std::string getName() const;
  /// Multiply-adds of one row.
  virtual int64_t getProducts() const { return k * n; }
  /// The arguments are x, the packed weight, bias, if there is one, and y.
  virtual void build(VectorBuilder &b, mlir::ValueRange arguments);

protected:
  /// Some rows of one panel of columns. Meanwhile a share of the next panel is
  /// brought near: weights of a model that is larger than the caches come from
  /// so far that no processor fetches them in time by itself.
  struct Task {
    mlir::Value row, end, panel;
    /// Where the share begins in flatWeight, and elements of it for each k.
    mlir::Value ahead, aheadStep;
  };

  /// All rows and panels, with x, weight, bias (null if there is none) and y
  /// set.
  virtual void buildTasks(VectorBuilder &b);
  /// Cuts y into tiles of the isa's rows, or fewer, and panels: sets the number
  /// of tasks.
  void cutTasks(VectorBuilder &b);
  Task getTask(VectorBuilder &b, mlir::Value index);
  /// Outputs of a task of `rows` rows, activation excluded.
  virtual void buildTile(VectorBuilder &b, int64_t rows, const Task &task);
  /// x · w + bias for `rows` rows, as many as the task has: sums, row by row.
  virtual llvm::SmallVector<mlir::Value>
  multiply(VectorBuilder &b, int64_t rows, const Task &task);
  /// Brings `at`, counted from the start of the task's share, near.
  void prefetch(VectorBuilder &b, const Task &task, mlir::Value at);
  /// The bias of a panel, a vector for each of the isa's; zeros if there is
  /// none.
  llvm::SmallVector<mlir::Value> loadBias(VectorBuilder &b, mlir::Value panel);
  /// The same for each of `rows` rows: where sums start.
  llvm::SmallVector<mlir::Value> buildStart(VectorBuilder &b, int64_t rows,
                                            mlir::Value panel);

  int64_t k, n;
  Activation activation;
  bool hasBias;
  /// Of an element of x and one of the weight.
  int64_t inputBytes = sizeof(float), weightBytes = sizeof(float);
  /// Tiles but the last have a multiple of so many rows.
  int64_t rowUnit = 1;
  mlir::Value x, weight, bias, y, numTasks;
  /// The weight as memref<all elements>.
  mlir::Value flatWeight;

  /// The first column of a panel.
  mlir::Value getColumn(VectorBuilder &b, mlir::Value panel);
  /// Masks the columns of a vector that exist; null where all always do.
  mlir::Value buildMask(VectorBuilder &b, mlir::Value column);

private:
  int64_t getNumPanels(const VectorBuilder &b) const;
  /// How many tiles of rows make a chunk.
  mlir::Value buildChunk(VectorBuilder &b);
  /// One task, activation included.
  void buildTask(VectorBuilder &b, const Task &task);
  /// Applies the activation to `rows` rows of a tile in memory.
  void buildActivation(VectorBuilder &b, mlir::Value row, mlir::Value rows,
                       mlir::Value panel);

  mlir::Value numRows, tiles, chunk;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_DENSEKERNEL_H
