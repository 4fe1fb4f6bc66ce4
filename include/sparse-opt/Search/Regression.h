//===- Regression.h - What a layer gets and what it should give -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SEARCH_REGRESSION_H
#define SPARSE_OPT_SEARCH_REGRESSION_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <vector>

namespace sopt {

/// All that least squares need to know of a layer's inputs x and the targets t
/// of its products: their means, and moments about these.
struct RegressionMoments {
  int64_t inputs = 0, outputs = 0;
  std::vector<double> mean, targetMean;
  std::vector<double> own;   ///< E[xᵀx], inputs × inputs, symmetric.
  std::vector<double> cross; ///< E[xᵀt], inputs × outputs.
};

/// Gathers RegressionMoments as rows come, in memory that does not depend on
/// their number.
class RegressionSums {
public:
  RegressionSums(int64_t inputs, int64_t outputs);

  /// Adds rows of x and t. False, with nothing added, if an element is not
  /// finite.
  bool add(llvm::ArrayRef<float> x, llvm::ArrayRef<float> t);

  int64_t getRows() const { return rows; }

  /// Of all that `parts` have seen. Without `isCentred` the means are zero, for
  /// layers that can't move their outputs' means.
  static RegressionMoments get(llvm::ArrayRef<const RegressionSums *> parts,
                               bool isCentred);

private:
  /// Takes the rows that wait to the sums.
  void flush() const;

  int64_t inputs, outputs, rows = 0;
  /// Rows that wait, so that products are of large matrices. They are single
  /// precision as the model is, and their sums are double.
  mutable std::vector<float> waitingInputs, waitingTargets;
  mutable std::vector<double> sums, targetSums;
  /// Of xᵀx, in its upper triangle, and of xᵀt.
  mutable std::vector<double> own, cross;
};

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_REGRESSION_H
