//===- PruneSession.h - A search for pruned models, step by step *- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_PRUNESESSION_H
#define SPARSE_OPT_LIB_PIPELINES_PRUNESESSION_H

#include "LatencyTrial.h"
#include "PruneCosts.h"
#include "PruneTables.h"
#include "Pruning.h"
#include "QuickTrial.h"
#include <chrono>

namespace sopt {

/// A model, what is known of it, and searches for pruned ones. First prepare,
/// then tables, then any number of searches.
class PruneSession {
public:
  PruneSession(mlir::ModuleOp module, mlir::func::FuncOp function,
               std::vector<PrunableLayer> layers, const PruneOptions &options,
               PruneMonitor &monitor);

  /// Reads the calibration, and learns what the layers cost in the unit of
  /// `kind`. Every pruned model is timed if latency is that, or
  /// `isAlwaysTimed`.
  llvm::Error prepare(PruneConstraint::Kind kind, bool isAlwaysTimed);

  /// Reads the tables, and fills in and writes what they miss of the shard. For
  /// a search that needs them. If it is told to stop, searches do without.
  llvm::Error makeTables(Shard shard);

  /// Whether the search was told to end.
  bool isStopped() const { return monitor.isStopped(); }

  /// Fails, and says what can be reached, if a search for the constraint would.
  llvm::Error check(PruneConstraint constraint) const;

  struct Pruned {
    PruneCandidate candidate;
    std::optional<PrunedLatency> latency; ///< If it was timed.
  };
  /// A pruned model that keeps to the constraint, of the kind prepared for.
  /// Fails as `check` then does if times show that none can.
  /// What latencies promise is corrected by models that are quick to make
  /// before any is pruned to the end; one that still is not as promised is
  /// searched for once more, near the first.
  llvm::Expected<Pruned> search(PruneConstraint constraint);

  /// The strictest constraint of the kind that can be kept to.
  double getReachable() const;

  PruneReport report(const Pruned &pruned) const;

  /// Writes the weights to the module, and how each product is computed.
  void apply(const Pruned &pruned);

  /// What the dense model takes, in nanoseconds, if models are timed.
  double getDenseTime() const { return costs->latency.dense; }

private:
  /// Whether a pruner that sees each layer alone does it all, without tables.
  bool prunesAlike() const;
  /// Whether there are tables to search by.
  bool hasTables() const { return !prunesAlike() && !isCut; }
  llvm::Error fitLatency();
  llvm::Expected<PrunedLatency> time(llvm::ArrayRef<PrunedWeights> layers);
  llvm::Expected<bool> correctLatency(llvm::ArrayRef<SparsityTarget> targets);
  llvm::Error aim(PruneProblem &problem, PruneConstraint constraint);
  llvm::Expected<PruneCandidate> searchTables(PruneConstraint constraint,
                                              const PruneCandidate *known);
  llvm::Expected<std::vector<PruneCandidate>>
  proposeTimed(PruneProblem &problem, PruneConstraint constraint);
  llvm::Expected<std::vector<PruneCandidate>>
  proposeNear(PruneProblem &problem, const PruneCandidate &known);
  /// Near `known`, unless that is null.
  llvm::Expected<Pruned> searchOnce(PruneConstraint constraint,
                                    const PruneCandidate *known);
  llvm::Expected<Pruned> keepPromise(PruneConstraint constraint, Pruned pruned);
  int64_t getLeastCost() const;
  double getLimit(PruneConstraint constraint) const;
  llvm::Error correctBudget(PruneProblem &problem,
                            PruneConstraint constraint) const;
  llvm::Expected<PruneCandidate> makeAlike(int64_t budget, double value) const;
  llvm::Expected<PruneCandidate> pruneAlike(int64_t budget, double value);
  std::vector<SparsityTarget> getFormats() const;
  /// The first format that fits the layer, with so many zeros unless it says
  /// how many it has; dense if none does.
  SparsityTarget getTarget(const PrunableLayer &layer, double zeros) const;
  std::vector<LayerChoices> listChoices() const;
  double predict(llvm::ArrayRef<PrunedWeights> layers) const;
  bool isTimeUp() const;

  const PruneOptions &options;
  PruneMonitor &monitor;
  StagedModel model;
  std::vector<CalibrationItem> items;
  std::optional<CalibrationItem> typical;
  std::optional<PruneCosts> costs;
  std::optional<LatencyTrial> trial; ///< If models are timed.
  std::optional<Measurement> measurement;
  std::optional<QuickTrial> quick;
  std::optional<Judge> judge;
  std::optional<Pruning> pruning;
  PruneTables tables;
  bool isTimed = false;
  bool isCut = false; ///< Whether the tables were left unfinished.
  std::chrono::steady_clock::time_point start;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_PRUNESESSION_H
