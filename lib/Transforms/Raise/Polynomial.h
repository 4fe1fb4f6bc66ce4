//===- Polynomial.h - Formulas in one normal form ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// x·(1 + erf(x/√2))/2 has dozens of spellings: operands commuted, a factor
// distributed or not, a division for a product, a square by Pow or Mul. All of
// them multiply out to the same sum, so matchers compare that.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_RAISE_POLYNOMIAL_H
#define SPARSE_OPT_LIB_TRANSFORMS_RAISE_POLYNOMIAL_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace sopt {

/// A sum of products of tensors, multiplied out: each product is a coefficient
/// and integer powers, possibly negative, of tensors that are not taken apart.
class Polynomial {
public:
  struct Power {
    mlir::Value atom;
    int exponent;
    bool operator==(const Power &other) const {
      return atom == other.atom && exponent == other.exponent;
    }
  };
  /// Sorted by the atoms' addresses; empty for the constant term.
  using Product = llvm::SmallVector<Power, 4>;
  struct Term {
    Product product;
    double coefficient;
  };

  /// The formula that computes `value`, down to the tensors for which `isAtom`
  /// holds and those that are no sum, product, quotient or whole power. Nothing
  /// if it grows beyond what a matcher may look for.
  static std::optional<Polynomial>
  expand(mlir::Value value, llvm::function_ref<bool(mlir::Value)> isAtom);

  llvm::ArrayRef<Term> getTerms() const { return terms; }

  /// Removes the term `product` and returns its coefficient, 0 if absent.
  double take(llvm::ArrayRef<Power> product);

  static Product makeProduct(llvm::ArrayRef<Power> powers);

private:
  friend class PolynomialExpander;
  void add(llvm::ArrayRef<Power> product, double coefficient);

  llvm::SmallVector<Term, 4> terms;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_RAISE_POLYNOMIAL_H
