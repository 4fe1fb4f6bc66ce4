//===- DimExpr.h - Symbolic sizes -------------------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The size of a dimension that is not known before run time: a polynomial with
// integer coefficients in symbols, in one canonical form, so that two sizes are
// provably equal exactly if their expressions are the same.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_ANALYSIS_DIMEXPR_H
#define SPARSE_OPT_ANALYSIS_DIMEXPR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace sopt {

/// A sum of products of symbols. A symbol is a number whose meaning its owner
/// (see ShapeAnalysis) knows; it stands for a size, so it is never negative.
/// Arithmetic wraps at 2^64: no tensor has so many elements that it shows.
class DimExpr {
public:
  using Symbol = unsigned;

  /// `coefficient` times the product of `symbols`, which are sorted.
  struct Term {
    llvm::SmallVector<Symbol, 2> symbols;
    int64_t coefficient;

    bool operator==(const Term &other) const {
      return coefficient == other.coefficient && symbols == other.symbols;
    }
  };

  /*implicit*/ DimExpr(int64_t constant = 0);
  static DimExpr fromSymbol(Symbol symbol);

  std::optional<int64_t> getConstant() const;
  /// The symbol, if the expression is one symbol and nothing else.
  std::optional<Symbol> getSymbol() const;
  /// True if no value of the symbols makes it negative, as far as signs tell.
  bool isNonNegative() const;
  llvm::ArrayRef<Term> getTerms() const { return terms; }

  /// The quotient, if every term of this is a multiple of `divisor`, which
  /// must have one term.
  std::optional<DimExpr> divideExactly(const DimExpr &divisor) const;

  bool operator==(const DimExpr &other) const { return terms == other.terms; }
  bool operator!=(const DimExpr &other) const { return !(*this == other); }

  /// Prints e.g. `4*batch + 1`; `name` spells a symbol.
  void print(llvm::raw_ostream &os,
             llvm::function_ref<llvm::StringRef(Symbol)> name) const;

  friend DimExpr operator+(const DimExpr &a, const DimExpr &b);
  friend DimExpr operator-(const DimExpr &a, const DimExpr &b);
  friend DimExpr operator*(const DimExpr &a, const DimExpr &b);

private:
  /// Adds a term, keeping the terms sorted, merged and free of zeros.
  void add(llvm::ArrayRef<Symbol> symbols, int64_t coefficient);

  llvm::SmallVector<Term, 1> terms;
};

} // namespace sopt

#endif // SPARSE_OPT_ANALYSIS_DIMEXPR_H
