//===- Int8Inputs.h - How inputs of layers become int8 ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SCHEDULE_INT8INPUTS_H
#define SPARSE_OPT_SCHEDULE_INT8INPUTS_H

#include "sparse-opt/Math/Rounding.h"
#include <optional>

namespace sopt {

/// How a value is rounded that layers in int8 read, see `#sopt.precision`.
struct Int8Inputs {
  /// Its feature k is multiplied by 2^exponents[k], and row k of the weights
  /// divided by it; empty for none.
  std::vector<int8_t> exponents;
  /// For all rows; none where each has its own.
  std::optional<Int8Range> range;
  /// Of each layer, what it loses: ‖x·w − x̂·ŵ‖² / ‖x·w‖² for the rounded x̂ and
  /// ŵ and all rows x.
  std::vector<double> losses;
};

/// Chooses for the layers of `weights` that all read `rows`, of `features`
/// finite numbers each, what makes the sum of their losses least.
///
/// Exponents are the nearest to log2 of max|wₖ|^(1−α) / max|xₖ|^α, for the best
/// α of a few (Xiao et al., "SmoothQuant: Accurate and Efficient Post-Training
/// Quantization for Large Language Models", ICML 2023). With `isFixed`, all
/// rows get one range, between the best of a few percentiles.
Int8Inputs chooseInt8Inputs(llvm::ArrayRef<float> rows, int64_t features,
                            llvm::ArrayRef<llvm::ArrayRef<float>> weights,
                            bool isFixed);

} // namespace sopt

#endif // SPARSE_OPT_SCHEDULE_INT8INPUTS_H
