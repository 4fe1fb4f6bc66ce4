//===- PruneCosts.h - What pruned layers cost, and what they may *- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_PRUNECOSTS_H
#define SPARSE_OPT_LIB_PIPELINES_PRUNECOSTS_H

#include "StagedModel.h"
#include "sparse-opt/Pipelines/Prune.h"
#include "sparse-opt/Schedule/KernelChoice.h"
#include "sparse-opt/Search/Pruners.h"

namespace sopt {

/// How a model's time hangs on what is predicted for its layers: linearly, as
/// threads share them and the rest of the model stays.
struct LatencyModel {
  double fixed = 0; ///< Nanoseconds.
  double scale = 1; ///< Nanoseconds for a predicted one.
  double dense = 0; ///< Of the dense model, measured.

  double get(double predicted) const { return fixed + scale * predicted; }

  /// Through the times of two models. One line through the dense one where they
  /// contradict the prediction that `fewer` is faster.
  static LatencyModel fit(double predictedDense, double dense,
                          double predictedFewer, double fewer);
};

/// The unit of one kind of constraint: zeros count weights that stay, flops
/// multiply-adds, and latencies predicted nanoseconds of one thread.
class PruneCosts {
public:
  /// Runs the dense model on `item` to learn how many rows each layer has; for
  /// that its stages are compiled.
  static llvm::Expected<PruneCosts> create(StagedModel &model,
                                           PruneConstraint::Kind kind,
                                           const CalibrationItem &item,
                                           PruneMonitor &monitor);

  PruneConstraint::Kind getKind() const { return kind; }
  bool isLatency() const {
    return kind == PruneConstraint::Kind::Latency ||
           kind == PruneConstraint::Kind::Speedup;
  }

  /// That of a layer whose outputs go with the parts of another one's inputs is
  /// counted there.
  int64_t getCost(unsigned layer, const SparsityTarget &target) const;

  /// What a constraint of the kind leaves to spend. Latencies ask for a latency
  /// model; below zero nothing can be had.
  int64_t getBudget(double value) const;

  /// The value of the kind's constraint that `cost` just meets.
  double getValue(int64_t cost) const;

  /// Of one layer, with its weight as it is.
  double predictTime(unsigned layer, llvm::ArrayRef<float> weight) const;
  /// Of a layer with its dense weight.
  double predictDense(unsigned layer) const;
  /// How the compiler computes a layer with this weight.
  KernelChoice choose(unsigned layer, llvm::ArrayRef<float> weight) const;

  /// Whether zeros in this format make any layer faster, by a kernel that is
  /// for the format: zeros of N:M faster than as many anywhere.
  bool isFast(const SparsityTarget &format) const;

  LatencyModel latency;

private:
  PruneCosts(const StagedModel &model, PruneConstraint::Kind kind)
      : model(&model), kind(kind) {}

  KernelChoice choose(unsigned layer, const WeightPattern &pattern) const;
  double predict(unsigned layer, const WeightPattern &pattern) const;
  /// Of a layer of dense weights with so many inputs and outputs.
  int64_t getDenseCost(unsigned layer, int64_t inputs, int64_t outputs) const;
  int64_t getStructuredCost(unsigned layer, const SparsityTarget &target) const;

  const StagedModel *model;
  PruneConstraint::Kind kind;
  MachineCosts machine = {};
  /// Of each layer: rows of its input at the shape, and rows that the compiler
  /// knows, or 0.
  std::vector<int64_t> rows, knownRows;
  int64_t dense = 0;     ///< What all layers cost, dense; not for latencies.
  int64_t elsewhere = 0; ///< Multiply-adds outside of the layers.
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_PRUNECOSTS_H
