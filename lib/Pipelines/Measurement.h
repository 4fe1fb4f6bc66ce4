//===- Measurement.h - What a model's layers lose by zeros ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_MEASUREMENT_H
#define SPARSE_OPT_LIB_PIPELINES_MEASUREMENT_H

#include "PruneTables.h"
#include "StagedModel.h"

namespace sopt {

/// A share of a model's stages: number `index`, from 0, of `count`.
struct Shard {
  unsigned index = 0, count = 1;

  bool contains(unsigned stage) const { return stage % count == index; }
};

/// Runs the dense model to learn what its layers lose by zeros, each of them
/// for itself.
class Measurement {
public:
  /// All must outlive it.
  Measurement(StagedModel &model, llvm::ArrayRef<CalibrationItem> items,
              PruneMonitor &monitor);

  /// Fills in those of the shard's layers that are missing: how far the model's
  /// outputs move if one alone is pruned to each of the targets. That is
  /// measured at one share of zeros, on some of the items, and taken for
  /// proportional to what the layer's own outputs lose. Calls `save` after each
  /// stage. Fails if the items leave most of what layers could see unseen. If
  /// it is told to stop, it leaves the rest missing.
  llvm::Error fill(PruneTables &tables, Shard shard,
                   llvm::function_ref<llvm::Error()> save);

  /// Of each stage with layers, by their inputs in the dense model.
  llvm::Expected<llvm::ArrayRef<std::optional<ObsPruner>>> getPruners();

  /// One line on what the items leave unseen, or empty.
  std::string getWarning() const;

private:
  llvm::Expected<std::vector<double>> learn(unsigned number,
                                            const StagedRun &run);
  llvm::Error measure(unsigned number, llvm::ArrayRef<double> moments,
                      const StagedRun &dense, PruneTables &tables);
  std::string describeMissing() const;

  StagedModel &model;
  llvm::ArrayRef<CalibrationItem> items;
  PruneMonitor &monitor;
  std::vector<CalibrationItem> some;
  /// The dense model's outputs for `some`, once they were asked for.
  std::vector<std::vector<Tensor>> outputs;
  std::vector<std::optional<ObsPruner>> pruners;
  /// Directions of the stages' inputs, and those that no item shows.
  int64_t directions = 0, missing = 0;
  /// The stage that misses most, and its figures.
  unsigned worst = 0;
  int64_t worstMissing = 0;
};

/// Some of the items, whole ones and pieces in their proportion: enough to tell
/// one number for a model.
std::vector<CalibrationItem> takeSome(llvm::ArrayRef<CalibrationItem> items);

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_MEASUREMENT_H
