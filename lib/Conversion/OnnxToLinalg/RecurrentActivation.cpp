//===- RecurrentActivation.cpp - Activations of recurrent operators -------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RecurrentActivation.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace sopt;

namespace sopt {
struct ActivationFunction {
  StringLiteral name;
  /// The numbers if none are given; nothing where the function takes none.
  std::optional<double> alpha, beta;
  Value (*apply)(Emitter &e, Value x, Value alpha, Value beta);
};
} // namespace sopt

static Value num(Emitter &e, Value like, double value) {
  return e.constant(like.getType(), value);
}
static Value isBelow(Emitter &e, Value a, Value b) {
  return e.make<arith::CmpFOp>(arith::CmpFPredicate::OLT, a, b);
}

static Value relu(Emitter &e, Value x, Value, Value) {
  return e.make<arith::MaximumFOp>(x, num(e, x, 0));
}
static Value tanh(Emitter &e, Value x, Value, Value) {
  return e.make<math::TanhOp>(x);
}
static Value sigmoid(Emitter &e, Value x, Value, Value) {
  Value power = e.make<math::ExpOp>(e.make<arith::NegFOp>(x));
  Value one = num(e, x, 1);
  return e.make<arith::DivFOp>(one, e.addFloat(one, power));
}
static Value linear(Emitter &e, Value x, Value alpha, Value beta) {
  return e.addFloat(e.mulFloat(alpha, x), beta);
}
static Value leakyRelu(Emitter &e, Value x, Value alpha, Value) {
  return e.select(isBelow(e, x, num(e, x, 0)), e.mulFloat(alpha, x), x);
}
static Value thresholdedRelu(Emitter &e, Value x, Value alpha, Value) {
  return e.select(isBelow(e, alpha, x), x, num(e, x, 0));
}
static Value scaledTanh(Emitter &e, Value x, Value alpha, Value beta) {
  return e.mulFloat(alpha, e.make<math::TanhOp>(e.mulFloat(beta, x)));
}
static Value hardSigmoid(Emitter &e, Value x, Value alpha, Value beta) {
  Value limited =
      e.make<arith::MinimumFOp>(linear(e, x, alpha, beta), num(e, x, 1));
  return e.make<arith::MaximumFOp>(limited, num(e, x, 0));
}
static Value elu(Emitter &e, Value x, Value alpha, Value) {
  Value bent = e.mulFloat(alpha, e.make<math::ExpM1Op>(x));
  return e.select(isBelow(e, x, num(e, x, 0)), bent, x);
}
static Value softsign(Emitter &e, Value x, Value, Value) {
  return e.make<arith::DivFOp>(
      x, e.addFloat(num(e, x, 1), e.make<math::AbsFOp>(x)));
}
// log(1 + exp(x)) as max(x, 0) + log1p(exp(-|x|)), which does not overflow.
static Value softplus(Emitter &e, Value x, Value, Value) {
  Value small =
      e.make<math::ExpOp>(e.make<arith::NegFOp>(e.make<math::AbsFOp>(x)));
  return e.addFloat(relu(e, x, {}, {}), e.make<math::Log1pOp>(small));
}

static constexpr std::nullopt_t kNone = std::nullopt;
static const ActivationFunction kFunctions[] = {
    {"Affine", 1.0, 0.0, linear},
    {"Elu", 1.0, kNone, elu},
    {"HardSigmoid", 0.2, 0.5, hardSigmoid},
    {"LeakyRelu", 0.01, kNone, leakyRelu},
    {"Relu", kNone, kNone, relu},
    {"ScaledTanh", 1.0, 1.0, scaledTanh},
    {"Sigmoid", kNone, kNone, sigmoid},
    {"Softplus", kNone, kNone, softplus},
    {"Softsign", kNone, kNone, softsign},
    {"Tanh", kNone, kNone, tanh},
    {"ThresholdedRelu", 1.0, kNone, thresholdedRelu},
};

FailureOr<SmallVector<RecurrentActivation>>
sopt::readActivations(Emitter &e, std::optional<ArrayAttr> given,
                      std::optional<ArrayRef<float>> alphas,
                      std::optional<ArrayRef<float>> betas,
                      ArrayRef<StringRef> fallback, int64_t numDirections) {
  SmallVector<StringRef> names;
  if (given) {
    for (Attribute name : *given)
      names.push_back(cast<StringAttr>(name).getValue());
  } else {
    for (int64_t i = 0; i < numDirections; ++i)
      names.append(fallback.begin(), fallback.end());
  }
  if (names.size() != fallback.size() * numDirections)
    return e.refuse("it needs " + Twine(fallback.size()) +
                    " activations per direction");
  ArrayRef<float> nextAlpha = alphas.value_or(ArrayRef<float>());
  ArrayRef<float> nextBeta = betas.value_or(ArrayRef<float>());
  auto take = [](ArrayRef<float> &next, std::optional<double> fallback) {
    if (!fallback || next.empty())
      return fallback.value_or(0);
    double value = next.front();
    next = next.drop_front();
    return value;
  };
  SmallVector<RecurrentActivation> result;
  for (StringRef name : names) {
    const auto *function =
        llvm::find_if(kFunctions, [&](const ActivationFunction &known) {
          return name.equals_insensitive(known.name);
        });
    if (function == std::end(kFunctions))
      return e.refuse("activation '" + name + "' is not known");
    double alpha = take(nextAlpha, function->alpha);
    result.push_back({function, alpha, take(nextBeta, function->beta)});
  }
  return result;
}

Value sopt::applyActivation(Emitter &e, const RecurrentActivation &activation,
                            Value x) {
  return activation.function->apply(e, x, num(e, x, activation.alpha),
                                    num(e, x, activation.beta));
}
