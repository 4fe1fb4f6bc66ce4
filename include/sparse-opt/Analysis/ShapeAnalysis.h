//===- ShapeAnalysis.h - Symbolic shapes of an onnx graph -------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exporters compute shapes with the same operators as data. This analysis runs
// those computations on symbols, and so knows of two dynamic dimensions that
// they are equal, or that a Reshape splits `hidden` into heads.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_ANALYSIS_SHAPEANALYSIS_H
#define SPARSE_OPT_ANALYSIS_SHAPEANALYSIS_H

#include "mlir/IR/Operation.h"
#include "sparse-opt/Analysis/DimExpr.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include <memory>
#include <string>

namespace sopt {

/// The dimensions of a tensor, each a canonical expression.
using SymbolicShape = llvm::SmallVector<DimExpr, 4>;
/// The elements of a small tensor of integers or booleans, in row-major order;
/// nothing for an element that is not understood.
using SymbolicContents = llvm::SmallVector<std::optional<DimExpr>, 4>;

/// Symbolic shapes of all tensors below an operation, and the contents of
/// those that look like shapes: integers, rank at most 1, at most 16 elements.
///
/// A symbol is a dimension of a function argument (equal names in `onnx.dims`
/// are one symbol), or a dimension nothing is known about, or a function of
/// others (a floor division, a broadcast of two sizes that may differ).
/// The facts hold for every run that obeys ONNX's rules: where an operator
/// requires two sizes to agree, they are taken to agree.
///
/// Computed once for the operations that exist; operations created later are
/// looked at when they are asked for. Whoever erases operations while the
/// analysis lives must `forget` them.
class ShapeAnalysis {
public:
  static constexpr int64_t maxElements = 16;
  /// Symbols and terms of the longest expression that is kept: where each
  /// operation doubles a size's expression, none is.
  static constexpr size_t maxLength = 256;

  explicit ShapeAnalysis(mlir::Operation *root);

  /// The shape, or null if the rank is not known or `value` is no tensor.
  const SymbolicShape *getShape(mlir::Value value);
  /// The elements, or null if `value` is not a small tensor of integers or no
  /// element is understood.
  const SymbolicContents *getContents(mlir::Value value);
  /// The only element of a tensor with one element, if it is understood.
  std::optional<DimExpr> getScalar(mlir::Value value);

  /// True if dimension `i` of `a` and `j` of `b` (negative: from the end) are
  /// equal in every run. False says nothing.
  bool areProvablyEqual(mlir::Value a, int64_t i, mlir::Value b, int64_t j);
  /// True if both ranks are known and all dimensions are provably equal.
  bool haveProvablyEqualShapes(mlir::Value a, mlir::Value b);
  /// Dimension `i` of `value` (negative: from the end), if the rank is known.
  std::optional<DimExpr> getDim(mlir::Value value, int64_t i);

  /// A function argument and its dimension that `symbol` stands for, if any.
  std::optional<std::pair<mlir::Value, int64_t>>
  getSource(DimExpr::Symbol symbol) const;

  /// Forgets everything about the results of an operation that is going away.
  void forget(mlir::Operation *op);

  //===--------------------------------------------------------------------===//
  // Arithmetic that may need a new symbol
  //===--------------------------------------------------------------------===//

  /// A size that nothing is known about.
  DimExpr makeUnknown();
  /// ⌊a / b⌋ for sizes a and b.
  DimExpr floorDiv(const DimExpr &a, const DimExpr &b);
  DimExpr min(const DimExpr &a, const DimExpr &b);
  /// The size of x[total - count:] where x has `total` elements. It is `count`
  /// if there are so many; else it is something that broadcasts to `count` or
  /// not at all, since the negative start counts from the end.
  DimExpr lastOf(int64_t total, const DimExpr &count);
  /// The size that ONNX's broadcasting makes of two sizes.
  DimExpr broadcast(const DimExpr &a, const DimExpr &b);
  SymbolicShape broadcast(llvm::ArrayRef<DimExpr> a, llvm::ArrayRef<DimExpr> b);

  void print(llvm::raw_ostream &os, const DimExpr &expr) const;
  void print(llvm::raw_ostream &os, llvm::ArrayRef<DimExpr> shape) const;

private:
  struct Facts {
    std::optional<SymbolicShape> shape;
    std::optional<SymbolicContents> contents;
  };

  const Facts &getFacts(mlir::Value value);
  void visit(mlir::Operation *op);
  /// Visits first what the operation depends on and is not known: recursion
  /// would exhaust the stack where thousands of new operations follow each
  /// other.
  void visitWithOperands(mlir::Operation *op);
  void visitArguments(mlir::Block &block);
  /// Whether it has more than `maxLength` terms and symbols, a long name
  /// counting for several.
  bool isTooLong(const DimExpr &expr) const;
  /// Replaces what is too long by symbols of its own, and in contents by
  /// nothing.
  void forgetLong(Facts &known);
  /// What the value's type says, with new symbols for dynamic dimensions.
  Facts makeDefaultFacts(mlir::Value value);
  DimExpr intern(llvm::StringRef name);
  /// The sizes that `size` is a broadcast of, or itself.
  llvm::SmallVector<DimExpr> getBroadcastParts(const DimExpr &size) const;
  /// True if `cut` is min(size, c) or lastOf(c, size) with a constant c > 0.
  bool isCutTo(const DimExpr &cut, const DimExpr &size) const;
  std::string toString(const DimExpr &expr) const;

  llvm::DenseMap<mlir::Value, std::unique_ptr<Facts>> facts;
  llvm::StringMap<DimExpr::Symbol> symbols;
  llvm::SmallVector<std::string> names; ///< By symbol.
  llvm::DenseMap<DimExpr::Symbol, std::pair<mlir::Value, int64_t>> sources;
  /// By the symbol that stands for the minimum, or for `lastOf` of the two.
  llvm::DenseMap<DimExpr::Symbol, std::pair<DimExpr, DimExpr>> minima;
  llvm::DenseMap<DimExpr::Symbol, llvm::SmallVector<DimExpr>> broadcasts;
  unsigned numUnknown = 0;
};

} // namespace sopt

#endif // SPARSE_OPT_ANALYSIS_SHAPEANALYSIS_H
