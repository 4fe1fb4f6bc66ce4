//===- KernelChoice.cpp - Choose a layer's kernel, and say why ------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/KernelChoice.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace sopt;

/// What a kernel other than dense may take of dense's predicted time.
static constexpr double kMustSave = 0.95;
/// What it may take with fewer tokens. Beyond it the weight is kept as dense,
/// too, which may be several times what the non-zeros take.
static constexpr double kMayLose = 1.1;

static std::string explain(const MachineCosts &machine,
                           const WeightPattern &pattern, int64_t tokens,
                           LayerKernel kernel) {
  double zeros = 100 * pattern.getZeroShare();
  if (pattern.nonZeros == pattern.k * pattern.n)
    return "no zeros";
  double breakEven = 100 * getCsrBreakEven(machine, pattern, tokens);
  std::string text = formatv("{0:f0} % zeros: csr breaks even at {1:f0} %, "
                             "4x1 blocks store {2:f1} x the non-zeros",
                             zeros, breakEven, pattern.getFill())
                         .str();
  if (pattern.mostOf4 <= getKept(LayerKernel::TwoOf4))
    text += formatv(", of 4 inputs at most {0} stay", pattern.mostOf4);
  return text + ": " + getName(kernel).str();
}

/// The fewest tokens, at least `fewest`, from which on `kernel` loses little.
static int64_t getDenseBelow(const MachineCosts &machine,
                             const WeightPattern &pattern, LayerKernel kernel,
                             int64_t tokens, int64_t fewest) {
  for (int64_t few = tokens - 1; few >= fewest; --few) {
    double dense = predictTime(machine, pattern, LayerKernel::Dense, few);
    if (predictTime(machine, pattern, kernel, few) > kMayLose * dense)
      return llvm::PowerOf2Ceil(few + 1);
  }
  return 0;
}

KernelChoice sopt::chooseKernel(const MachineCosts &machine,
                                const WeightPattern &pattern, int64_t tokens,
                                int64_t fewest) {
  auto canHave = [&](LayerKernel kernel) {
    int64_t kept = getKept(kernel);
    // There is no dense form of it for fewer tokens.
    return !kept || (pattern.mostOf4 <= kept &&
                     !getDenseBelow(machine, pattern, kernel, tokens, fewest));
  };
  double dense = predictTime(machine, pattern, LayerKernel::Dense, tokens);
  KernelChoice choice = {LayerKernel::Dense, dense, dense, 0, ""};
  for (LayerKernel kernel : {LayerKernel::Csr, LayerKernel::Block4,
                             LayerKernel::OneOf4, LayerKernel::TwoOf4}) {
    double time = predictTime(machine, pattern, kernel, tokens);
    if (time < kMustSave * dense && time < choice.time && canHave(kernel)) {
      choice.kernel = kernel;
      choice.time = time;
    }
  }
  choice.reason = explain(machine, pattern, tokens, choice.kernel);
  if (choice.kernel == LayerKernel::Dense || getKept(choice.kernel))
    return choice;
  choice.denseBelow =
      getDenseBelow(machine, pattern, choice.kernel, tokens, fewest);
  if (choice.denseBelow)
    choice.reason +=
        formatv(", dense below {0} tokens", choice.denseBelow).str();
  return choice;
}

double sopt::predictRun(const MachineCosts &machine,
                        const WeightPattern &pattern,
                        const KernelChoice &choice, int64_t rows) {
  bool isDense = rows < choice.denseBelow;
  return predictTime(machine, pattern,
                     isDense ? LayerKernel::Dense : choice.kernel, rows);
}
