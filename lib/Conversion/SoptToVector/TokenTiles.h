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

  explicit TokenTiles(KernelLibrary &kernels) : kernels(kernels) {}

  /// The tiles of `tensor`, whose last dimension is `features`.
  mlir::Value get(mlir::ImplicitLocOpBuilder &b, mlir::Value tensor,
                  int64_t features);

  /// Tiles to be written, for a tensor of `tokens` × `features`.
  mlir::Value allocateFor(mlir::ImplicitLocOpBuilder &b, mlir::Value tokens,
                          int64_t features);

  /// Declares `tiles`, made in the block of `b`, to hold `tensor`.
  void set(mlir::ImplicitLocOpBuilder &b, mlir::Value tensor,
           mlir::Value tiles);

private:
  KernelLibrary &kernels;
  /// By tensor and the block in which its tiles were made.
  llvm::DenseMap<std::pair<mlir::Value, mlir::Block *>, mlir::Value> known;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TOKENTILES_H
