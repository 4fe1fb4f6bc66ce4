//===- PrecisionChoice.h - How precise a layer is to be ------- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SCHEDULE_PRECISIONCHOICE_H
#define SPARSE_OPT_SCHEDULE_PRECISIONCHOICE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace sopt {

/// What a layer multiplies.
enum class LayerPrecision { F32, Bf16, Int8 };

llvm::StringRef getName(LayerPrecision precision);

/// A precision for a layer and the reason for it.
struct PrecisionChoice {
  LayerPrecision precision;
  /// ‖w − ŵ‖ / ‖w‖ of the weight ŵ that the layer gets.
  double error;
  /// One clause in the user's words; empty where nothing is to be said.
  std::string reason;
};

/// The precision `wanted`, or the next higher one that suits a weight of so
/// many columns. In int8, a column with a few weights much larger than the
/// others has few steps left for those: a weight may lose 5 % of its norm, five
/// times what normally distributed numbers do. A weight with an infinity or NaN
/// stays in f32.
PrecisionChoice choosePrecision(LayerPrecision wanted,
                                llvm::ArrayRef<float> weight, int64_t columns);

} // namespace sopt

#endif // SPARSE_OPT_SCHEDULE_PRECISIONCHOICE_H
