//===- Prune.cpp - Prune a model by running it ----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Pipelines/Prune.h"
#include "Pruning.h"
#include "llvm/Support/GlobPattern.h"
#include <chrono>

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;

static Expected<PruneCandidate>
search(Pruning &pruning, const PruneOptions &options, size_t numLayers) {
  auto start = std::chrono::steady_clock::now();
  if (Error error = pruning.read(options.calibration, options.seed))
    return std::move(error);
  if (!options.method.empty()) {
    PruneCandidate candidate;
    candidate.name = options.method;
    candidate.zeros.assign(numLayers, options.ratio);
    if (Error error = pruning.tryOut(candidate, lookUpPruner(options.method)))
      return std::move(error);
    return candidate;
  }
  auto tables = pruning.measureLayers(options.ratio);
  if (!tables)
    return tables.takeError();
  PruneProblem problem;
  problem.tables = std::move(*tables);
  problem.ratio = options.ratio;
  auto tryOut = [&](MutableArrayRef<PruneCandidate> candidates) {
    return pruning.tryOut(candidates);
  };
  problem.tryOut = tryOut;
  problem.isTimeUp =
      options.seconds && std::chrono::steady_clock::now() - start >
                             std::chrono::duration<double>(*options.seconds);
  return searchPruning(problem);
}

/// The layers that `options` wants pruned.
static Expected<std::vector<PrunableLayer>>
chooseLayers(func::FuncOp function, const PruneOptions &options) {
  std::vector<PrunableLayer> layers = findPrunableLayers(function);
  if (layers.empty())
    return createStringError("nothing to prune: no MatMul or Gemm has an f32 "
                             "constant of at least 64 x 64 to itself");
  auto only = llvm::GlobPattern::create(options.only);
  if (!only)
    return llvm::createFileError("only", only.takeError());
  auto keep = llvm::GlobPattern::create(options.keep);
  if (!keep)
    return llvm::createFileError("keep", keep.takeError());
  llvm::erase_if(layers, [&](const PrunableLayer &layer) {
    return !only->match(layer.name) ||
           (!options.keep.empty() && keep->match(layer.name));
  });
  if (layers.empty())
    return createStringError("only=" + options.only + " and keep=" +
                             options.keep + " leave no layer to prune");
  return layers;
}

Expected<PruneReport> sopt::pruneModel(ModuleOp module,
                                       const PruneOptions &options,
                                       Pruning::Progress progress) {
  auto function = module.lookupSymbol<func::FuncOp>("main_graph");
  if (!function)
    return createStringError("nothing to prune: there is no @main_graph");
  auto layers = chooseLayers(function, options);
  if (!layers)
    return layers.takeError();
  Pruning pruning(module, function, *layers, progress);
  Expected<PruneCandidate> best = search(pruning, options, layers->size());
  if (!best)
    return best.takeError();
  pruning.setWeights(*best);
  PruneReport report{best->name, best->loss, {}};
  for (auto [layer, pruned] : llvm::zip_equal(*layers, best->layers))
    report.layers.push_back({layer.name, layer.getInputs(), layer.getOutputs(),
                             double(llvm::count(pruned.weight, 0.0f)) /
                                 double(pruned.weight.size()),
                             pruned.error});
  return report;
}
