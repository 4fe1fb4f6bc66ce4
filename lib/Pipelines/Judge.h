//===- Judge.h - How good a pruned model is ---------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_JUDGE_H
#define SPARSE_OPT_LIB_PIPELINES_JUDGE_H

#include "Calibration.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "sparse-opt/Pipelines/Prune.h"
#include "sparse-opt/Search/PeakGroundTruth.h"

namespace sopt {

/// Gives models scores, of which more is better, by a metric of their outputs
/// or by a program that reads their file; and losses, by which a search goes.
class Judge {
public:
  /// Reads what the metric of `options` needs besides outputs. `items` are
  /// those of the calibration file, whole; `function` is the model. Fails if
  /// something of that is missing or of no use to the metric.
  static llvm::Expected<Judge> create(const PruneOptions &options,
                                      mlir::func::FuncOp function,
                                      llvm::ArrayRef<CalibrationItem> items);

  /// Whether a program judges, and outputs have nothing to do with it.
  bool readsFile() const { return !program.empty(); }

  /// The score of `outputs`; first are those of the items that `create` was
  /// given, and `dense` are the dense model's.
  llvm::Expected<double>
  measure(llvm::ArrayRef<std::vector<Tensor>> outputs,
          llvm::ArrayRef<std::vector<Tensor>> dense) const;

  /// The score that the program gives to the file of `module`.
  llvm::Expected<double> measure(mlir::ModuleOp module) const;

  /// What the dense model's score is, which losses are measured from.
  void setDenseScore(double score) { denseScore = score; }
  std::optional<double> getDenseScore() const { return denseScore; }

  /// How far `score` is below the dense model's. If raters gave a ceiling, how
  /// far it is below what is sufficient; never less than nothing then.
  double getLoss(double score) const;

  const std::optional<PeakGroundTruth> &getPeak() const { return peak; }

  /// The metric's name, or "metric-command".
  llvm::StringRef getName() const;
  /// Whether it is by how far outputs move, and by nothing else.
  bool isDistance() const;

  /// "auc 0.8123".
  std::string describe(double score) const;

private:
  Judge() = default;

  llvm::Error readLabels(const PruneOptions &options,
                         llvm::ArrayRef<CalibrationItem> items);
  llvm::Expected<Embeddings>
  takeEmbeddings(llvm::ArrayRef<std::vector<Tensor>> outputs) const;

  const Metric *metric = nullptr;
  std::string program; ///< A path, or empty.
  unsigned output = 0; ///< The number of the one that holds embeddings.
  size_t items = 0;
  std::vector<int64_t> labels;
  std::vector<RatedPair> pairs;
  std::optional<PeakGroundTruth> peak;
  double tolerance = 0;
  std::optional<double> denseScore;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_JUDGE_H
