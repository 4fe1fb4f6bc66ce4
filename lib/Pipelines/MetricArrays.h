//===- MetricArrays.h - Labels and scores in a file of arrays ---*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_METRICARRAYS_H
#define SPARSE_OPT_LIB_PIPELINES_METRICARRAYS_H

#include "Calibration.h"
#include "sparse-opt/Search/Metrics.h"

namespace sopt {

/// The class of each of `items`, from the array `labels` of the calibration
/// file's `arrays`: a whole number for each item of the file. Fails unless
/// there are two classes, and one of them has two items.
llvm::Expected<std::vector<int64_t>>
readLabels(llvm::ArrayRef<Tensor> arrays,
           llvm::ArrayRef<CalibrationItem> items);

/// The pairs that the array `scores` has a number for: rows of the array
/// `pairs`, two items' numbers in the file each; or without it items 0 and 1, 2
/// and 3, and so on. Fails if the scores are all equal.
llvm::Expected<std::vector<RatedPair>>
readScores(llvm::ArrayRef<Tensor> arrays,
           llvm::ArrayRef<CalibrationItem> items);

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_METRICARRAYS_H
