//===- Prune.h - Prune a model by running it --------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_PIPELINES_PRUNE_H
#define SPARSE_OPT_PIPELINES_PRUNE_H

#include "mlir/IR/BuiltinOps.h"
#include "sparse-opt/Pipelines/PruneMonitor.h"
#include "sparse-opt/Report/ReportFormat.h"
#include "sparse-opt/Search/PeakGroundTruth.h"
#include "sparse-opt/Search/Pruners.h"
#include "llvm/ADT/STLFunctionalExtras.h"
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
  /// any pattern. Structured ones all or none.
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
  /// What candidates are judged by, see lookUpMetric.
  std::string metric = "distance";
  /// The output that holds the embeddings; empty for the one that looks so.
  std::string output;
  /// Instead of a metric: a program that is given an ONNX file's path and
  /// prints a number, the larger the better.
  std::string metricCommand;
  /// A .csv file of ratings, beyond whose agreement scores are as good as each
  /// other, see PeakGroundTruth. Empty for none.
  std::string raters;
  double tolerance = 0; ///< How much less than that is as good still.

  /// Whether whole neurons or heads go.
  bool isStructured() const {
    return !formats.empty() && formats.front().isStructured();
  }

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
  /// What it took is told from runs in turns with models that were timed before
  /// the search, too: the machine may be slower now than it was then.
  double promised, measured;
  double dense; ///< The dense model's, measured before the search.
};

struct PruneReport {
  std::string allocation; ///< How the zeros were shared out.
  std::string metric;     ///< Its name, or "metric-command".
  /// By the metric, and the larger the better; of the pruned model and of the
  /// dense one. A search that was stopped early may not have any.
  std::optional<double> score, denseScore;
  /// How much worse than the dense model it is, or than is good enough.
  double loss = 0;
  /// The raters' ceiling, if they gave one, and whether the score reaches it or
  /// the dense model's.
  std::optional<PeakGroundTruth> peak;
  bool isTie = false;
  bool isStopped = false; ///< Whether the search was told to end.
  std::vector<PrunedLayerReport> layers;
  /// What the constraint names, after pruning: e.g. "ratio=0.801".
  std::string reached;
  std::optional<PrunedLatency> latency; ///< If speed is the constraint.

  double getZeros() const; ///< Share of all weights.

  /// Where `format` has its place.
  void print(ReportFormat format) const;
  void printTable(llvm::raw_ostream &os) const;
  /// {"metric": ..., "score": ..., "layers": [{"name": ..., "zeros": ..., ...},
  /// ...]}; shares are of 1, times in microseconds of one thread.
  void printJSON(llvm::raw_ostream &os) const;
  /// A bar for the zeros of each layer.
  void printSVG(llvm::raw_ostream &os) const;

private:
  /// What the model is worth, in a line of words.
  std::string describe() const;
  /// What the constraint names, in a line of words; or nothing.
  std::string describeConstraint() const;
};

/// Sets weights of the onnx dialect's MatMul and Gemm in @main_graph to zero,
/// and changes the others and the biases to make up for it, so that the outputs
/// on the calibration inputs move least under the constraint, or are best by
/// another metric. Records how each product is to be computed. Runs the model
/// on this machine to learn what its layers see. Fails, with `module` as it
/// was, if there is nothing to prune, the calibration does not fit, or the
/// constraint cannot be met.
llvm::Expected<PruneReport> pruneModel(mlir::ModuleOp module,
                                       const PruneOptions &options,
                                       PruneMonitor &monitor);

/// Computes the shard of the tables that `options` names, and writes them.
llvm::Error measurePruneTables(mlir::ModuleOp module,
                               const PruneOptions &options,
                               PruneMonitor &monitor);

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
/// the least there is, with one set of tables; all latencies are measured, and
/// a point that these show to be out of reach is left out. For each point
/// `write` gets the module, which is the pruned model, and the file's name;
/// `module` is left as the last.
llvm::Expected<std::vector<FrontPoint>> pruneFront(
    mlir::ModuleOp module, const PruneOptions &options, PruneMonitor &monitor,
    llvm::function_ref<llvm::Error(mlir::ModuleOp, llvm::StringRef)> write);

/// {"points": [{"model": …, "constraint": …, "zeros": …, "loss": …, …}, …]}
void printFront(llvm::ArrayRef<FrontPoint> front, llvm::raw_ostream &os);

/// The same as an SVG picture; of one point at least.
void drawFront(llvm::ArrayRef<FrontPoint> front, llvm::raw_ostream &os);

} // namespace sopt

#endif // SPARSE_OPT_PIPELINES_PRUNE_H
