//===- NMKernel.h - Products with N:M weights -------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NMKERNEL_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NMKERNEL_H

#include "DenseKernel.h"
#include "NMForm.h"
#include "PackNM.h"

namespace sopt {

/// y = activation(x · w + bias) for a weight of which 1 or 2 in 4 neighbouring
/// inputs of an output are stored (PackNM.h).
///
/// A group's inputs are loaded once for a row and a vector of outputs, each of
/// which picks its own of them: a permutation and a product for each that is
/// stored. The sums of the isa's rows × one vector stay in registers over the
/// whole of k, and a task has the isa's vectors of them, one after the other.
class NMKernel : public DenseKernel {
public:
  NMKernel(int64_t kept, int64_t k, int64_t n, Activation activation,
           bool hasBias);

  /// `isa` with the tile of outputs that such a kernel likes.
  static Isa getTile(const Isa &isa, int64_t kept, int64_t k);

  std::string getName() const override;
  int64_t getProducts() const override { return rows.groups * rows.kept * n; }

protected:
  void buildTile(VectorBuilder &b, int64_t rows, const Task &task) override;

private:
  /// Where the loop over k is.
  struct Place {
    mlir::Value row;    ///< Of the packed panel.
    mlir::Value words;  ///< Places from here on.
    mlir::Value column; ///< Of x.
  };
  /// What is to be unrolled: so many groups in one step, each of so many
  /// inputs.
  struct Step {
    int64_t groups, inputs;
  };

  /// x · w + bias for one vector of a panel.
  llvm::SmallVector<mlir::Value> multiplyVector(VectorBuilder &b,
                                                const Task &task,
                                                mlir::Value vector,
                                                mlir::Value start);
  /// The sums with what the first `groups` of a word add to them, the last of
  /// which may have fewer inputs. The word has the row `word` of the panel, and
  /// its groups begin with the input `column`.
  llvm::SmallVector<mlir::Value> buildWord(VectorBuilder &b, const Task &task,
                                           mlir::Value word, mlir::Value column,
                                           int64_t groups, int64_t lastInputs,
                                           mlir::ValueRange sums);
  llvm::SmallVector<mlir::Value> buildStep(VectorBuilder &b, const Task &task,
                                           const Place &place, Step step,
                                           mlir::ValueRange sums);
  void prefetchRows(VectorBuilder &b, const Task &task, mlir::Value row,
                    int64_t count);
  mlir::Value loadRow(VectorBuilder &b, const Task &task, mlir::Value row);

  NMRows rows;
  std::optional<NMForm> form;
  /// Of the tile whose code is being built: its rows, and the sums that each
  /// has for one vector, so that none waits for the one before.
  int64_t tileRows, chains;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NMKERNEL_H
