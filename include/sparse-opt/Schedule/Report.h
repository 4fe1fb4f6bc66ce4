//===- Report.h - What was chosen for each layer, and why -------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SCHEDULE_REPORT_H
#define SPARSE_OPT_SCHEDULE_REPORT_H

#include "sparse-opt/Math/Rounding.h"
#include "sparse-opt/Report/ReportFormat.h"
#include "sparse-opt/Schedule/KernelChoice.h"
#include "sparse-opt/Schedule/PrecisionChoice.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>

namespace sopt {

/// A layer as the report shows it.
struct ReportedLayer {
  std::string name; ///< Of the node, or where it is in the text.
  WeightPattern pattern;
  KernelChoice kernel;
  PrecisionChoice precision;
  bool isSmoothed = false;        ///< Its input, for int8.
  std::optional<Int8Range> range; ///< Of all rows of its input, if it is fixed.

  /// In the user's words.
  std::string getReason() const;
};

struct LayerReport {
  MachineCosts machine;
  int64_t tokens; ///< Of an input for which times are predicted.
  /// Of the outputs with those in fp32, where the model was run.
  std::optional<double> cosine;
  std::vector<ReportedLayer> layers;

  /// A line per layer and one of sums; their precision, if one has another
  /// than fp32.
  void printTable(llvm::raw_ostream &os) const;

  /// {"tokens": …, "median_error": …, "cosine": …, "layers": [{"name": …, "k":
  /// …, "kernel": …, …}, …]}; times are in microseconds of one thread.
  void printJSON(llvm::raw_ostream &os) const;

  /// Two bars for each layer: its predicted time, and that of dense in fp32.
  void printSVG(llvm::raw_ostream &os) const;

  /// Prints what `format` says where it has its place: tables to standard
  /// error, what programs read to standard output.
  void print(ReportFormat format) const;
};

} // namespace sopt

#endif // SPARSE_OPT_SCHEDULE_REPORT_H
