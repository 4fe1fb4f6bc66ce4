//===- Prune.h - Prune a model by running it --------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_PIPELINES_PRUNE_H
#define SPARSE_OPT_PIPELINES_PRUNE_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace sopt {

/// What --prune-search says.
struct PruneOptions {
  double ratio = 0;        ///< Zeros among all prunable weights, 0 to 1.
  std::string calibration; ///< A .npz file, see the option's help.
  /// Instead of a search: the name of a pruner, see lookUpPruner, that prunes
  /// every layer alike, with nothing to make up for it in others.
  std::string method;
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
  double zeros; ///< Share of its weights.
  double error; ///< What its outputs lost by it, see getRelativeError.
};

struct PruneReport {
  std::string allocation; ///< How the zeros were shared out.
  double loss;            ///< ‖y − y₀‖² / ‖y₀‖² of the model's outputs.
  std::vector<PrunedLayerReport> layers;

  /// A table.
  void print(llvm::raw_ostream &os) const;
};

/// Sets weights of the onnx dialect's MatMul and Gemm in @main_graph to zero,
/// and changes the others and the biases to make up for it, so that the outputs
/// on the calibration inputs move least. Runs the model on this machine to
/// learn what its layers see; `progress` is told each step. Fails, with
/// `module` as it was, if there is nothing to prune or the calibration does not
/// fit.
llvm::Expected<PruneReport>
pruneModel(mlir::ModuleOp module, const PruneOptions &options,
           llvm::function_ref<void(const llvm::Twine &)> progress);

} // namespace sopt

#endif // SPARSE_OPT_PIPELINES_PRUNE_H
