//===- MachineFit.cpp - A machine's costs from times of kernels -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Math/Median.h"
#include "sparse-opt/Schedule/Machine.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace sopt;

namespace {
/// Places in the list of probes. Kernels that skip zeros run with more and with
/// fewer of them (Full, Few) on a tile of tokens, one vector of them (One), or
/// one (OneToken).
enum ProbeIndex : unsigned {
  kDense,
  kDenseOneToken,
  kNearFull,
  kNearFew,
  kNearOneFull,
  kNearOneFew,
  kFarFull,
  kFarFew,
  kBlockFull,
  kBlockFew,
  kBlockOneFull,
  kBlockOneFew,
  kCsrOneTokenFull,
  kCsrOneTokenFew,
  kBlockOneTokenFull,
  kBlockOneTokenFew,
  kNM,
  kNMFew,
  kBf16,
  kInt8,
  kInt8Rounding,
  kInt8CsrFull,
  kInt8CsrFew,
  kInt8BlockFull,
  kInt8BlockFew,
  kNumProbes
};
} // namespace

static constexpr int64_t kTokens = 64;

WeightPattern Probe::getPattern() const {
  WeightPattern pattern = {k, n};
  pattern.nonZeros = stored;
  pattern.blocksOf4 = stored;
  if (kernel == LayerKernel::Block4)
    pattern.nonZeros = 4 * stored;
  if (int64_t kept = getKept(kernel))
    pattern.mostOf4 = kept;
  return pattern;
}

std::vector<Probe> sopt::getProbes(double lanes) {
  auto one = int64_t(lanes);
  std::vector<Probe> probes(kNumProbes);
  auto addPair = [&](unsigned at, int64_t k, int64_t n, LayerKernel kernel,
                     int64_t tokens,
                     LayerPrecision precision = LayerPrecision::F32) {
    int64_t all = k * n / (kernel == LayerKernel::Block4 ? 4 : 1);
    probes[at] = {k, n, all / 4, kernel, tokens, precision};
    probes[at + 1] = {k, n, all / 16, kernel, tokens, precision};
  };
  probes[kDense] = {384, 1536, 384 * 1536, LayerKernel::Dense, 2 * kTokens};
  // Larger than a core's own caches.
  probes[kDenseOneToken] = {1536, 3072, 1536 * 3072, LayerKernel::Dense, 1};
  // Tiles of 32 inputs fit the first-level cache, of 384 for a third; and of
  // these so few are stored that they are not cut into panels.
  addPair(kNearFull, 32, 3072, LayerKernel::Csr, kTokens);
  addPair(kNearOneFull, 32, 3072, LayerKernel::Csr, one);
  for (auto [at, stored] :
       {std::pair<unsigned, int64_t>(kFarFull, 384 * 96), {kFarFew, 384 * 16}})
    probes[at] = {384, 3072, stored, LayerKernel::Csr, kTokens};
  addPair(kBlockFull, 384, 1536, LayerKernel::Block4, kTokens);
  addPair(kBlockOneFull, 384, 1536, LayerKernel::Block4, one);
  addPair(kCsrOneTokenFull, 384, 1536, LayerKernel::Csr, 1);
  addPair(kBlockOneTokenFull, 384, 1536, LayerKernel::Block4, 1);
  // With fewer tokens than that, it would wait for the weight.
  constexpr int64_t kFewTokens = 4;
  for (auto [at, tokens] :
       {std::pair<unsigned, int64_t>(kNM, 2 * kTokens), {kNMFew, kFewTokens}})
    probes[at] = {384, 1536, 384 * 1536 / 2, LayerKernel::TwoOf4, tokens};
  // Few outputs leave mostly the rounding of inputs.
  for (auto [at, n, precision] : {std::tuple<unsigned, int64_t, LayerPrecision>(
                                      kBf16, 1536, LayerPrecision::Bf16),
                                  {kInt8, 1536, LayerPrecision::Int8},
                                  {kInt8Rounding, 64, LayerPrecision::Int8}})
    probes[at] = {384, n, 384 * n, LayerKernel::Dense, 2 * kTokens, precision};
  addPair(kInt8CsrFull, 384, 1536, LayerKernel::Csr, kTokens,
          LayerPrecision::Int8);
  addPair(kInt8BlockFull, 384, 1536, LayerKernel::Block4, kTokens,
          LayerPrecision::Int8);
  return probes;
}

MachineCosts sopt::fitCosts(const MachineCosts &base, ArrayRef<double> times) {
  std::vector<Probe> probes = getProbes(base.lanes);
  assert(times.size() == probes.size() && "one time for each probe");
  // Of one stored element, from a pair of probes that differ in their number.
  auto perElement = [&](unsigned pair) {
    return (times[pair] - times[pair + 1]) /
           double(probes[pair].stored - probes[pair + 1].stored);
  };
  auto notNegative = [](double cost) { return std::max(cost, 0.0); };
  // Of one product, from the times of an element with many and with one.
  double vectors = kTokens / base.lanes;
  auto perProduct = [&](double many, double one) {
    return vectors > 1 ? notNegative((many - one) / (vectors - 1)) : one;
  };

  MachineCosts machine = base;
  const Probe &dense = probes[kDense];
  machine.denseProduct =
      times[kDense] * base.lanes / double(dense.k * dense.n * dense.tokens);
  const Probe &oneToken = probes[kDenseOneToken];
  machine.weightByte =
      times[kDenseOneToken] / double(oneToken.k * oneToken.n * sizeof(float));

  double near = perElement(kNearFull), nearOne = perElement(kNearOneFull);
  // Probes of so few inputs are mostly what begins and ends sums: where nothing
  // is left for products, they still take about as long as dense's.
  machine.csrNearProduct =
      std::max(perProduct(near, nearOne), 0.75 * machine.denseProduct);
  machine.csrElement = notNegative(nearOne - machine.csrNearProduct);
  machine.csrFarProduct =
      notNegative((perElement(kFarFull) - machine.csrElement) / vectors) /
      getFarShare(double(probes[kFarFull].k), kTokens);

  double block = perElement(kBlockFull);
  machine.blockProducts = perProduct(block, perElement(kBlockOneFull));
  machine.blockElement = notNegative(block - vectors * machine.blockProducts);

  machine.csrOneToken = notNegative(perElement(kCsrOneTokenFull));
  machine.blockOneToken = notNegative(perElement(kBlockOneTokenFull));

  auto perNMVector = [&](unsigned at) {
    return times[at] * base.lanes / double(probes[at].stored);
  };
  machine.nmProduct = notNegative(perNMVector(kNM) - perNMVector(kNMFew)) /
                      double(probes[kNM].tokens - probes[kNMFew].tokens);
  machine.nmElement = notNegative(
      perNMVector(kNMFew) - double(probes[kNMFew].tokens) * machine.nmProduct);

  auto getVectors = [&](unsigned at, double outputs) {
    return double(probes[at].k) * outputs * double(probes[at].tokens) /
           base.lanes;
  };
  machine.int8Product =
      notNegative(times[kInt8] - times[kInt8Rounding]) /
      getVectors(kInt8, double(probes[kInt8].n - probes[kInt8Rounding].n));
  machine.roundedVector =
      notNegative(times[kInt8Rounding] / getVectors(kInt8Rounding, 1) -
                  double(probes[kInt8Rounding].n) * machine.int8Product);
  machine.bf16Product =
      notNegative(times[kBf16] / getVectors(kBf16, 1) - machine.roundedVector) /
      double(probes[kBf16].n);
  machine.int8CsrProduct = notNegative(perElement(kInt8CsrFull)) / vectors;
  machine.int8BlockProducts = notNegative(perElement(kInt8BlockFull)) / vectors;

  const Probe &few = probes[kBlockFew];
  machine.transposedVector =
      notNegative(times[kBlockFew] - double(few.stored) * block) /
      (double(few.k + few.n) * vectors);
  return machine;
}

std::vector<Probe> sopt::getChecks() {
  constexpr int64_t kCheckedTokens = 128;
  std::vector<Probe> checks;
  for (auto [k, n] :
       {std::pair<int64_t, int64_t>(384, 384), {768, 768}, {1536, 384}}) {
    checks.push_back({k, n, k * n, LayerKernel::Dense, kCheckedTokens});
    for (int64_t share : {5, 10}) {
      checks.push_back({k, n, k * n / share, LayerKernel::Csr, kCheckedTokens});
      checks.push_back(
          {k, n, k * n / 4 / share, LayerKernel::Block4, kCheckedTokens});
    }
    checks.push_back({k, n, k * n, LayerKernel::Dense, kCheckedTokens,
                      LayerPrecision::Int8});
    checks.push_back({k, n, k * n / 10, LayerKernel::Csr, kCheckedTokens,
                      LayerPrecision::Int8});
    for (LayerKernel kernel : {LayerKernel::OneOf4, LayerKernel::TwoOf4})
      checks.push_back(
          {k, n, k * n / 4 * getKept(kernel), kernel, kCheckedTokens});
  }
  return checks;
}

double sopt::getMedianError(const MachineCosts &machine,
                            ArrayRef<double> times) {
  std::vector<double> errors;
  for (auto [check, time] : zip_equal(getChecks(), times)) {
    double predicted = predictTime(machine, check.getPattern(), check.kernel,
                                   check.tokens, check.precision);
    errors.push_back(std::abs(predicted - time) / time);
  }
  return getMedian(errors);
}
