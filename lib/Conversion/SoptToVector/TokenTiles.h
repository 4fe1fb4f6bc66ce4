//===- TokenTiles.h - Activations with tokens innermost ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel for sparse weights works on many tokens at once, so that a weight is
// loaded once for all of them and no vector has to be gathered. For that it
// wants tokens to be innermost: a matrix of tokens × features becomes
//
//   memref<tiles × features, rounded up × kTokens>
//
// in which tokens and features past the last one hold anything, and nobody
// looks at what is computed from them.
//
// Few tokens would leave most of a tile empty. They are one tile of a smaller
// width at the start of the same buffer, so narrow that one vector holds its
// tokens. And layers that are computed as dense `below` a number of tokens find
// rows there.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TOKENTILES_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TOKENTILES_H

#include "Kernels.h"
#include "llvm/ADT/DenseMap.h"

namespace sopt {

/// Makes tiles of the inputs of layers, once for all layers that share one.
class TokenTiles {
public:
  /// Tokens of a tile: four of the widest vectors there are.
  static constexpr int64_t kTokens = 64;

  /// An activation as layers with sparse weights read it.
  struct Input {
    mlir::Value tiles;
    /// Its rows; null where they are in `tiles` too.
    mlir::Value rows;
  };

  explicit TokenTiles(KernelLibrary &kernels) : kernels(kernels) {}

  /// `tensor`, whose last dimension is `features`, for layers that want rows
  /// below `below` tokens.
  Input get(mlir::ImplicitLocOpBuilder &b, mlir::Value tensor, int64_t features,
            int64_t below);

  /// Tiles to be written, for a tensor of `tokens` × `features`.
  mlir::Value allocateFor(mlir::ImplicitLocOpBuilder &b, mlir::Value tokens,
                          int64_t features);

  /// Declares `tiles`, made in the block of `b`, to hold `tensor`, or its rows
  /// below `below` tokens.
  void set(mlir::ImplicitLocOpBuilder &b, mlir::Value tensor, int64_t below,
           mlir::Value tiles);

  /// Branches by the number of tokens: to `asRows`, below `below` of them, or
  /// to `asTiles` for the width that tiles then have, where vectors are no
  /// wider.
  static void branch(VectorBuilder &b, mlir::Value tokens, int64_t below,
                     llvm::function_ref<void()> asRows,
                     llvm::function_ref<void(int64_t width)> asTiles);
  /// `tiles` as memref<tiles × features × width>.
  static mlir::Value view(VectorBuilder &b, mlir::Value tiles, int64_t width);
  /// The rows that `tiles` holds for few tokens, as memref<tokens × features>.
  static mlir::Value viewRows(VectorBuilder &b, mlir::Value tiles,
                              mlir::Value tokens, int64_t features);

private:
  KernelLibrary &kernels;
  /// By tensor, the block in which its tiles were made, and `below`.
  using Key = std::tuple<mlir::Value, mlir::Block *, int64_t>;
  llvm::DenseMap<Key, Input> known;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TOKENTILES_H
