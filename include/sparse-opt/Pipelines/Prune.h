//===- Prune.h - Prune a model by running it --------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_PIPELINES_PRUNE_H
#define SPARSE_OPT_PIPELINES_PRUNE_H

#include "mlir/IR/BuiltinOps.h"
#include "sparse-opt/Search/Pruners.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace sopt {

/// What a pruned model shall keep to.
struct PruneConstraint {
  enum class Kind {
    Ratio,   ///< Zeros among all prunable weights, from 0 to below 1.
    Flops,   ///< Share of the dense model's multiply-adds that may stay.
    Latency, ///< Milliseconds of a run.
    Speedup  ///< The dense model's time in times of the pruned one's.
  };

  Kind kind;
  double value;

  /// As it is written: "ratio=0.8", "latency=3.5ms".
  std::string getText() const;
};

/// What --prune-search says.
struct PruneOptions {
  /// One, or none with `shard`; with `pareto` any number of one kind.
  std::vector<PruneConstraint> constraints;
  /// Of the inputs that latencies and multiply-adds are meant for; empty for a
  /// calibration input of middling size.
  llvm::SmallVector<int64_t> shape;
  /// Patterns of zeros to choose from, see parseFormat; empty for those that
  /// this machine's kernels skip, where speed is the constraint, and else for
  /// any pattern.
  std::vector<SparsityTarget> formats;
  std::string calibration; ///< A .npz file, see the option's help.
  /// Instead of a search: the name of a pruner, see lookUpPruner, that prunes
  /// every layer alike, with nothing to make up for it in others. Or "evopress"
  /// for a search that begins where all layers are alike.
  std::string method;
  /// Files that keep what the layers lose by zeros, separated by commas.
  std::string tables;
  /// Compute part `shard` of `shards`, from 1, of the tables and no more; 0 for
  /// a search.
  unsigned shard = 0, shards = 1;
  /// What the files of a front are called, without their ends; or empty.
  std::string pareto;
  /// Glob patterns of layers' names: these alone are pruned, and these never.
  std::string only = "*", keep;
  /// After so many, no further candidate is tried.
  std::optional<double> seconds;
  uint64_t seed = 0; ///< Of what is drawn by chance.

  /// From "ratio=0.8 calibration=c.npz". Fails on what is missing or unknown.
  static llvm::Expected<PruneOptions> parse(llvm::StringRef text);
};

/// What became of one layer.
struct PrunedLayerReport {
  std::string name;
  int64_t inputs, outputs;
  double zeros;       ///< Share of its weights.
  double error;       ///< What its outputs lost by it, see getRelativeError.
  std::string format; ///< See getFormatName.
  /// Predicted microseconds of one thread, of the dense layer and of this one.
  double denseTime, time;
};

/// What a model promised to take, in milliseconds, and what it took.
struct PrunedLatency {
  double promised, measured;
  double dense; ///< The dense model's, measured.
};

struct PruneReport {
  std::string allocation; ///< How the zeros were shared out.
  double loss;            ///< ‖y − y₀‖² / ‖y₀‖² of the model's outputs.
  std::vector<PrunedLayerReport> layers;
  /// What the constraint names, after pruning: e.g. "ratio=0.801".
  std::string reached;
  std::optional<PrunedLatency> latency; ///< If speed is the constraint.

  double getZeros() const; ///< Share of all weights.

  /// A table.
  void print(llvm::raw_ostream &os) const;
};

using PruneProgress = llvm::function_ref<void(const llvm::Twine &)>;

/// Sets weights of the onnx dialect's MatMul and Gemm in @main_graph to zero,
/// and changes the others and the biases to make up for it, so that the outputs
/// on the calibration inputs move least under the constraint. Records how each
/// product is to be computed. Runs the model on this machine to learn what its
/// layers see; `progress` is told each step. Fails, with `module` as it was, if
/// there is nothing to prune, the calibration does not fit, or the constraint
/// cannot be met.
llvm::Expected<PruneReport> pruneModel(mlir::ModuleOp module,
                                       const PruneOptions &options,
                                       PruneProgress progress);

/// Computes the shard of the tables that `options` names, and writes them.
llvm::Error measurePruneTables(mlir::ModuleOp module,
                               const PruneOptions &options,
                               PruneProgress progress);

/// A model of a front between speed and loss.
struct FrontPoint {
  std::string file;
  PruneConstraint constraint;
  PruneReport report;
  /// Whether another point is no slower and loses no more, and one of both
  /// less.
  bool isBeaten = false;
};

/// Prunes to each of the constraints, or to latencies from the dense model's to
/// the least there is, with one set of tables; all latencies are measured. For
/// each point `write` gets the module, which is the pruned model, and the
/// file's name; `module` is left as the last.
llvm::Expected<std::vector<FrontPoint>> pruneFront(
    mlir::ModuleOp module, const PruneOptions &options, PruneProgress progress,
    llvm::function_ref<llvm::Error(mlir::ModuleOp, llvm::StringRef)> write);

/// {"points": [{"model": …, "constraint": …, "zeros": …, "loss": …, …}, …]}
void printFront(llvm::ArrayRef<FrontPoint> front, llvm::raw_ostream &os);

} // namespace sopt

#endif // SPARSE_OPT_PIPELINES_PRUNE_H
