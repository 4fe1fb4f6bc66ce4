//===- DimExpr.cpp - Symbolic sizes ---------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Analysis/DimExpr.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace sopt;

/// Unsigned, because overflow of a signed product is undefined.
static int64_t wrappingMul(int64_t a, int64_t b) {
  return int64_t(uint64_t(a) * uint64_t(b));
}

DimExpr::DimExpr(int64_t constant) { add({}, constant); }

DimExpr DimExpr::fromSymbol(Symbol symbol) {
  DimExpr result;
  result.add(symbol, 1);
  return result;
}

void DimExpr::add(llvm::ArrayRef<Symbol> symbols, int64_t coefficient) {
  auto *at = llvm::lower_bound(
      terms, symbols, [](const Term &term, llvm::ArrayRef<Symbol> key) {
        return std::lexicographical_compare(
            term.symbols.begin(), term.symbols.end(), key.begin(), key.end());
      });
  if (at == terms.end() || llvm::ArrayRef<Symbol>(at->symbols) != symbols) {
    if (coefficient != 0)
      terms.insert(at,
                   Term{llvm::SmallVector<Symbol, 2>(symbols), coefficient});
    return;
  }
  at->coefficient = int64_t(uint64_t(at->coefficient) + uint64_t(coefficient));
  if (at->coefficient == 0)
    terms.erase(at);
}

std::optional<int64_t> DimExpr::getConstant() const {
  if (terms.empty())
    return 0;
  if (terms.size() == 1 && terms.front().symbols.empty())
    return terms.front().coefficient;
  return std::nullopt;
}

std::optional<DimExpr::Symbol> DimExpr::getSymbol() const {
  if (terms.size() != 1 || terms.front().coefficient != 1 ||
      terms.front().symbols.size() != 1)
    return std::nullopt;
  return terms.front().symbols.front();
}

bool DimExpr::isNonNegative() const {
  return llvm::all_of(terms,
                      [](const Term &term) { return term.coefficient >= 0; });
}

std::optional<DimExpr> DimExpr::divideExactly(const DimExpr &divisor) const {
  if (divisor.terms.size() != 1)
    return std::nullopt;
  const Term &by = divisor.terms.front();
  DimExpr quotient;
  for (const Term &term : terms) {
    // INT64_MIN / -1 overflows; no size is near either.
    if (by.coefficient == -1 || term.coefficient % by.coefficient != 0 ||
        !llvm::includes(term.symbols, by.symbols))
      return std::nullopt;
    llvm::SmallVector<Symbol, 2> left;
    std::set_difference(term.symbols.begin(), term.symbols.end(),
                        by.symbols.begin(), by.symbols.end(),
                        std::back_inserter(left));
    quotient.add(left, term.coefficient / by.coefficient);
  }
  return quotient;
}

void DimExpr::print(llvm::raw_ostream &os,
                    llvm::function_ref<llvm::StringRef(Symbol)> name) const {
  if (terms.empty())
    os << '0';
  llvm::interleave(
      llvm::reverse(terms), os,
      [&](const Term &term) {
        if (term.symbols.empty() || term.coefficient != 1)
          os << term.coefficient << (term.symbols.empty() ? "" : "*");
        llvm::interleave(
            term.symbols, os, [&](Symbol symbol) { os << name(symbol); }, "*");
      },
      " + ");
}

DimExpr sopt::operator+(const DimExpr &a, const DimExpr &b) {
  DimExpr sum = a;
  for (const DimExpr::Term &term : b.terms)
    sum.add(term.symbols, term.coefficient);
  return sum;
}

DimExpr sopt::operator-(const DimExpr &a, const DimExpr &b) {
  return a + DimExpr(-1) * b;
}

DimExpr sopt::operator*(const DimExpr &a, const DimExpr &b) {
  DimExpr product;
  for (const DimExpr::Term &x : a.terms) {
    for (const DimExpr::Term &y : b.terms) {
      llvm::SmallVector<DimExpr::Symbol, 2> symbols;
      std::merge(x.symbols.begin(), x.symbols.end(), y.symbols.begin(),
                 y.symbols.end(), std::back_inserter(symbols));
      product.add(symbols, wrappingMul(x.coefficient, y.coefficient));
    }
  }
  return product;
}
