//===- KernelChoice.h - Choose a layer's kernel, and say why ----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SCHEDULE_KERNELCHOICE_H
#define SPARSE_OPT_SCHEDULE_KERNELCHOICE_H

#include "sparse-opt/Schedule/LayerCosts.h"
#include <string>

namespace sopt {

/// A kernel for a layer and the reason for it.
struct KernelChoice {
  LayerKernel kernel;
  LayerPrecision precision;
  /// Predicted nanoseconds of one thread, of this kernel and of dense in f32.
  double time, denseTime;
  /// Below so many tokens dense is faster by a tenth or more: a power of two,
  /// so that neighbours mostly agree, or 0.
  int64_t denseBelow;
  /// One clause in the user's words: "80 % zeros: csr from 52 %, fill 3.0".
  std::string reason;
};

/// The fastest kernel for `tokens` tokens, where a run may have fewer, but not
/// fewer than `fewest`. One that skips zeros must promise to save a share of
/// dense's time in the same precision: predictions err, and dense is what the
/// user would have had. A kernel in f32 that skips zeros and is faster than any
/// in `precision`, and than dense in f32, is chosen, too: it rounds nothing.
KernelChoice chooseKernel(const MachineCosts &machine,
                          const WeightPattern &pattern, int64_t tokens,
                          int64_t fewest,
                          LayerPrecision precision = LayerPrecision::F32);

/// Nanoseconds of one thread for a run with `rows` tokens of the layer that
/// chooseKernel chose a kernel for.
double predictRun(const MachineCosts &machine, const WeightPattern &pattern,
                  const KernelChoice &choice, int64_t rows);

} // namespace sopt

#endif // SPARSE_OPT_SCHEDULE_KERNELCHOICE_H
