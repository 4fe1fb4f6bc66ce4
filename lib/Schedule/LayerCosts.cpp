//===- LayerCosts.cpp - How long a layer takes, by kernel -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/LayerCosts.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace sopt;

namespace {
/// Costs of processors of an isa that have a feature, or of the others.
struct KnownMachine {
  StringLiteral feature;
  MachineCosts costs;
};

/// How much of a product of f32 one takes in fewer bits.
struct NarrowCosts {
  StringLiteral isa; ///< Empty for any.
  StringLiteral feature;
  double bf16Product, int8Product, int8CsrProduct, int8BlockProducts;
};
} // namespace

// Fitted to kernels with K from 64 to 1536: avx512 by --measure-machine on a
// Xeon with two units of 512 bits at 3.4 GHz, with half-rate on a Zen 4 core at
// 3.7 GHz, avx2 on a Zen 1 core at 2.5 GHz, which does one product per cycle.
// The others: the same counts of instructions, with two products per cycle, at
// 3 GHz. N:M was measured with half-rate, and for avx2 and generic on a Zen 3
// core: there it stands in the proportion to dense products that it has on
// that. For the others it is counts of instructions: Xeons permute once per
// cycle, where a product could be, and neon decodes in four steps.
static constexpr KnownMachine kMachines[] = {
    {"half-rate",
     {"avx512", 16, 0.274, 0.19, 0.28, 0.65, 0.032, 1.09, 0.29, 1.03, 0.107,
      0.515, 2.38, 0.013}},
    {"",
     {"avx512", 16, 0.168, 0.38, 0.23, 0.42, 0.42, 0.6, 0.31, 1.0, 0.2, 0.33,
      2.0, 0.034}},
    {"",
     {"avx2", 8, 0.42, 0.29, 0.75, 0.85, 0.43, 1.69, 0.75, 1.92, 0.39, 0.77,
      3.9, 0.033}},
    {"",
     {"neon", 4, 0.18, 0.15, 0.2, 0.25, 0.1, 0.75, 0.34, 0.7, 0.3, 0.36, 0.8,
      0.03}},
    {"",
     {"generic", 4, 0.36, 0.15, 0.36, 0.4, 0.1, 1.45, 0.5, 1.2, 0.5, 2.4, 0.8,
      0.03}},
};

// Best first. Those with AMX come from the times of whole models on a Xeon,
// with vnni and bf16 from --measure-machine on a Zen 4 core; the others are
// counts of instructions.
static constexpr NarrowCosts kNarrow[] = {
    {"avx512", "amx-int8", 0.2, 0.15, 0.44, 1.0},
    {"avx512", "vnni", 0.5, 0.26, 0.44, 1.0},
    {"avx512", "bw", 1.3, 0.6, 1.6, 4.5},
    {"avx2", "vnni", 1.3, 0.3, 0.5, 1.1},
    {"avx2", "", 1.3, 0.65, 1.6, 4.5},
    {"", "", 1.3, 1.3, 1.5, 5},
};

/// What it takes to round a vector, in what it takes to transpose one.
static constexpr double kRounding = 1.2;

/// Tokens of a tile, and bytes of the first-level cache that tiles may take.
static constexpr double kTileTokens = 64, kNearBytes = 32 * 1024;

StringRef sopt::getName(LayerKernel kernel) {
  switch (kernel) {
  case LayerKernel::Dense:
    return "dense";
  case LayerKernel::Csr:
    return "csr";
  case LayerKernel::Block4:
    return "block 4x1";
  case LayerKernel::OneOf4:
    return "nm 1:4";
  case LayerKernel::TwoOf4:
    return "nm 2:4";
  }
  llvm_unreachable("all kernels are listed");
}

bool sopt::hasKernel(LayerKernel kernel, LayerPrecision precision) {
  switch (precision) {
  case LayerPrecision::F32:
    return true;
  case LayerPrecision::Bf16:
    return kernel == LayerKernel::Dense;
  case LayerPrecision::Int8:
    return !getKept(kernel);
  }
  llvm_unreachable("all precisions are listed");
}

int64_t sopt::getKept(LayerKernel kernel) {
  switch (kernel) {
  case LayerKernel::OneOf4:
    return 1;
  case LayerKernel::TwoOf4:
    return 2;
  default:
    return 0;
  }
}

/// Whether an entry is for `isa` and `features`.
static bool isFor(StringRef isa, ArrayRef<std::string> features,
                  StringRef wantedIsa, StringRef wantedFeature) {
  return (wantedIsa.empty() || wantedIsa == isa) &&
         (wantedFeature.empty() || is_contained(features, wantedFeature));
}

std::optional<MachineCosts>
sopt::lookUpMachineCosts(StringRef isa, ArrayRef<std::string> features) {
  const auto *found = find_if(kMachines, [&](const KnownMachine &machine) {
    return isFor(isa, features, machine.costs.isa, machine.feature);
  });
  if (found == std::end(kMachines))
    return std::nullopt;
  MachineCosts machine = found->costs;
  const NarrowCosts &narrow = *find_if(kNarrow, [&](const NarrowCosts &costs) {
    return isFor(isa, features, costs.isa, costs.feature);
  });
  machine.bf16Product = narrow.bf16Product * machine.denseProduct;
  machine.int8Product = narrow.int8Product * machine.denseProduct;
  machine.int8CsrProduct = narrow.int8CsrProduct * machine.denseProduct;
  machine.int8BlockProducts = narrow.int8BlockProducts * machine.denseProduct;
  machine.roundedVector = kRounding * machine.transposedVector;
  return machine;
}

/// What a kernel computes, or waits for the weight, whichever is longer.
static double atLeastReading(const MachineCosts &machine, double time,
                             double bytes) {
  return std::max(time, bytes * machine.weightByte);
}

static double predictDense(const MachineCosts &machine,
                           const WeightPattern &pattern, int64_t tokens) {
  double elements = double(pattern.k) * pattern.n;
  double products = elements / machine.lanes * tokens;
  return atLeastReading(machine, products * machine.denseProduct,
                        elements * sizeof(float));
}

static double predictRounding(const MachineCosts &machine,
                              const WeightPattern &pattern, double tokens) {
  return double(pattern.k) / machine.lanes * tokens * machine.roundedVector;
}

static double predictNarrowDense(const MachineCosts &machine,
                                 const WeightPattern &pattern, int64_t tokens,
                                 LayerPrecision precision) {
  bool isInt8 = precision == LayerPrecision::Int8;
  double elements = double(pattern.k) * pattern.n;
  double products = elements / machine.lanes * tokens;
  double time = products * (isInt8 ? machine.int8Product : machine.bf16Product);
  return predictRounding(machine, pattern, double(tokens)) +
         atLeastReading(machine, time, elements * (isInt8 ? 1 : 2));
}

// Values, and 2 bits of each one's place; the last group may have fewer inputs.
static double predictNM(const MachineCosts &machine,
                        const WeightPattern &pattern, int64_t kept,
                        int64_t tokens) {
  constexpr double kElementBytes = 4.25;
  double elements =
      double(divideCeilSigned(pattern.k, 4) * kept) * double(pattern.n);
  double time = machine.nmElement + double(tokens) * machine.nmProduct;
  return atLeastReading(machine, elements / machine.lanes * time,
                        elements * kElementBytes);
}

// As large as what the first-level cache does not hold.
double sopt::getFarShare(double k, double tileTokens) {
  double tileBytes = k * tileTokens * sizeof(float);
  return std::max(0.0, 1 - kNearBytes / std::max(tileBytes, 1.0));
}

static double getCsrProduct(const MachineCosts &machine, double k,
                            double vectors) {
  double tileTokens = std::min(vectors * machine.lanes, kTileTokens);
  return std::max(machine.csrNearProduct,
                  machine.csrFarProduct * getFarShare(k, tileTokens));
}

/// To store and load the sums of all rows once for each panel.
static double predictPanels(const MachineCosts &machine,
                            const WeightPattern &pattern, double vectors) {
  constexpr double kProducts = 5; // That take as long, for a vector of sums.
  int64_t panels = countCsrPanels(pattern.k, pattern.n, pattern.nonZeros);
  if (panels == 1)
    return 0;
  return double(panels * pattern.n) * vectors * kProducts *
         machine.denseProduct;
}

// Tokens that fit one vector are a tile of 1, 4, 8 … of them, and an element
// costs what lies between one token and a whole vector.
static double getElementTime(double tokens, double lanes, double tiles,
                             double oneToken, double element, double product) {
  if (tokens > lanes)
    return tiles * element + std::ceil(tokens / lanes) * product;
  double width =
      tokens > 1 ? std::max(4.0, double(PowerOf2Ceil(uint64_t(tokens)))) : 1;
  double share = (width - 1) / (lanes - 1);
  return oneToken + share * std::max(0.0, element + product - oneToken);
}

static double predictCsr(const MachineCosts &machine,
                         const WeightPattern &pattern, int64_t tokens,
                         double tiles, double vectors) {
  constexpr int64_t kElementBytes = 6; // A value and a 16-bit index.
  bool isCut = countCsrPanels(pattern.k, pattern.n, pattern.nonZeros) > 1;
  double product = getCsrProduct(
      machine, double(isCut ? kCsrPanelInputs : pattern.k), vectors);
  double time =
      getElementTime(double(tokens), machine.lanes, tiles, machine.csrOneToken,
                     machine.csrElement, product);
  return predictPanels(machine, pattern, vectors) +
         atLeastReading(machine, double(pattern.nonZeros) * time,
                        tiles * double(pattern.nonZeros) * kElementBytes);
}

static double predictBlocks(const MachineCosts &machine,
                            const WeightPattern &pattern, int64_t tokens,
                            double tiles) {
  constexpr int64_t kBlockBytes = 18;
  double time = getElementTime(double(tokens), machine.lanes, tiles,
                               machine.blockOneToken, machine.blockElement,
                               machine.blockProducts);
  return atLeastReading(machine, double(pattern.blocksOf4) * time,
                        tiles * double(pattern.blocksOf4) * kBlockBytes);
}

/// Vectors of tokens as int8 pays for them: what it fetches and interleaves for
/// a tile, a share of the tile's work, does not depend on how many there are.
static double countPaidVectors(double vectors, double perTile, double shared) {
  double whole = std::floor(vectors / perTile) * perTile;
  double rest = vectors - whole;
  return rest == 0 ? whole : whole + shared * perTile + (1 - shared) * rest;
}

static double predictNarrowSparse(const MachineCosts &machine,
                                  const WeightPattern &pattern,
                                  LayerKernel kernel, double vectors) {
  double perTile = kTileTokens / machine.lanes;
  // Of a tile, 4 inputs take 4 loads and 8 interleavings, and 4 products for
  // each output.
  constexpr double kCsrShared = 12.0 / 16, kBlockShared = 12.0 / 28;
  double products = kernel == LayerKernel::Csr
                        ? double(pattern.nonZeros) * machine.int8CsrProduct *
                              countPaidVectors(vectors, perTile, kCsrShared)
                        : double(pattern.blocksOf4) *
                              machine.int8BlockProducts *
                              countPaidVectors(vectors, perTile, kBlockShared);
  return predictRounding(machine, pattern, vectors * machine.lanes) + products;
}

double sopt::predictTime(const MachineCosts &machine,
                         const WeightPattern &pattern, LayerKernel kernel,
                         int64_t tokens, LayerPrecision precision) {
  assert(hasKernel(kernel, precision) && "there is no such kernel");
  bool isNarrow = precision != LayerPrecision::F32;
  if (kernel == LayerKernel::Dense)
    return isNarrow ? predictNarrowDense(machine, pattern, tokens, precision)
                    : predictDense(machine, pattern, tokens);
  if (int64_t kept = getKept(kernel))
    return predictNM(machine, pattern, kept, tokens);
  double vectors = std::ceil(double(tokens) / machine.lanes);
  double tiles = std::ceil(double(tokens) / kTileTokens);
  double transposes =
      double(pattern.k + pattern.n) * vectors * machine.transposedVector;
  if (isNarrow)
    return transposes + predictNarrowSparse(machine, pattern, kernel, vectors);
  return transposes +
         (kernel == LayerKernel::Csr
              ? predictCsr(machine, pattern, tokens, tiles, vectors)
              : predictBlocks(machine, pattern, tokens, tiles));
}

// More zeros are never slower, but where panels end there is a step.
double sopt::getCsrBreakEven(const MachineCosts &machine,
                             const WeightPattern &pattern, int64_t tokens,
                             LayerPrecision precision) {
  if (!hasKernel(LayerKernel::Csr, precision))
    return 1;
  WeightPattern some = pattern;
  auto isSlower = [&](int64_t nonZeros) {
    some.nonZeros = nonZeros;
    return predictTime(machine, some, LayerKernel::Csr, tokens, precision) >=
           predictTime(machine, some, LayerKernel::Dense, tokens, precision);
  };
  int64_t all = pattern.k * pattern.n, few = 0, many = all;
  if (isSlower(0))
    return 1;
  while (many - few > 1) {
    int64_t middle = few + (many - few) / 2;
    (isSlower(middle) ? many : few) = middle;
  }
  return 1 -
         double(isSlower(all) ? few : all) / double(std::max<int64_t>(all, 1));
}
