//===- LayerCosts.h - How long a layer takes, by kernel ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model of the matrix kernels with few constants, each of which is the time
// of one thing that a kernel does, so that it can be measured on a machine and
// argued about without one. It leaves out what is the same for all kernels: the
// activation, and how threads are started.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SCHEDULE_LAYERCOSTS_H
#define SPARSE_OPT_SCHEDULE_LAYERCOSTS_H

#include "sparse-opt/Analysis/WeightPattern.h"
#include "sparse-opt/Schedule/PrecisionChoice.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace sopt {

/// The ways to compute a layer.
enum class LayerKernel { Dense, Csr, Block4, OneOf4, TwoOf4 };

llvm::StringRef getName(LayerKernel kernel);

/// Of each 4 neighbouring inputs of an output, so many weights are stored by
/// OneOf4 and TwoOf4; 0 for other kernels.
int64_t getKept(LayerKernel kernel);

/// Whether there is a kernel for what a layer multiplies. In bf16 all are
/// dense, in int8 all but N:M can skip zeros.
bool hasKernel(LayerKernel kernel, LayerPrecision precision);

/// What one core takes for the steps of the kernels, in nanoseconds. A product
/// is one vector of multiply-adds.
struct MachineCosts {
  llvm::StringRef isa;
  /// f32 in a vector.
  double lanes;
  double denseProduct;
  /// Of CSR: a stored element, and each product with it, whose input comes from
  /// the first-level cache, or from the second.
  double csrElement, csrNearProduct, csrFarProduct;
  /// Of blocks of 4: a block, and the 4 products with one vector of inputs.
  double blockElement, blockProducts;
  /// A stored element, or block of 4, where there is one token.
  double csrOneToken, blockOneToken;
  /// Of N:M: to load a vector of weights and decode its places, and each
  /// product with it, whose inputs are picked from a group.
  double nmElement, nmProduct;
  /// To transpose a vector of x or y, and to begin and end its sums.
  double transposedVector;
  /// To read a byte of a weight from beyond the core's own caches.
  double weightByte;
  /// Products of dense kernels in fewer bits: as much work as one of f32.
  double bf16Product = 0, int8Product = 0;
  /// In int8, of a tile of 64 tokens a vector: of CSR with a stored element, of
  /// blocks with 4.
  double int8CsrProduct = 0, int8BlockProducts = 0;
  /// To round a vector of x.
  double roundedVector = 0;
  /// |predicted − measured| / measured of layers that the costs were not fitted
  /// to, in the median; 0 where they were not compared.
  double medianError = 0;
};

/// The built-in table's entry for `isa` and a processor's features beyond it,
/// of which half-rate and the instructions for fewer bits count; none if it has
/// none.
std::optional<MachineCosts>
lookUpMachineCosts(llvm::StringRef isa,
                   llvm::ArrayRef<std::string> features = {});

/// The share of CSR's inputs, with K of them for each token of a tile, that
/// comes from the second-level cache: they are read in no order.
double getFarShare(double k, double tileTokens);

/// Nanoseconds of one thread for a layer with `tokens` tokens, of a kernel that
/// there is for the precision.
double predictTime(const MachineCosts &machine, const WeightPattern &pattern,
                   LayerKernel kernel, int64_t tokens,
                   LayerPrecision precision = LayerPrecision::F32);

/// The share of zeros from which CSR is faster than dense, for a layer of this
/// size and random zeros; 1 if it never is.
double getCsrBreakEven(const MachineCosts &machine,
                       const WeightPattern &pattern, int64_t tokens,
                       LayerPrecision precision = LayerPrecision::F32);

} // namespace sopt

#endif // SPARSE_OPT_SCHEDULE_LAYERCOSTS_H
