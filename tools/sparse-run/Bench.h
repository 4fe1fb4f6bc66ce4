//===- Bench.h - Time runs --------------------------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSERUN_BENCH_H
#define SPARSE_OPT_TOOLS_SPARSERUN_BENCH_H

#include "Options.h"
#include "Reference.h"
#include "sparse-opt/Execution/LoadedModel.h"

namespace sopt {

/// Times of one side's runs.
struct Timing {
  explicit Timing(std::vector<double> nanoseconds);

  /// The time below which `share` of the runs are, in milliseconds.
  double getQuantile(double share) const;
  double getMedian() const { return getQuantile(0.5); }
  size_t getRuns() const { return sorted.size(); }

private:
  std::vector<double> sorted; ///< In nanoseconds.
};

/// Runs `session` for some seconds, in turns with `reference` if there is one,
/// and prints what `options` ask for.
llvm::Error bench(Session &session, Reference *reference,
                  const Options &options);

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSERUN_BENCH_H
