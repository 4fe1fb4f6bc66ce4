//===- PruneSearch.h - Which layers bear how many zeros ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The search sees what layers lose by being pruned, and a way to try a model
// out; what a layer is in the IR, and how a model runs, is its caller's
// business (lib/Pipelines/Prune.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SEARCH_PRUNESEARCH_H
#define SPARSE_OPT_SEARCH_PRUNESEARCH_H

#include "sparse-opt/Search/Pruners.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace sopt {

/// Shares of zeros that a layer may get.
llvm::ArrayRef<double> getPruneLevels();

/// What a layer's outputs lose at each of the levels, see getRelativeError.
struct ErrorTable {
  std::string name;
  int64_t weights; ///< Of the layer, dense.
  llvm::SmallVector<double> errors;
};

/// The tables of layers that read the same inputs, pruned by optimal brain
/// surgery.
llvm::Expected<std::vector<ErrorTable>>
measureErrors(llvm::ArrayRef<PrunedLayer> layers);

/// What became of one layer.
struct PrunedWeights {
  std::vector<float> weight, bias; ///< The bias is empty if there is none.
  double error;                    ///< See getRelativeError.
};

/// How many zeros each layer gets, and what that loses.
struct PruneCandidate {
  std::string name; ///< How it was found, e.g. "uniform".
  llvm::SmallVector<double> zeros;
  std::vector<PrunedWeights> layers;
  /// How far the model's outputs move on the calibration inputs; 0 for no
  /// change.
  double loss = 0;
};

struct PruneProblem {
  std::vector<ErrorTable> tables; ///< One per layer.
  /// Zeros among all weights of the layers, 0 to 1.
  double ratio = 0;
  /// Prunes the model to a candidate's zeros, and fills in the rest of it.
  llvm::function_ref<llvm::Error(PruneCandidate &)> tryOut;
  /// Whether to be content with what was tried.
  llvm::function_ref<bool()> isTimeUp;
};

/// The best of a few candidates by their loss: the same share of zeros in every
/// layer; and the allocations that are optimal where the layers' relative
/// errors, or their roots, add up (see AllocationProblem). Every candidate has
/// at least `ratio` zeros.
llvm::Expected<PruneCandidate> searchPruning(const PruneProblem &problem);

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_PRUNESEARCH_H
