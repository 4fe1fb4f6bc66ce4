//===- SparseKernel.h - Products with sparse weights ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_SPARSEKERNEL_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_SPARSEKERNEL_H

#include "PackSparse.h"
#include "dialects/Sopt/IR/Sopt.h"

namespace sopt {

/// y = activation(x · w + bias) for a weight packed as blocks of R outputs × 1
/// input, with x in tiles of tokens (TokenTiles.h) and y too, or row by row.
///
/// The sums of R outputs × some vectors of tokens stay in registers over all
/// blocks of a row or, where inputs are cut into panels, of a row's panel. A
/// task is a group of outputs for a tile of tokens. Where y is rows, its
/// results meet in a small piece of scratch, from where they are transposed. A
/// fixed number of workers, more than there are threads, share the tasks, each
/// with scratch of its own.
class SparseKernel {
public:
  SparseKernel(LayoutAttr layout, int64_t k, int64_t n, int64_t vectors,
               Activation activation, bool hasBias, bool writesTiles)
      : form(layout, k), k(k), n(n), rows(layout.getBlockShape().first),
        vectors(vectors), activation(activation), hasBias(hasBias),
        writesTiles(writesTiles) {}

  std::string getName() const;
  /// Arguments: number of tokens, tiles of x, values, indices, pointers,
  /// groups, bias if there is one, y.
  void build(VectorBuilder &b, mlir::ValueRange arguments);

private:
  /// One group of outputs for one tile of tokens.
  struct Task {
    mlir::Value worker, tile, group;
    mlir::Value column;  ///< The first output.
    mlir::Value tokens;  ///< How many of the tile there are.
    mlir::Value vectors; ///< How many vectors hold them.
  };

  void buildTask(VectorBuilder &b, mlir::Value worker, mlir::Value index);
  /// All outputs of the group, for `count` vectors of tokens from `vector` on.
  void buildVectors(VectorBuilder &b, const Task &task, int64_t count,
                    mlir::Value vector);
  /// What one panel of inputs adds to a row; the first one to its `start`.
  void buildRow(VectorBuilder &b, const Task &task, int64_t count,
                mlir::Value vector, mlir::Value row, mlir::Value panel);
  void storeSums(VectorBuilder &b, const Task &task, int64_t count,
                 mlir::Value vector, mlir::Value output, mlir::ValueRange sums);
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
  /// The first token of a vector, as an index into its tile.
  mlir::Value getToken(VectorBuilder &b, mlir::Value vector);
  /// Where sums go: vector `vector` of output `output` of the group.
  std::pair<mlir::Value, llvm::SmallVector<mlir::Value>>
  getPlace(VectorBuilder &b, const Task &task, mlir::Value output,
           mlir::Value vector);
  void buildActivation(VectorBuilder &b, const Task &task);
  /// Writes one vector of tokens of the group to y.
  void buildResults(VectorBuilder &b, const Task &task, mlir::Value vector);

  SparseForm form;
  int64_t k, n, rows, vectors;
  Activation activation;
  bool hasBias, writesTiles;
  mlir::Value tiles, values, indices, pointers, groups, bias, y;
  mlir::Value scratch; ///< Worker, output of the group, token; or null.
  mlir::Value numGroups, numTokens, numTasks, numWorkers;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_SPARSEKERNEL_H
