//===- QuickTrial.h - Try allocations of zeros out, quickly -----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_QUICKTRIAL_H
#define SPARSE_OPT_LIB_PIPELINES_QUICKTRIAL_H

#include "Measurement.h"
#include <map>

namespace sopt {

/// Runs a model with each layer pruned for itself by optimal brain surgery, on
/// some of the calibration items. Nothing is compiled for it, weights are made
/// when they are first asked for, and stages before the first that differs from
/// the best trial so far are not run again.
class QuickTrial {
public:
  /// Both must outlive it.
  QuickTrial(StagedModel &model, Measurement &measurement,
             std::vector<CalibrationItem> items)
      : model(model), measurement(measurement), items(std::move(items)) {}

  /// How far the outputs move, see getDistance.
  llvm::Expected<double> score(llvm::ArrayRef<SparsityTarget> targets);

  /// The weights of such a run; biases and errors are left out.
  llvm::Expected<std::vector<PrunedWeights>>
  prune(llvm::ArrayRef<SparsityTarget> targets);

  /// Forgets the best trial: those to come are near others.
  void restart() { best.clear(); }

private:
  /// What a run was given up to a stage, and the run there.
  using Milestones = std::map<unsigned, StagedRun>;

  llvm::Error prepare();
  llvm::Expected<llvm::ArrayRef<float>>
  getWeight(unsigned stage, unsigned layer, const SparsityTarget &target);
  StagedRun startRun(llvm::ArrayRef<SparsityTarget> targets,
                     Milestones &milestones);

  StagedModel &model;
  Measurement &measurement;
  std::vector<CalibrationItem> items;
  llvm::ArrayRef<std::optional<ObsPruner>> pruners;
  std::vector<std::vector<Tensor>> outputs; ///< The dense model's.
  /// Of each layer, the weights that were made.
  std::vector<std::vector<std::pair<SparsityTarget, std::vector<float>>>> made;
  int64_t bytes = 0; ///< Of them.
  /// The best trial, and places in it from where others may go on.
  std::vector<SparsityTarget> best; ///< Empty before the first.
  double bestLoss = 0;
  Milestones bestMilestones;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_QUICKTRIAL_H
