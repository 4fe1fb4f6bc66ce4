//===- Reconstruction.h - Towards the dense model ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Layers are pruned in execution order, so each sees what the ones before it
// have lost. It shall not do with these inputs x what it did with the dense
// model's x₀, but what makes up for the loss: have products near
//
//   t = x₀·W + l,
//
// l being what the stream that its outputs are added to has lost. The weight
// that does is found by ridge regression towards W, and then pruned.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SEARCH_RECONSTRUCTION_H
#define SPARSE_OPT_SEARCH_RECONSTRUCTION_H

#include "sparse-opt/Search/Pruners.h"
#include "sparse-opt/Search/Regression.h"
#include <optional>

namespace sopt {

/// How far weights move towards the dense model's outputs.
struct ReconstructionStrength {
  /// Ridge, in mean moments of the inputs: large keeps the weight as it is.
  double ridge;
  /// Share of what the regression finds, 0 to 1.
  double share;
};

/// The change of the weight W, inputs × outputs, with `strength`:
/// share·(E[xᵀx] + λI)⁻¹·E[xᵀ(t − x·W)].
std::vector<double> getCorrection(const RegressionMoments &moments,
                                  llvm::ArrayRef<float> weight,
                                  ReconstructionStrength strength);

/// The strength that does well on inputs it has not seen: each of `folds` in
/// turn is left out and predicted from the others. The gentlest of those that
/// do about best.
ReconstructionStrength
chooseStrength(llvm::ArrayRef<const RegressionSums *> folds,
               llvm::ArrayRef<float> weight, bool isCentred);

/// Layers that read the same inputs.
struct PruningStage {
  struct Layer {
    std::string name;
    int64_t outputs;
    std::vector<float> weight; ///< inputs × outputs, row by row.
    std::vector<float> bias;   ///< Empty if the layer has none.
    SparsityTarget target;
    int64_t part = 0; ///< See PrunedLayer.
  };
  int64_t inputs;
  std::vector<Layer> layers;
  /// Inputs, and targets of all layers side by side, in parts of the
  /// calibration inputs that have nothing in common.
  std::vector<RegressionSums> folds;
  /// Taken if it is set; chosen by the folds otherwise.
  std::optional<ReconstructionStrength> strength = std::nullopt;
  /// Prunes the weights as they are, towards nothing, if it is set.
  Pruner pruner = nullptr;
};

/// What pruning made of a stage.
struct PrunedStage {
  ReconstructionStrength strength = {0, 0};
  std::vector<std::vector<float>> weights, biases; ///< Of each layer.
  /// What pruning lost of each reconstructed layer's outputs, see
  /// getRelativeError.
  std::vector<double> errors;
};

/// Moves the layers' weights towards the dense model, prunes them by
/// pruneByAdmm, and sets the biases so that the outputs keep their means.
llvm::Expected<PrunedStage> pruneStage(const PruningStage &stage);

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_RECONSTRUCTION_H
