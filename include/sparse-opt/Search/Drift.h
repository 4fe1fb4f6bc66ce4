//===- Drift.h - How a layer's inputs change by pruning ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SEARCH_DRIFT_H
#define SPARSE_OPT_SEARCH_DRIFT_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <vector>

namespace sopt {

/// Means, and moments about them, of a layer's inputs x in the pruned model,
/// of their drift d = x₀ − x from the dense model's x₀, and of what the stream
/// that the outputs are added to has lost, l = r₀ − r.
struct DriftMoments {
  int64_t inputs = 0;
  int64_t width = 0; ///< Of the stream; 0 without one.
  std::vector<double> mean, driftMean, lostMean;
  std::vector<double> own;   ///< E[xᵀx], inputs × inputs, symmetric.
  std::vector<double> drift; ///< E[xᵀd], inputs × inputs.
  std::vector<double> lost;  ///< E[xᵀl], inputs × width.
};

/// Gathers DriftMoments as rows come, in memory that does not depend on their
/// number.
class Drift {
public:
  Drift(int64_t inputs, int64_t width);

  /// Adds rows of x and x₀, and of r and r₀ if there is a stream. False, with
  /// nothing added, if an element is not finite.
  bool add(llvm::ArrayRef<float> pruned, llvm::ArrayRef<float> dense,
           llvm::ArrayRef<float> stream, llvm::ArrayRef<float> denseStream);

  int64_t getRows() const { return rows; }

  /// All that `others` have seen. Without `isCentred` the means are zero, for
  /// layers that can't move their outputs' means.
  static DriftMoments get(llvm::ArrayRef<const Drift *> others, bool isCentred);

private:
  /// Takes the rows that wait to the sums.
  void flush() const;

  int64_t inputs, width, rows = 0;
  /// Rows of [x d l] that wait, so that products are of large matrices. They
  /// are single precision as the model is, and their sums are double.
  mutable std::vector<float> waiting;
  /// Sums of [x d l], and of xᵀ[x d l].
  mutable std::vector<double> sums, products;
};

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_DRIFT_H
