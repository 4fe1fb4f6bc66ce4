//===- PruneLatency.cpp - Keep what latencies promise ---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerParts.h"
#include "PruneSession.h"

using namespace mlir;
using namespace sopt;
using llvm::Error;
using llvm::Expected;
using Kind = PruneConstraint::Kind;

/// A measured latency this near the promised one, as a share, is as promised.
static constexpr double kAsPromised = 0.05;

/// Times the dense model, and one with many zeros.
Error PruneSession::fitLatency() {
  constexpr double kMany = 0.9;
  std::vector<PrunedWeights> sparse;
  double predicted = 0;
  for (auto [index, layer] : llvm::enumerate(model.layers)) {
    // Magnitude looks at no moments.
    PrunedLayer pruned{
        layer.name,
        layer.getInputs(),
        layer.getOutputs(),
        model.weights[index],
        std::vector<double>(layer.getInputs() * layer.getInputs(), 0.0),
        layer.part};
    auto weight = pruneByMagnitude(pruned, getTarget(layer, kMany));
    if (!weight)
      return weight.takeError();
    sparse.push_back({std::move(*weight), {}, 0});
    predicted += costs->predictDense(index);
  }
  clearProducers(model.layers, sparse);
  monitor.begin("time a dense and a sparse model");
  auto created = LatencyTrial::create(model, sparse, *typical);
  if (!created)
    return created.takeError();
  trial.emplace(std::move(*created));
  costs->latency = LatencyModel::fit(predicted, trial->getDense(),
                                     predict(sparse), trial->getSparse());
  return Error::success();
}

Expected<PrunedLatency> PruneSession::time(ArrayRef<PrunedWeights> layers) {
  monitor.begin("time a pruned model");
  auto nanoseconds = trial->time(layers);
  if (!nanoseconds)
    return nanoseconds.takeError();
  return PrunedLatency{costs->latency.get(predict(layers)) * 1e-6,
                       *nanoseconds * 1e-6, costs->latency.dense * 1e-6};
}

/// Whether the promise was kept.
static bool isKept(const PrunedLatency &latency) {
  return std::abs(latency.measured - latency.promised) <=
         kAsPromised * latency.promised;
}

/// Bends the model of latencies to what was measured near the goal.
static void correct(LatencyModel &model, const PrunedLatency &latency) {
  model.fixed += (latency.measured - latency.promised) * 1e6;
}

/// Times a model with these targets that was quick to make. False, with the
/// model of latencies corrected, if that had promised something else.
Expected<bool> PruneSession::correctLatency(ArrayRef<SparsityTarget> targets) {
  monitor.begin("make a model to time");
  auto layers = quick->prune(targets);
  if (!layers)
    return layers.takeError();
  auto latency = time(*layers);
  if (!latency)
    return latency.takeError();
  if (isKept(*latency))
    return true;
  correct(costs->latency, *latency);
  return false;
}

/// The milliseconds that a constraint of the kind leaves.
double PruneSession::getLimit(PruneConstraint constraint) const {
  return constraint.kind == Kind::Latency
             ? constraint.value
             : costs->latency.dense * 1e-6 / constraint.value;
}

/// Sets what may be spent now that latencies are corrected: the least there is
/// where that keeps the promise nearly.
Error PruneSession::correctBudget(PruneProblem &problem,
                                  PruneConstraint constraint) const {
  problem.budget = std::max(costs->getBudget(constraint.value), getLeastCost());
  double latency = costs->latency.get(double(problem.budget)) * 1e-6;
  return latency <= (1 + kAsPromised) * getLimit(constraint)
             ? Error::success()
             : check(constraint);
}

/// Corrects what latencies promise where the tables alone lead to, and sets the
/// budget.
Error PruneSession::aim(PruneProblem &problem, PruneConstraint constraint) {
  constexpr unsigned kMostShots = 2;
  for (unsigned shot = 0; shot < kMostShots; ++shot) {
    auto allocated = allocatePruning(problem);
    if (!allocated)
      return allocated.takeError();
    auto isRight = correctLatency(allocated->targets);
    if (!isRight)
      return isRight.takeError();
    if (*isRight)
      break;
    if (Error error = correctBudget(problem, constraint))
      return error;
  }
  return Error::success();
}

/// What the search proposes once latencies promise what is measured.
Expected<std::vector<PruneCandidate>>
PruneSession::proposeTimed(PruneProblem &problem, PruneConstraint constraint) {
  if (Error error = aim(problem, constraint))
    return std::move(error);
  auto candidates = proposePruning(problem);
  if (!candidates || isTimeUp())
    return candidates;
  auto isRight = correctLatency(candidates->front().targets);
  if (!isRight)
    return isRight.takeError();
  if (*isRight)
    return candidates;
  if (Error error = correctBudget(problem, constraint))
    return std::move(error);
  if (candidates->front().isAllocated)
    return proposeNear(problem, candidates->front());
  problem.known = candidates->front().targets;
  quick->restart();
  return proposePruning(problem);
}

/// Whether `a` is the better one of two for a limit in milliseconds: of those
/// within it the one that loses less, and else the faster one.
static bool isBetter(const PruneSession::Pruned &a,
                     const PruneSession::Pruned &b, double limit) {
  auto isWithin = [&](const PruneSession::Pruned &pruned) {
    return pruned.latency->measured <= (1 + kAsPromised) * limit;
  };
  if (isWithin(a) != isWithin(b))
    return isWithin(a);
  if (isWithin(a) && a.candidate.loss != b.candidate.loss)
    return a.candidate.loss < b.candidate.loss;
  return a.latency->measured < b.latency->measured;
}

/// A model that was timed, or, if its latency is not as promised, the better of
/// it and one that is searched for near it.
Expected<PruneSession::Pruned>
PruneSession::keepPromise(PruneConstraint constraint, Pruned pruned) {
  if (isKept(*pruned.latency) || isStopped())
    return pruned;
  correct(costs->latency, *pruned.latency);
  // The report says how near this one is.
  if (costs->getBudget(constraint.value) < getLeastCost())
    return pruned;
  auto again = searchOnce(constraint, &pruned.candidate);
  if (!again || isBetter(*again, pruned, getLimit(constraint)))
    return again;
  return pruned;
}
