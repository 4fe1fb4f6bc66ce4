//===- Polynomial.cpp - Formulas in one normal form -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Polynomial.h"
#include "Scalars.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;
using namespace sopt;

/// No formula that is looked for has more terms, or deeper nesting.
constexpr size_t maxTerms = 24;
constexpr unsigned maxDepth = 12;

Polynomial::Product Polynomial::makeProduct(ArrayRef<Power> powers) {
  Product result;
  for (const Power &power : powers) {
    auto *at =
        llvm::lower_bound(result, power, [](const Power &a, const Power &b) {
          return a.atom.getAsOpaquePointer() < b.atom.getAsOpaquePointer();
        });
    if (at == result.end() || at->atom != power.atom)
      at = result.insert(at, Power{power.atom, 0});
    at->exponent += power.exponent;
    if (at->exponent == 0)
      result.erase(at);
  }
  return result;
}

void Polynomial::add(ArrayRef<Power> product, double coefficient) {
  for (Term &term : terms) {
    if (ArrayRef<Power>(term.product) != product)
      continue;
    term.coefficient += coefficient;
    if (term.coefficient == 0)
      terms.erase(&term);
    return;
  }
  if (coefficient != 0)
    terms.push_back({Product(product), coefficient});
}

double Polynomial::take(ArrayRef<Power> product) {
  for (Term &term : terms) {
    if (ArrayRef<Power>(term.product) != product)
      continue;
    double coefficient = term.coefficient;
    terms.erase(&term);
    return coefficient;
  }
  return 0;
}

namespace sopt {
/// One expansion of a formula.
class PolynomialExpander {
public:
  explicit PolynomialExpander(llvm::function_ref<bool(Value)> isAtom)
      : isAtom(isAtom) {}

  std::optional<Polynomial> expand(Value value, unsigned depth = 0) {
    if (isAtom(value) || depth > maxDepth)
      return fromAtom(value);
    if (std::optional<double> scalar = getScalar(value))
      return fromConstant(*scalar);
    Value uncast = skipFloatCasts(value);
    if (uncast != value)
      return expand(uncast, depth);
    Operation *op = value.getDefiningOp();
    if (!op)
      return fromAtom(value);
    auto get = [&](unsigned i) { return expand(op->getOperand(i), depth + 1); };
    return llvm::TypeSwitch<Operation *, std::optional<Polynomial>>(op)
        .Case([&](onnx::AddOp) { return sum(get(0), get(1), 1); })
        .Case([&](onnx::SubOp) { return sum(get(0), get(1), -1); })
        .Case([&](onnx::NegOp) { return sum(Polynomial(), get(0), -1); })
        .Case([&](onnx::MulOp) { return product(get(0), get(1)); })
        .Case([&](onnx::IdentityOp) { return get(0); })
        .Case([&](onnx::DivOp) {
          std::optional<Polynomial> inverse = invert(get(1));
          return inverse ? product(get(0), inverse) : fromAtom(value);
        })
        .Case([&](onnx::ReciprocalOp) {
          std::optional<Polynomial> inverse = invert(get(0));
          return inverse ? inverse : fromAtom(value);
        })
        .Case([&](onnx::PowOp) {
          std::optional<double> exponent = getScalar(op->getOperand(1));
          if (!exponent || *exponent != std::floor(*exponent) ||
              *exponent < 1 || *exponent > 4)
            return fromAtom(value);
          std::optional<Polynomial> base = get(0), power = base;
          for (int i = 1; i < *exponent; ++i)
            power = product(power, base);
          return power;
        })
        .Default([&](Operation *) { return fromAtom(value); });
  }

private:
  std::optional<Polynomial> fromAtom(Value value) {
    Polynomial result;
    result.add({{value, 1}}, 1);
    return result;
  }

  std::optional<Polynomial> fromConstant(double constant) {
    Polynomial result;
    result.add({}, constant);
    return result;
  }

  std::optional<Polynomial> sum(std::optional<Polynomial> a,
                                std::optional<Polynomial> b, double sign) {
    if (!a || !b)
      return std::nullopt;
    for (const Polynomial::Term &term : b->terms)
      a->add(term.product, sign * term.coefficient);
    return a->terms.size() <= maxTerms ? a : std::nullopt;
  }

  std::optional<Polynomial> product(const std::optional<Polynomial> &a,
                                    const std::optional<Polynomial> &b) {
    if (!a || !b || a->terms.size() * b->terms.size() > maxTerms)
      return std::nullopt;
    Polynomial result;
    for (const Polynomial::Term &x : a->terms) {
      for (const Polynomial::Term &y : b->terms) {
        Polynomial::Product powers(x.product);
        llvm::append_range(powers, y.product);
        result.add(Polynomial::makeProduct(powers),
                   x.coefficient * y.coefficient);
      }
    }
    return result;
  }

  /// Of one term only: the reciprocal of a sum is no polynomial.
  std::optional<Polynomial> invert(std::optional<Polynomial> a) {
    if (!a || a->terms.size() != 1)
      return std::nullopt;
    Polynomial::Term &term = a->terms.front();
    term.coefficient = 1 / term.coefficient;
    for (Polynomial::Power &power : term.product)
      power.exponent = -power.exponent;
    return a;
  }

  llvm::function_ref<bool(Value)> isAtom;
};
} // namespace sopt

std::optional<Polynomial>
Polynomial::expand(Value value, llvm::function_ref<bool(Value)> isAtom) {
  return PolynomialExpander(isAtom).expand(value);
}
