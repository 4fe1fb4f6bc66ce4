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
// tokens, unless layers ask for whole tiles. And layers that are computed as
// dense below a number of tokens find rows there.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TOKENTILES_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TOKENTILES_H

#include "Kernels.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "llvm/ADT/DenseMap.h"
#include <optional>

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
  /// Where a layer finds the rows of few tokens.
  enum class Rows { Apart, InTiles };
  /// What a layer reads where tokens are few.
  struct Few {
    /// Rows, if they are fewer than so many.
    int64_t rowsBelow;
    /// Else a whole tile, where others would read a narrow one.
    bool isWhole;

    bool operator==(const Few &other) const {
      return rowsBelow == other.rowsBelow && isWhole == other.isWhole;
    }
    /// What the name of a kernel that makes tiles says of it.
    std::string getSuffix() const;
    /// Of a layer that is scheduled for tiles.
    static Few of(LinearOp layer);
  };

  explicit TokenTiles(KernelLibrary &kernels) : kernels(kernels) {}

  /// `tensor`, whose last dimension is `features`, for layers that want `few`.
  Input get(mlir::ImplicitLocOpBuilder &b, mlir::Value tensor, int64_t features,
            Few few);

  /// Tiles to be written, for a tensor of `tokens` × `features`.
  mlir::Value allocateFor(mlir::ImplicitLocOpBuilder &b, mlir::Value tokens,
                          int64_t features);

  /// Declares `tiles`, made in the block of `b`, to hold `tensor` as those who
  /// want `few` read it.
  void set(mlir::ImplicitLocOpBuilder &b, mlir::Value tensor, Few few,
           mlir::Value tiles, Rows rows);

  /// What layers of the same block that read `tensor` as tiles want of few
  /// tokens; nothing if no such layer reads it, or they do not agree.
  static std::optional<Few> getWanted(mlir::Value tensor);
  /// Whether nobody but such layers reads it.
  static bool isReadAlone(mlir::Value tensor);

  /// Branches by the number of tokens: to `asRows`, where `few` wants them, or
  /// to `asTiles` for the width that tiles then have, where vectors are no
  /// wider.
  static void branch(VectorBuilder &b, mlir::Value tokens, Few few,
                     llvm::function_ref<void()> asRows,
                     llvm::function_ref<void(int64_t width)> asTiles);
  /// Fills `tiles`, which are `width` tokens wide, from the rows of x.
  static void build(VectorBuilder &b, mlir::Value x, mlir::Value tiles,
                    int64_t width);
  /// Fills one vector of tokens of one tile.
  static void buildVector(VectorBuilder &b, mlir::Value x, mlir::Value tiles,
                          mlir::Value tile, mlir::Value vector);
  /// `tiles` as memref<tiles × features × width>.
  static mlir::Value view(VectorBuilder &b, mlir::Value tiles, int64_t width);
  /// The rows that `tiles` holds for few tokens, as memref<tokens × features>.
  static mlir::Value viewRows(mlir::ImplicitLocOpBuilder &b, mlir::Value tiles,
                              mlir::Value tokens, int64_t features);

private:
  KernelLibrary &kernels;
  /// By tensor, the block in which its tiles were made, and the parts of Few.
  using Key = std::tuple<mlir::Value, mlir::Block *, int64_t, unsigned>;
  struct Known {
    mlir::Value tiles;
    Rows rows;
  };
  llvm::DenseMap<Key, Known> known;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_TOKENTILES_H
