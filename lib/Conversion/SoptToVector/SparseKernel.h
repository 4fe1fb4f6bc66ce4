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
///
/// There is code for each width of a tile, and below `denseBelow` tokens the
/// dense kernel is run instead.
class SparseKernel {
public:
  /// What a kernel is made for.
  struct Spec {
    LayoutAttr layout;
    SparseForm form; ///< Of the weight.
    int64_t k, n;
    int64_t vectors;    ///< Of tokens, in registers at once.
    int64_t denseBelow; ///< 0 if never.
    Activation activation;
    bool hasBias, readsTiles, writesTiles;
  };

  explicit SparseKernel(const Spec &spec)
      : form(spec.form), spec(spec), rows(spec.layout.getBlockShape().first) {}

  std::string getName() const;
  /// Arguments: number of tokens, tiles of x, values, indices, pointers, rows,
  /// groups; for the dense kernel, the rows of x, unless it reads tiles, and
  /// the packed weight; bias if there is one; y.
  void build(VectorBuilder &b, mlir::ValueRange arguments);

private:
  /// One group of outputs for one tile of tokens.
  struct Task {
    mlir::Value worker, tile, group;
    mlir::Value column;  ///< The first output.
    mlir::Value tokens;  ///< How many of the tile there are.
    mlir::Value vectors; ///< How many vectors hold them.
  };

  /// All outputs, for tiles of `width` tokens.
  void buildTiles(VectorBuilder &b, int64_t width);
  void buildTask(VectorBuilder &b, mlir::Value worker, mlir::Value index);
  /// All outputs of the group, for `count` vectors of tokens from `vector` on.
  void buildVectors(VectorBuilder &b, const Task &task, int64_t count,
                    mlir::Value vector);
  /// What one panel of inputs adds to the `index`th of the panel's rows.
  void buildRow(VectorBuilder &b, const Task &task, int64_t count,
                mlir::Value vector, mlir::Value index, mlir::Value panel);
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
  /// Applies the activation to the sums of the group.
  void buildActivation(VectorBuilder &b, const Task &task);
  void buildWideActivation(VectorBuilder &b, const Task &task);
  /// Writes one vector of tokens of the group to y.
  void buildResults(VectorBuilder &b, const Task &task, mlir::Value vector);

  SparseForm form;
  Spec spec;
  int64_t rows;
  int64_t wideLanes; ///< Of vectors where no narrow tile bounds them.
  mlir::Value inputTiles, outputs, values, indices, pointers, order, groups,
      bias;
  /// Worker, output of the group, token; null if y is tiles.
  mlir::Value allScratch;
  mlir::Value numGroups, numTokens, numTasks, numWorkers;

  /// For the width whose code is being built: tokens of a tile, vectors of
  /// tokens in registers, and the buffers seen as such tiles.
  int64_t width, vectors;
  mlir::Value tiles, y, scratch;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_SPARSEKERNEL_H
