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
                           LayerKernel kernel, LayerPrecision precision) {
  double zeros = 100 * pattern.getZeroShare();
  if (pattern.nonZeros == pattern.k * pattern.n)
    return "no zeros";
  std::string text = formatv("{0:f0} % zeros: ", zeros).str();
  if (hasKernel(LayerKernel::Csr, precision))
    text += formatv("csr breaks even at {0:f0} %, ",
                    100 * getCsrBreakEven(machine, pattern, tokens, precision));
  text += formatv("4x1 blocks store {0:f1} x the non-zeros", pattern.getFill());
  if (pattern.mostOf4 <= getKept(LayerKernel::TwoOf4))
    text += formatv(", of 4 inputs at most {0} stay", pattern.mostOf4);
  return text + ": " + getName(kernel).str();
}

/// The fewest tokens, at least `fewest`, from which on `kernel` loses little.
static int64_t getDenseBelow(const MachineCosts &machine,
                             const WeightPattern &pattern, LayerKernel kernel,
                             LayerPrecision precision, int64_t tokens,
                             int64_t fewest) {
  for (int64_t few = tokens - 1; few >= fewest; --few) {
    double dense =
        predictTime(machine, pattern, LayerKernel::Dense, few, precision);
    if (predictTime(machine, pattern, kernel, few, precision) >
        kMayLose * dense)
      return llvm::PowerOf2Ceil(few + 1);
  }
  return 0;
}

KernelChoice sopt::chooseKernel(const MachineCosts &machine,
                                const WeightPattern &pattern, int64_t tokens,
                                int64_t fewest, LayerPrecision wanted) {
  auto getBelow = [&](LayerKernel kernel, LayerPrecision precision) {
    return getDenseBelow(machine, pattern, kernel, precision, tokens, fewest);
  };
  auto canHave = [&](LayerKernel kernel) {
    int64_t kept = getKept(kernel);
    // There is no dense form of it for fewer tokens.
    return !kept ||
           (pattern.mostOf4 <= kept && !getBelow(kernel, LayerPrecision::F32));
  };
  auto getTime = [&](LayerKernel kernel, LayerPrecision precision) {
    return predictTime(machine, pattern, kernel, tokens, precision);
  };
  KernelChoice choice = {LayerKernel::Dense,
                         wanted,
                         getTime(LayerKernel::Dense, wanted),
                         getTime(LayerKernel::Dense, LayerPrecision::F32),
                         0,
                         ""};
  SmallVector<LayerPrecision> precisions = {wanted};
  if (wanted != LayerPrecision::F32)
    precisions.push_back(LayerPrecision::F32);
  const double dense = choice.time;
  for (LayerPrecision precision : precisions) {
    // In f32, too, zeros must pay: where fewer bits are slow, any kernel in f32
    // is faster, and still not what was asked for.
    const double most =
        kMustSave *
        (precision == wanted ? dense : std::min(dense, choice.denseTime));
    for (LayerKernel kernel : {LayerKernel::Csr, LayerKernel::Block4,
                               LayerKernel::OneOf4, LayerKernel::TwoOf4}) {
      if (!hasKernel(kernel, precision))
        continue;
      double time = getTime(kernel, precision);
      if (time < most && time < choice.time && canHave(kernel)) {
        choice.kernel = kernel;
        choice.precision = precision;
        choice.time = time;
      }
    }
  }
  choice.reason =
      explain(machine, pattern, tokens, choice.kernel, choice.precision);
  if (choice.precision != wanted)
    choice.reason +=
        formatv(", faster in {0} than {1}", sopt::getName(choice.precision),
                sopt::getName(wanted))
            .str();
  if (choice.kernel == LayerKernel::Dense || getKept(choice.kernel))
    return choice;
  choice.denseBelow = getBelow(choice.kernel, choice.precision);
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
                     isDense ? LayerKernel::Dense : choice.kernel, rows,
                     choice.precision);
}
