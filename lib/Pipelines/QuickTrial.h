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
/// when they are first asked for, stages before the first that differs from the
/// best trial so far are not run again, and what is worse than that on a few of
/// the items is not run on the others (as EvoPress selects, in steps).
class QuickTrial {
public:
  /// Both must outlive it.
  QuickTrial(StagedModel &model, Measurement &measurement,
             llvm::ArrayRef<CalibrationItem> items);

  /// How far the outputs move, see getDistance; an estimate, and more than that
  /// of the best trial, where a few items show that it is worse.
  llvm::Expected<double> score(llvm::ArrayRef<SparsityTarget> targets);

  /// The weights of such a run; biases and errors are left out.
  llvm::Expected<std::vector<PrunedWeights>>
  prune(llvm::ArrayRef<SparsityTarget> targets);

  /// Forgets the best trial: those to come are near others.
  void restart() { best.clear(); }

private:
  /// What a run was given up to a stage, and the run there.
  using Milestones = std::map<unsigned, StagedRun>;

  /// Items that are run together.
  struct Part {
    std::vector<CalibrationItem> items;
    std::vector<std::vector<Tensor>> outputs; ///< The dense model's.
    Milestones milestones; ///< In the best trial, from where others may go on.
  };
  struct Trial {
    std::vector<std::vector<Tensor>> outputs;
    Milestones milestones;
  };

  llvm::Error prepare();
  llvm::Expected<Trial> run(const Part &part,
                            llvm::ArrayRef<SparsityTarget> targets);
  llvm::Expected<llvm::ArrayRef<float>>
  getWeight(unsigned stage, unsigned layer, const SparsityTarget &target);
  StagedRun startRun(const Part &part, llvm::ArrayRef<SparsityTarget> targets,
                     Milestones &milestones);

  StagedModel &model;
  Measurement &measurement;
  Part few, others;
  std::vector<std::vector<Tensor>> dense; ///< The outputs of both parts.
  llvm::ArrayRef<std::optional<ObsPruner>> pruners;
  /// Of each layer, the weights that were made.
  std::vector<std::vector<std::pair<SparsityTarget, std::vector<float>>>> made;
  int64_t bytes = 0; ///< Of them.
  /// The best trial, empty before the first; and its loss, of all items and of
  /// the few.
  std::vector<SparsityTarget> best;
  double bestLoss = 0, bestOfFew = 0;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_QUICKTRIAL_H
