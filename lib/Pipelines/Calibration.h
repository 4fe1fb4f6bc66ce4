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

/// What one run of a model takes.
struct CalibrationItem {
  std::vector<Tensor> inputs; ///< In the order of the model's.
  unsigned source;            ///< The item of the file that it comes from.
};

/// The items of a .npz file with an array for each input of `model`, in which
/// the first axis counts the items. Where there is an input `attention_mask`
/// and the model leaves the second axis open, each item is cut to the length
/// that its mask has: padding would count as data. Fails, naming the array, if
/// one is missing or of another type, or their numbers of items differ.
llvm::Expected<std::vector<CalibrationItem>>
readCalibration(llvm::StringRef path, const LoadedModel &model);

/// The item of middling size; or, unless `shape` is empty, its arrays repeated
/// or cut to that shape. Fails, naming the input, if that does not take it.
llvm::Expected<CalibrationItem>
makeTypicalItem(llvm::ArrayRef<CalibrationItem> items,
                llvm::ArrayRef<int64_t> shape, const LoadedModel &model);

/// Adds pieces of the items, a short and a middling one of each: texts of one
/// length teach nothing of others. Of each there is another one, as long, whose
/// `input_ids` are drawn alike from all that the items have: what texts from
/// elsewhere share with these is tokens more than how they follow each other. A
/// piece keeps the first and the last token, which mark a text's ends. Only
/// where all inputs are rows of tokens that may be cut, see readCalibration;
/// the same `seed` makes the same pieces.
void addPieces(std::vector<CalibrationItem> &items, uint64_t seed);

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_CALIBRATION_H
