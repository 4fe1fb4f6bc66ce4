//===- NarrowTiles.h - Tiles of tokens, rounded to int8 ------- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel that skips zeros in int8 multiplies any few inputs of a token, as
// many as a word of 32 bits holds. Vectors run along tokens, so it loads as
// many tokens of each of these features as there are numbers in a vector, and
// interleaves them to words:
//
//   a₀ a₁ a₂ …, b₀ b₁ b₂ …  →  a₀ b₀ a₁ b₁ …, a₈ b₈ a₉ b₉ …
//
// x86's instructions for that stay within 128 bits. Tokens are stored in the
// order from which they make whole vectors of neighbours: by four, and of these
// fours the first of each vector, then the second of each, and so on.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NARROWTILES_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NARROWTILES_H

#include "NarrowForm.h"
#include "TokenTiles.h"

namespace sopt {

/// Rounds tiles of tokens to what layers in int8 multiply, once for all layers
/// of a block that share them.
class NarrowTiles {
public:
  /// Few tokens are in rows here, too, where a layer is then computed as dense.
  struct Tiles {
    /// memref<tiles × features, rounded up × kTokens>, of a form's inputs.
    mlir::Value words;
    mlir::Value steps; ///< memref<tiles × kTokens × f32>
    mlir::Value zeros; ///< memref<tiles × kTokens × i32>
  };
  /// What is to be rounded: `tensor`, which has so many `tokens`, in whole
  /// tiles or, for `few` tokens, in rows.
  struct Source {
    mlir::Value tensor, tokens;
    TokenTiles::Input x;
    int64_t features;
    TokenTiles::Few few;
  };

  explicit NarrowTiles(KernelLibrary &kernels) : kernels(kernels) {}

  Tiles get(mlir::ImplicitLocOpBuilder &b, const Source &source,
            const NarrowForm &form, PrecisionAttr precision);

  /// The words of so many features as one holds, for as many vectors of tokens,
  /// from `token` of the tile on.
  static llvm::SmallVector<mlir::Value>
  load(VectorBuilder &b, const NarrowForm &form, mlir::Value words,
       mlir::Value tile, mlir::ValueRange features, mlir::Value token);
  /// The rows of few tokens, as NarrowRows gives them.
  static Tiles viewRows(VectorBuilder &b, const NarrowForm &form,
                        const Tiles &tiles, mlir::Value tokens,
                        int64_t features);

private:
  KernelLibrary &kernels;
  /// By tensor, the block in which its tiles were made, form, precision, and
  /// below how many tokens there are rows.
  using Key = std::tuple<mlir::Value, mlir::Block *, const NarrowForm *,
                         mlir::Attribute, int64_t>;
  llvm::DenseMap<Key, Tiles> known;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NARROWTILES_H
