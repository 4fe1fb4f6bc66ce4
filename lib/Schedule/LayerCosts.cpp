//===- LayerCosts.cpp - How long a layer takes, by kernel -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/LayerCosts.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace sopt;

// avx512: fitted to kernels of 768 × 3072 and 384 × 1536 weights on a Zen 4
// core at 3.6 GHz. The others: the same counts of instructions at two vectors
// of multiply-adds per cycle and 3 GHz.
static constexpr MachineCosts kMachines[] = {
    {"avx512", 16, 12, 0.285, 0.25, 0.52, 1.0, 1.25, 1.6, 0.04},
    {"avx2", 8, 6, 0.18, 0.6, 0.33, 0.8, 0.75, 0.9, 0.05},
    {"neon", 4, 8, 0.18, 0.6, 0.33, 0.8, 0.75, 0.6, 0.05},
    {"generic", 4, 6, 0.36, 0.6, 0.5, 0.8, 1.5, 0.6, 0.05},
};

StringRef sopt::getName(LayerKernel kernel) {
  switch (kernel) {
  case LayerKernel::Dense:
    return "dense";
  case LayerKernel::Csr:
    return "csr";
  case LayerKernel::Block4:
    return "block 4x1";
  }
  llvm_unreachable("all kernels are listed");
}

const MachineCosts *sopt::lookUpMachineCosts(StringRef isa) {
  const auto *found = find_if(kMachines, [&](const MachineCosts &machine) {
    return machine.isa == isa;
  });
  return found == std::end(kMachines) ? nullptr : found;
}

/// What a kernel computes, or waits for the weight, whichever is longer.
static double atLeastReading(const MachineCosts &machine, double time,
                             double bytes) {
  return std::max(time, bytes * machine.weightByte);
}

static double roundUp(double value, double step) {
  return std::ceil(value / step) * step;
}

static double predictDense(const MachineCosts &machine,
                           const WeightPattern &pattern, int64_t tokens) {
  double elements = double(pattern.k) * pattern.n;
  // A tile that is not full is made of halves, quarters and so on of it, which
  // load more per product: about as if it were half full.
  double rows = roundUp(tokens, std::max(1.0, machine.denseTokens / 4));
  return atLeastReading(machine,
                        elements / machine.lanes * rows * machine.denseProduct,
                        elements * 4);
}

/// Time that depends on vectors of tokens and not on the weight.
static double predictTransposes(const MachineCosts &machine,
                                const WeightPattern &pattern, double vectors) {
  return double(pattern.k + pattern.n) * vectors * machine.transposedVector;
}

double sopt::predictTime(const MachineCosts &machine,
                         const WeightPattern &pattern, LayerKernel kernel,
                         int64_t tokens) {
  if (kernel == LayerKernel::Dense)
    return predictDense(machine, pattern, tokens);
  double vectors = std::ceil(double(tokens) / machine.lanes);
  double tiles = std::ceil(double(tokens) / 64);
  bool isCsr = kernel == LayerKernel::Csr;
  double stored = isCsr ? pattern.nonZeros : pattern.blocksOf4;
  double time =
      stored *
      (isCsr ? tiles * machine.csrElement + vectors * machine.csrProduct
             : tiles * machine.blockElement + vectors * machine.blockProducts);
  double bytes = stored * (isCsr ? 6 : 18);
  return predictTransposes(machine, pattern, vectors) +
         atLeastReading(machine, time, bytes * tiles);
}

double sopt::getCsrBreakEven(const MachineCosts &machine,
                             const WeightPattern &pattern, int64_t tokens) {
  WeightPattern full = pattern;
  full.nonZeros = pattern.k * pattern.n;
  WeightPattern none = pattern;
  none.nonZeros = 0;
  double dense = predictTime(machine, full, LayerKernel::Dense, tokens);
  double fixed = predictTime(machine, none, LayerKernel::Csr, tokens);
  double perShare =
      predictTime(machine, full, LayerKernel::Csr, tokens) - fixed;
  if (fixed >= dense || perShare <= 0)
    return 1;
  return std::clamp(1 - (dense - fixed) / perShare, 0.0, 1.0);
}
