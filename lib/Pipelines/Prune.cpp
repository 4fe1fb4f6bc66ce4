//===- Prune.cpp - Prune a model by running it ----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Pipelines/Prune.h"
#include "LayerParts.h"
#include "PruneSession.h"
#include "llvm/Support/GlobPattern.h"

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using Kind = PruneConstraint::Kind;

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

static Expected<std::unique_ptr<PruneSession>>
open(ModuleOp module, const PruneOptions &options, PruneMonitor &monitor) {
  auto function = module.lookupSymbol<func::FuncOp>("main_graph");
  if (!function)
    return createStringError("nothing to prune: there is no @main_graph");
  auto layers = chooseLayers(function, options);
  if (!layers)
    return layers.takeError();
  if (options.isStructured())
    if (Error error = findParts(module, *layers))
      return std::move(error);
  return std::make_unique<PruneSession>(module, function, std::move(*layers),
                                        options, monitor);
}

Expected<PruneReport> sopt::pruneModel(ModuleOp module,
                                       const PruneOptions &options,
                                       PruneMonitor &monitor) {
  auto session = open(module, options, monitor);
  if (!session)
    return session.takeError();
  const PruneConstraint &constraint = options.constraints.front();
  if (Error error = (*session)->prepare(constraint.kind,
                                        /*isAlwaysTimed=*/false))
    return std::move(error);
  if (Error error = (*session)->makeTables(Shard()))
    return std::move(error);
  auto pruned = (*session)->search(constraint);
  if (!pruned)
    return pruned.takeError();
  (*session)->apply(*pruned);
  return (*session)->report(*pruned);
}

Error sopt::measurePruneTables(ModuleOp module, const PruneOptions &options,
                               PruneMonitor &monitor) {
  auto session = open(module, options, monitor);
  if (!session)
    return session.takeError();
  // Tables hang on no constraint.
  if (Error error = (*session)->prepare(Kind::Ratio, /*isAlwaysTimed=*/false))
    return error;
  if (Error error = (*session)->makeTables({options.shard - 1, options.shards}))
    return error;
  if ((*session)->isStopped())
    return createStringError(
        "interrupted: what was measured so far is kept in " + options.tables);
  return Error::success();
}

/// Points of a front that is not told any: so many steps from the dense model
/// to the fastest that can be reached.
static std::vector<PruneConstraint>
spreadLatencies(const PruneSession &session) {
  constexpr unsigned kPoints = 6;
  double slowest = session.getDenseTime() * 1e-6;
  double fastest = session.getReachable();
  std::vector<PruneConstraint> points;
  for (unsigned step = 1; step <= kPoints; ++step) {
    // A hair above the fastest, which rounding must not put out of reach.
    double share = double(step) / (kPoints + 0.01);
    points.push_back({Kind::Latency, slowest + share * (fastest - slowest)});
  }
  return points;
}

/// Marks the points that are worse than another.
static void compare(std::vector<FrontPoint> &front) {
  for (FrontPoint &point : front)
    for (const FrontPoint &other : front) {
      double time = point.report.latency->measured;
      double otherTime = other.report.latency->measured;
      point.isBeaten |=
          otherTime <= time && other.report.loss <= point.report.loss &&
          (otherTime < time || other.report.loss < point.report.loss);
    }
}

Expected<std::vector<FrontPoint>>
sopt::pruneFront(ModuleOp module, const PruneOptions &options,
                 PruneMonitor &monitor,
                 llvm::function_ref<Error(ModuleOp, StringRef)> write) {
  auto session = open(module, options, monitor);
  if (!session)
    return session.takeError();
  std::vector<PruneConstraint> constraints = options.constraints;
  Kind kind = constraints.empty() ? Kind::Latency : constraints.front().kind;
  if (Error error = (*session)->prepare(kind, /*isAlwaysTimed=*/true))
    return std::move(error);
  if (Error error = (*session)->makeTables(Shard()))
    return std::move(error);
  if ((*session)->isStopped())
    return createStringError("interrupted before there was any model");
  if (constraints.empty())
    constraints = spreadLatencies(**session);
  for (const PruneConstraint &constraint : constraints)
    if (Error error = (*session)->check(constraint))
      return std::move(error);
  std::vector<FrontPoint> front;
  for (const PruneConstraint &constraint : constraints) {
    auto pruned = (*session)->search(constraint);
    if (!pruned && !front.empty()) {
      // It was reachable until times corrected the model of latencies.
      if (Error unreachable = (*session)->check(constraint)) {
        llvm::consumeError(
            llvm::joinErrors(std::move(unreachable), pruned.takeError()));
        continue;
      }
    }
    if (!pruned)
      return pruned.takeError();
    (*session)->apply(*pruned);
    std::string file =
        options.pareto + "-" + std::to_string(front.size() + 1) + ".onnx";
    if (Error error = write(module, file))
      return std::move(error);
    front.push_back({file, constraint, (*session)->report(*pruned)});
    if ((*session)->isStopped())
      break;
  }
  compare(front);
  return front;
}
