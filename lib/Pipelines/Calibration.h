//===- Calibration.h - Inputs that represent a model's use ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_CALIBRATION_H
#define SPARSE_OPT_LIB_PIPELINES_CALIBRATION_H

#include "sparse-opt/Execution/LoadedModel.h"

namespace sopt {

/// What one run of a model takes, in the order of its inputs.
using CalibrationItem = std::vector<Tensor>;

/// The items of a .npz file with an array for each input of `model`, in which
/// the first axis counts the items. Where there is an input `attention_mask`
/// and the model leaves the second axis open, each item is cut to the length
/// that its mask has: padding would count as data. Fails, naming the array, if
/// one is missing or of another type, or their numbers of items differ.
llvm::Expected<std::vector<CalibrationItem>>
readCalibration(llvm::StringRef path, const LoadedModel &model);

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_CALIBRATION_H
