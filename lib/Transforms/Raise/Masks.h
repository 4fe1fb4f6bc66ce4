//===- Masks.h - Understand how a graph makes its mask ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A mask is a set of (query, key) pairs. This file finds out which set a
// tensor describes, be it of booleans, of 0 and 1, or of what is added to the
// scores, by following it down to its sources and keeping account of which
// dimension of each tensor on the way is the query's and which the key's.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_RAISE_MASKS_H
#define SPARSE_OPT_LIB_TRANSFORMS_RAISE_MASKS_H

#include "mlir/IR/PatternMatch.h"
#include "sparse-opt/Analysis/ShapeAnalysis.h"

namespace sopt {

/// The pairs that are masked: those for which any of the parts says so.
struct MaskSet {
  /// B × Sk, integer or boolean: masked where it is 0 (or where it is not, if
  /// `inverted`). May have more dimensions, of size 1.
  mlir::Value padding;
  bool inverted = false;
  /// Masked where key > query + `causalOffset`.
  std::optional<DimExpr> causalOffset;
  /// Masked where key < query - `reach`.
  std::optional<int64_t> reach;

  bool isEmpty() const { return !padding && !causalOffset && !reach; }
  bool operator==(const MaskSet &other) const {
    return padding == other.padding && inverted == other.inverted &&
           causalOffset == other.causalOffset && reach == other.reach;
  }
};

/// What is added to the scores: `fill` on a set, 0 elsewhere.
struct AdditiveMask {
  MaskSet set;
  double fill = 0;
};

/// The padding of `set`, batch × keys, without its dimensions of size 1.
mlir::Value squeezePadding(const MaskSet &set, ShapeAnalysis &shapes,
                           mlir::PatternRewriter &rewriter, mlir::Location loc);

/// Reads masks for scores of a given shape, batch × heads × queries × keys.
class MaskReader {
public:
  MaskReader(ShapeAnalysis &shapes, llvm::ArrayRef<DimExpr> scores)
      : shapes(shapes), scores(scores) {}

  /// Reads `value`, which broadcasts to the scores, as a mask to be added.
  std::optional<AdditiveMask> readAdditive(mlir::Value value);

  /// Reads the set of pairs where `value`, which broadcasts to the scores, is
  /// not 0 (`when`) or is 0 (not `when`).
  std::optional<MaskSet> readSet(mlir::Value value, bool when);

  /// The union, if one MaskSet can say it.
  static std::optional<MaskSet> unite(const MaskSet &a, const MaskSet &b);

private:
  /// Where a dimension of a tensor lies among those of the scores.
  struct AxisUse {
    int64_t axis = 0; ///< From the end, so negative; 0: nowhere, its size is 1.
    DimExpr shift;    ///< Index in the tensor minus index in the scores.
  };
  using AxisMap = llvm::SmallVector<AxisUse, 4>;
  /// A tensor seen through operations that only move its elements.
  struct View {
    mlir::Value value;
    AxisMap map;
  };
  /// Elements that count along one dimension of the scores: index + offset.
  struct Positions {
    int64_t axis = 0; ///< 0 if the elements are all `offset`.
    DimExpr offset;
  };

  std::optional<AdditiveMask> readAdditive(View view);
  std::optional<AdditiveMask> readWhere(mlir::Value value, const View &view);
  std::optional<MaskSet> readSet(View view, bool when);
  std::optional<MaskSet> readConjunction(mlir::Operation *op, const View &view,
                                         bool when);
  std::optional<MaskSet> readComparison(mlir::Operation *op, const View &view,
                                        bool when);
  std::optional<MaskSet> comparePositions(mlir::Operation *op, const View &view,
                                          bool when);
  std::optional<MaskSet> compareDistance(mlir::Operation *op, const View &view,
                                         bool when);
  std::optional<MaskSet> readTriangle(const View &view, bool when);
  std::optional<MaskSet> readTable(const View &view, bool when);
  std::optional<MaskSet> readPadding(const View &view, bool when);
  std::optional<MaskSet> readGathered(const View &view, bool when);
  std::optional<Positions> readPositions(View view);
  /// The set key > query + offset, seen through a tensor of positions whose
  /// indices `query` and `key` describe.
  static MaskSet makeCausal(const AxisUse &query, const AxisUse &key,
                            const DimExpr &offset);

  std::optional<View> makeView(mlir::Value value);
  /// The operand of an operation on broadcast tensors, seen as it is.
  std::optional<View> getOperandView(const View &view, mlir::Value operand);
  /// Follows the view through one operation that moves elements.
  std::optional<View> stepThrough(const View &view);
  View skipMoves(View view);

  ShapeAnalysis &shapes;
  llvm::ArrayRef<DimExpr> scores;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_RAISE_MASKS_H
