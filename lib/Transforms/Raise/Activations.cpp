//===- Activations.cpp - Raise GELU and Swish -----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "Polynomial.h"
#include "Scalars.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>

using namespace mlir;
using namespace sopt;

using Power = Polynomial::Power;

/// √(2/π) and the cubic coefficient of GELU's approximation by tanh.
static const double tanhScale = std::sqrt(2 / M_PI);
constexpr double tanhCubic = 0.044715;

/// Whether arithmetic alone leads from `op`'s operands to its result.
static bool isArithmetic(Operation *op) {
  return isa_and_nonnull<onnx::AddOp, onnx::SubOp, onnx::MulOp, onnx::DivOp,
                         onnx::NegOp, onnx::PowOp, onnx::ReciprocalOp,
                         onnx::CastOp>(op);
}

SmallVector<Value> sopt::findFormulaResults(Value from) {
  // A formula as it is looked for has fewer steps; a longer walk would only
  // visit the residual stream.
  constexpr size_t maxResults = 32;
  SmallVector<Value> results;
  llvm::SmallPtrSet<Operation *, 16> seen;
  auto visitUsers = [&](Value value) {
    for (Operation *user : value.getUsers())
      if (isArithmetic(user) && results.size() < maxResults &&
          seen.insert(user).second)
        results.push_back(user->getResult(0));
  };
  visitUsers(from);
  // They grow while they are visited.
  for (size_t visited = 0; visited < results.size();)
    visitUsers(results[visited++]);
  return results;
}

/// The tensors in the formula of `value`, itself first.
static SmallVector<Value> findFormulaOperands(Value value) {
  constexpr size_t maxOperands = 16;
  SmallVector<Value> operands = {value};
  for (size_t i = 0; i < operands.size(); ++i) {
    Operation *op = operands[i].getDefiningOp();
    if (!isArithmetic(op))
      continue;
    for (Value operand : op->getOperands())
      if (!getScalar(operand) && operands.size() < maxOperands &&
          !llvm::is_contained(operands, operand))
        operands.push_back(operand);
  }
  return operands;
}

namespace {
/// argument(x), the activation around it, and x
struct Argument {
  Value x;
  double linear; ///< Coefficient of x.
  double cubic;  ///< Coefficient of x³.
};

/// Reads `value` as linear·x + cubic·x³ of some tensor x for which `fits`.
std::optional<Argument>
matchArgument(Value value, llvm::function_ref<bool(const Argument &)> fits) {
  for (Value x : findFormulaOperands(value)) {
    x = skipFloatCasts(x);
    auto formula = Polynomial::expand(value, [&](Value v) { return v == x; });
    if (!formula)
      continue;
    Argument argument{x, formula->take({{x, 1}}), formula->take({{x, 3}})};
    if (formula->getTerms().empty() && fits(argument))
      return argument;
  }
  return std::nullopt;
}

/// Finds the last result of the formula around `inner`, a function of x, that
/// is linear·x + mixed·x·inner.
Value findActivation(Value inner, Value x, double linear, double mixed) {
  Type type = getElementTypeOrSelf(x);
  Value found;
  for (Value result : findFormulaResults(inner)) {
    auto formula = Polynomial::expand(
        result, [&](Value v) { return v == x || v == inner; });
    if (!formula)
      continue;
    double foundLinear = formula->take({{x, 1}});
    double foundMixed =
        formula->take(Polynomial::makeProduct({{x, 1}, {inner, 1}}));
    if (formula->getTerms().empty() && isClose(foundLinear, linear, type) &&
        isClose(foundMixed, mixed, type) && result.getType() == x.getType())
      found = result;
  }
  return found;
}

/// Replaces `result` by Gelu(x).
void buildGelu(Value result, Value x, StringRef approximate,
               RaiseReport &report, PatternRewriter &rewriter) {
  Operation *last = result.getDefiningOp();
  rewriter.setInsertionPoint(last);
  report.noteRaised("Gelu", last->getLoc());
  rewriter.replaceOpWithNewOp<onnx::GeluOp>(last, result.getType(), x,
                                            approximate);
}

// x·(1 + erf(x/√2))/2 → Gelu(x)
struct RaiseErfGelu : RaisePattern<onnx::ErfOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::ErfOp op,
                                PatternRewriter &rewriter) const override {
    Type type = getElementTypeOrSelf(op.getType());
    auto argument = matchArgument(op.getInput(), [&](const Argument &a) {
      return a.cubic == 0 && isClose(a.linear, M_SQRT1_2, type);
    });
    if (!argument)
      return report.noteMiss(op, "GELU", "its argument is not x / sqrt(2)");
    Value result = findActivation(op.getOutput(), argument->x, 0.5, 0.5);
    if (!result)
      return report.noteMiss(op, "GELU",
                             "no result is 0.5 * x * (1 + erf(x / sqrt(2)))");
    buildGelu(result, argument->x, "none", report, rewriter);
    return success();
  }
};

// x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2 → Gelu(x) {approximate = "tanh"}
struct RaiseTanhGelu : RaisePattern<onnx::TanhOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::TanhOp op,
                                PatternRewriter &rewriter) const override {
    Type type = getElementTypeOrSelf(op.getType());
    auto argument = matchArgument(op.getInput(), [&](const Argument &a) {
      return isClose(a.linear, tanhScale, type) &&
             isClose(a.cubic, tanhScale * tanhCubic, type);
    });
    // A tanh is mostly an activation in its own right, and so no near miss.
    if (!argument)
      return rewriter.notifyMatchFailure(op, "no argument of a GELU");
    Value result = findActivation(op.getOutput(), argument->x, 0.5, 0.5);
    if (!result)
      return report.noteMiss(op, "GELU", "no result is 0.5 * x * (1 + tanh)");
    buildGelu(result, argument->x, "tanh", report, rewriter);
    return success();
  }
};

// x·σ(2·√(2/π)·(x + 0.044715·x³)) → Gelu(x) {approximate = "tanh"}, because
// (1 + tanh(u))/2 = σ(2u); and x·σ(α·x) → Swish(x) {alpha = α}, which is SiLU
// for α = 1 and an approximation of GELU, kept as it is, for α = 1.702
struct RaiseSigmoid : RaisePattern<onnx::SigmoidOp> {
  using RaisePattern::RaisePattern;

  LogicalResult matchAndRewrite(onnx::SigmoidOp op,
                                PatternRewriter &rewriter) const override {
    Type type = getElementTypeOrSelf(op.getType());
    auto gelu = matchArgument(op.getX(), [&](const Argument &a) {
      return isClose(a.linear, 2 * tanhScale, type) &&
             isClose(a.cubic, 2 * tanhScale * tanhCubic, type);
    });
    if (gelu)
      if (Value result = findActivation(op.getY(), gelu->x, 0, 1)) {
        buildGelu(result, gelu->x, "tanh", report, rewriter);
        return success();
      }
    Value result;
    auto swish = matchArgument(op.getX(), [&](const Argument &a) {
      if (a.cubic != 0 || a.linear == 0)
        return false;
      result = findActivation(op.getY(), a.x, 0, 1);
      return bool(result);
    });
    if (!swish)
      return rewriter.notifyMatchFailure(op, "not times its argument");
    Operation *last = result.getDefiningOp();
    rewriter.setInsertionPoint(last);
    report.noteRaised("Swish", last->getLoc());
    rewriter.replaceOpWithNewOp<onnx::SwishOp>(
        last, result.getType(), swish->x,
        rewriter.getF32FloatAttr(swish->linear));
    return success();
  }
};
} // namespace

void sopt::populateActivationPatterns(RewritePatternSet &patterns,
                                      RaiseContext &raise) {
  patterns.add<RaiseErfGelu, RaiseTanhGelu, RaiseSigmoid>(patterns.getContext(),
                                                          raise);
}
