//===- Report.h - What was chosen for each layer, and why -------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SCHEDULE_REPORT_H
#define SPARSE_OPT_SCHEDULE_REPORT_H

#include "sparse-opt/Report/ReportFormat.h"
#include "sparse-opt/Schedule/KernelChoice.h"
#include "llvm/Support/raw_ostream.h"

namespace sopt {

/// A layer as the report shows it.
struct ScheduledLayer {
  std::string name; ///< Of the node, or where it is in the text.
  WeightPattern pattern;
  KernelChoice choice;
};

/// A line per layer and one of sums.
void printTable(llvm::ArrayRef<ScheduledLayer> layers,
                const MachineCosts &machine, int64_t tokens,
                llvm::raw_ostream &os);

/// {"tokens": …, "median_error": …, "layers": [{"name": …, "k": …, "kernel": …,
/// …}, …]}; times are in microseconds of one thread.
void printJSON(llvm::ArrayRef<ScheduledLayer> layers,
               const MachineCosts &machine, int64_t tokens,
               llvm::raw_ostream &os);

/// Two bars for each layer: its predicted time, and that of dense.
void printSVG(llvm::ArrayRef<ScheduledLayer> layers, int64_t tokens,
              llvm::raw_ostream &os);

/// Prints the report where `format` has its place.
void printReport(llvm::ArrayRef<ScheduledLayer> layers,
                 const MachineCosts &machine, int64_t tokens,
                 ReportFormat format);

} // namespace sopt

#endif // SPARSE_OPT_SCHEDULE_REPORT_H
