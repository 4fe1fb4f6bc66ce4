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

/// What is lost by a layer at each of the levels.
struct ErrorTable {
  std::string name;
  int64_t weights = 0; ///< Of the layer, dense.
  llvm::SmallVector<double> errors;
};

/// A layer that was pruned by optimal brain surgery.
struct MeasuredLayer {
  ErrorTable table; ///< Of its own outputs, see getRelativeError.
  /// Its weight with some zeros, and what that loses of its outputs.
  std::vector<float> sample;
  double sampleError = 0;

  /// Makes the table one of another loss, of which the sample costs `loss`.
  void scaleTo(double loss);
};

/// Of layers that read the same inputs; the samples have `sampleZeros`.
llvm::Expected<std::vector<MeasuredLayer>>
measureErrors(llvm::ArrayRef<PrunedLayer> layers, double sampleZeros);

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
  std::vector<ErrorTable> tables; ///< One per layer, of the model's loss.
  /// Zeros among all weights of the layers, 0 to 1.
  double ratio = 0;
  /// Prunes the model to each candidate's zeros, and fills in the rest of them.
  llvm::function_ref<llvm::Error(llvm::MutableArrayRef<PruneCandidate>)> tryOut;
  /// Whether to be content with one candidate.
  bool isTimeUp = false;
};

/// The best of a few candidates by their loss: the allocation that is optimal
/// where what the layers lose adds up (see AllocationProblem), the same share
/// of zeros in every layer, and what lies in the middle of both. Every
/// candidate has at least `ratio` zeros.
llvm::Expected<PruneCandidate> searchPruning(const PruneProblem &problem);

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_PRUNESEARCH_H
