//===- SparseTasks.h - What kernels that skip zeros share -------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_SPARSETASKS_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_SPARSETASKS_H

#include "PackSparse.h"
#include "TokenTiles.h"

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
/// There is code for each width of a tile, and where layers want rows of few
/// tokens the dense kernel is run instead.
class SparseTasks {
public:
  /// What a kernel is made for.
  struct Spec {
    LayoutAttr layout;
    SparseForm form; ///< Of the weight.
    int64_t k, n;
    int64_t vectors; ///< Of tokens, in registers at once.
    TokenTiles::Few few;
    Activation activation;
    bool hasBias, readsTiles, writesTiles;
  };

  virtual ~SparseTasks() = default;

  virtual std::string getName() const;
  /// Arguments: number of tokens, tiles of x, values, indices, pointers, rows,
  /// groups; those of the kernel itself; bias if there is one; y.
  void build(VectorBuilder &b, mlir::ValueRange arguments);

protected:
  /// One group of outputs for one tile of tokens.
  struct Task {
    mlir::Value worker, tile, group;
    mlir::Value column;  ///< The first output.
    mlir::Value tokens;  ///< How many of the tile there are.
    mlir::Value vectors; ///< How many vectors hold them.
  };
  /// A row of blocks, or a panel's part of it.
  struct Row {
    mlir::Value output;     ///< The first, in the group.
    mlir::Value begin, end; ///< Its units.
  };

  /// Of vectors of tokens, `vectorUnit`, a power of two, share what they read:
  /// they are taken together, or the first few of them alone.
  SparseTasks(const Spec &spec, int64_t vectorUnit)
      : form(spec.form), spec(spec), rows(spec.layout.getBlockShape().first),
        vectorUnit(vectorUnit) {}

  virtual void takeArguments(VectorBuilder &b, mlir::ValueRange arguments) = 0;
  /// All outputs for few tokens, of whose results `y` has the rows.
  virtual void buildDense(VectorBuilder &b, mlir::Value y) = 0;
  /// All outputs of the group, for `count` vectors of tokens from `vector` on.
  virtual void buildVectors(VectorBuilder &b, const Task &task, int64_t count,
                            mlir::Value vector) = 0;

  /// The `index`th of the rows of a panel.
  Row getRow(VectorBuilder &b, const Task &task, mlir::Value index,
             mlir::Value panel);
  /// Output `output` + `r` of the group, as one of all; for those past the last
  /// one, which nobody sees, that one.
  mlir::Value getColumn(VectorBuilder &b, const Task &task, mlir::Value output,
                        int64_t r);
  /// The input feature of a block.
  mlir::Value loadFeature(VectorBuilder &b, mlir::Value block);
  /// Sums of outputs from `output` on × `count` vectors.
  void storeSums(VectorBuilder &b, const Task &task, int64_t count,
                 mlir::Value vector, mlir::Value output, mlir::ValueRange sums);
  /// The first token of a vector, as an index into its tile.
  mlir::Value getToken(VectorBuilder &b, mlir::Value vector);
  /// Where sums go: vector `vector` of output `output` of the group.
  std::pair<mlir::Value, llvm::SmallVector<mlir::Value>>
  getPlace(VectorBuilder &b, const Task &task, mlir::Value output,
           mlir::Value vector);

  SparseForm form;
  Spec spec;
  int64_t rows; ///< Of a block: its outputs.
  mlir::Value numTokens, inputTiles, values, bias;

  /// For the width whose code is being built: tokens of a tile, vectors of
  /// tokens in registers, and x seen as such tiles.
  int64_t width, vectors;
  mlir::Value tiles;

private:
  /// All outputs, for tiles of `width` tokens.
  void buildTiles(VectorBuilder &b, int64_t width);
  void buildTask(VectorBuilder &b, mlir::Value worker, mlir::Value index);
  /// `count` vectors, or a few more that nobody needs, so that there are powers
  /// of two of which each begins a unit.
  mlir::Value roundUpUnits(VectorBuilder &b, mlir::Value count);
  /// Applies the activation to the sums of the group.
  void buildActivation(VectorBuilder &b, const Task &task);
  void buildWideActivation(VectorBuilder &b, const Task &task);
  /// Writes one vector of tokens of the group to y.
  void buildResults(VectorBuilder &b, const Task &task, mlir::Value vector);

  int64_t vectorUnit;
  int64_t wideLanes; ///< Of vectors where no narrow tile bounds them.
  mlir::Value outputs, indices, pointers, order, groups;
  /// Worker, output of the group, token; null if y is tiles.
  mlir::Value allScratch;
  mlir::Value numGroups, numTasks, numWorkers;
  /// More buffers seen as tiles of `width`.
  mlir::Value y, scratch;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_SPARSETASKS_H
