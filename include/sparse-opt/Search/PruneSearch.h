//===- PruneSearch.h - Which layers bear how many zeros ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The search sees layers and a way to try weights out; what a layer is in the
// IR, and how a model runs, is its caller's business (lib/Pipelines/Prune.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SEARCH_PRUNESEARCH_H
#define SPARSE_OPT_SEARCH_PRUNESEARCH_H

#include "sparse-opt/Search/Pruners.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace sopt {

/// How many zeros each layer gets, and what that loses.
struct PruneCandidate {
  std::string name; ///< How it was found, e.g. "uniform".
  llvm::SmallVector<double> zeros;
  /// The pruned weight of each layer.
  std::vector<std::vector<float>> weights;
  /// What `measure` said.
  double loss = 0;
};

struct PruneProblem {
  std::vector<PrunedLayer> layers;
  /// Zeros among all weights of the layers, 0 to 1.
  double ratio = 0;
  /// How far the model's outputs move with these weights, on the calibration
  /// inputs; 0 for no change.
  llvm::function_ref<llvm::Expected<double>(llvm::ArrayRef<std::vector<float>>)>
      measure;
  /// Told what is being done; may be empty.
  llvm::function_ref<void(const llvm::Twine &)> progress;
};

/// The best of a few candidates by `measure`: the same share of zeros in every
/// layer; and the allocations that are optimal where the layers' relative
/// errors, or their roots, add up (see AllocationProblem). Every candidate has
/// at least `ratio` zeros. Weights are pruned by optimal brain surgery.
llvm::Expected<PruneCandidate> searchPruning(const PruneProblem &problem);

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_PRUNESEARCH_H
