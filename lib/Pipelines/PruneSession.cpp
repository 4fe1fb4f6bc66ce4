//===- PruneSession.cpp - A search for pruned models, step by step --------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PruneSession.h"
#include "Fingerprint.h"
#include "LayerParts.h"
#include "sparse-opt/Search/Formats.h"
#include "sparse-opt/Transforms/LayerSchedule.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;
using Kind = PruneConstraint::Kind;

PruneSession::PruneSession(ModuleOp module, func::FuncOp function,
                           std::vector<PrunableLayer> layers,
                           const PruneOptions &options, PruneMonitor &monitor)
    : options(options), monitor(monitor),
      model(module, function, std::move(layers)),
      start(std::chrono::steady_clock::now()) {
  tables.model = getFingerprint(function);
}

bool PruneSession::prunesAlike() const {
  return lookUpPruner(options.method) != nullptr;
}

bool PruneSession::isTimeUp() const {
  return monitor.isStopped() ||
         (options.seconds &&
          std::chrono::steady_clock::now() - start >
              std::chrono::duration<double>(*options.seconds));
}

Error PruneSession::prepare(Kind kind, bool isAlwaysTimed) {
  monitor.begin("read the calibration");
  Expected<const LoadedModel *> library = model.libraries.get(0);
  if (!library)
    return library.takeError();
  auto read = readCalibration(options.calibration, **library);
  if (!read)
    return read.takeError();
  items = std::move(*read);
  auto item = makeTypicalItem(items, options.shape, **library);
  if (!item)
    return item.takeError();
  typical = std::move(*item);
  tables.calibration = getFingerprint(items);
  tables.seed = options.seed;
  auto created = Judge::create(
      options, model.module.lookupSymbol<func::FuncOp>("main_graph"), items);
  if (!created)
    return created.takeError();
  judge.emplace(std::move(*created));
  addPieces(items, options.seed);
  auto made = PruneCosts::create(model, kind, *typical, monitor);
  if (!made)
    return made.takeError();
  costs.emplace(std::move(*made));
  measurement.emplace(model, items, monitor);
  quick.emplace(model, *measurement, takeSome(items));
  pruning.emplace(model, items, *judge, monitor);
  if (Error error = pruning->judgeDense())
    return error;
  isTimed = isAlwaysTimed || costs->isLatency();
  return isTimed ? fitLatency() : Error::success();
}

/// Predicted nanoseconds of all layers with these weights.
double PruneSession::predict(ArrayRef<PrunedWeights> layers) const {
  double time = 0;
  for (auto [index, layer] : llvm::enumerate(layers))
    time += costs->predictTime(index, layer.weight);
  return time;
}

std::vector<SparsityTarget> PruneSession::getFormats() const {
  if (!options.formats.empty())
    return options.formats;
  const SparsityTarget any;
  SparsityTarget blocks;
  blocks.block = 4;
  const SparsityTarget twoOf4{/*zeros=*/0.5, /*block=*/1, /*keep=*/2, /*of=*/4};
  const SparsityTarget oneOf4{/*zeros=*/0.75, /*block=*/1, /*keep=*/1,
                              /*of=*/4};
  // Where only counts matter, no pattern is better than any.
  if (prunesAlike() || (!costs->isLatency() && !options.shard))
    return {any};
  std::vector<SparsityTarget> fast;
  for (const SparsityTarget &format : {any, blocks})
    if (costs->isFast(format))
      fast.push_back(format);
  // First is what any layer can have as much of as it is asked for.
  if (fast.empty())
    fast.push_back(any);
  for (const SparsityTarget &format : {twoOf4, oneOf4})
    if (costs->isFast(format))
      fast.push_back(format);
  return fast;
}

SparsityTarget PruneSession::getTarget(const PrunableLayer &layer,
                                       double zeros) const {
  std::vector<SparsityTarget> formats = getFormats();
  // Layers have neurons or heads; other formats are not for some layers only.
  if (!options.isStructured())
    formats.resize(1);
  auto format = llvm::find_if(formats, [&](const SparsityTarget &format) {
    return format.fits(layer.getInputs(), layer.getOutputs(), layer.part);
  });
  if (format == formats.end())
    return SparsityTarget();
  if (!format->of)
    format->zeros = zeros;
  return *format;
}

Error PruneSession::makeTables(Shard shard) {
  if (prunesAlike())
    return Error::success();
  tables.targets = listTargets(getFormats());
  tables.layers.clear();
  for (const PrunableLayer &layer : model.layers)
    tables.layers.push_back({layer.name, {}});
  PruneTableFiles files(options.tables);
  if (Error error = files.read(tables))
    return error;
  auto save = [&]() -> Error {
    return files.isNone() ? Error::success() : files.write(tables);
  };
  if (files.isMerged())
    if (Error error = save())
      return error;
  if (Error error = measurement->fill(tables, shard, save))
    return error;
  isCut = llvm::any_of(tables.layers, [&](const auto &layer) {
    return layer.errors.empty() && monitor.isStopped();
  });
  if (std::string warning = measurement->getWarning(); !warning.empty())
    mlir::emitWarning(model.module.getLoc()) << "--prune-search: " << warning;
  return Error::success();
}

/// The choices of each layer among the formats asked for.
std::vector<LayerChoices> PruneSession::listChoices() const {
  std::vector<SparsityTarget> wanted = listTargets(getFormats());
  std::vector<LayerChoices> all;
  for (auto [index, table] : llvm::enumerate(tables.layers)) {
    LayerChoices layer{table.name, {}, {}, {}};
    for (auto [target, error] : llvm::zip_equal(tables.targets, table.errors)) {
      if (!std::isfinite(error) || !llvm::is_contained(wanted, target))
        continue;
      layer.targets.push_back(target);
      layer.errors.push_back(error);
      layer.costs.push_back(costs->getCost(index, target));
    }
    all.push_back(std::move(layer));
  }
  return all;
}

int64_t PruneSession::getLeastCost() const {
  int64_t least = 0;
  for (const LayerChoices &layer : listChoices())
    least += *llvm::min_element(layer.costs);
  return least;
}

double PruneSession::getReachable() const {
  return costs->getValue(getLeastCost());
}

Error PruneSession::check(PruneConstraint constraint) const {
  if (!hasTables() || costs->getBudget(constraint.value) >= getLeastCost())
    return Error::success();
  // Rounded to what can be had.
  bool isMost =
      constraint.kind == Kind::Ratio || constraint.kind == Kind::Speedup;
  double best = getReachable() * 1000;
  PruneConstraint reachable{
      constraint.kind, (isMost ? std::floor(best) : std::ceil(best)) / 1000};
  return createStringError(constraint.getText() +
                           " cannot be reached: the best is " +
                           reachable.getText());
}

/// All layers alike, at the least share of zeros that fits the budget.
Expected<PruneCandidate> PruneSession::makeAlike(int64_t budget,
                                                 double value) const {
  auto getCost = [&](double zeros) {
    int64_t cost = 0;
    for (auto [index, layer] : llvm::enumerate(model.layers))
      cost += costs->getCost(index, getTarget(layer, zeros));
    return cost;
  };
  SparsityTarget format = getFormats().front();
  // Layers' costs, each rounded, may add up to more than the budget.
  bool isGiven =
      costs->getKind() == Kind::Ratio && !format.of && !format.isStructured();
  double zeros = isGiven ? value : 0;
  if (!isGiven && !format.of && getCost(0) > budget) {
    double few = 0, many = 1;
    constexpr int kHalvings = 30;
    for (int i = 0; i < kHalvings; ++i) {
      zeros = (few + many) / 2;
      (getCost(zeros) > budget ? few : many) = zeros;
    }
    zeros = many;
  }
  PruneCandidate candidate;
  candidate.name = prunesAlike() ? options.method : "uniform";
  if (!isGiven && getCost(zeros) > budget)
    return createStringError("method=" + candidate.name +
                             " cannot keep to the constraint");
  for (const PrunableLayer &layer : model.layers)
    candidate.targets.push_back(getTarget(layer, zeros));
  return candidate;
}

/// By the named method, or, if that needs tables, in one that takes no search.
Expected<PruneCandidate> PruneSession::pruneAlike(int64_t budget,
                                                  double value) {
  auto candidate = makeAlike(budget, value);
  if (!candidate)
    return candidate;
  Error error =
      prunesAlike()
          ? pruning->tryOut(*candidate, lookUpPruner(options.method))
          : pruning->tryOut(MutableArrayRef<PruneCandidate>(*candidate),
                            /*known=*/nullptr);
  if (error)
    return std::move(error);
  return candidate;
}

/// One candidate, found in the way in which the known one was.
Expected<std::vector<PruneCandidate>>
PruneSession::proposeNear(PruneProblem &problem, const PruneCandidate &known) {
  if (!known.isAllocated) {
    problem.known = known.targets;
    auto candidates = proposePruning(problem);
    if (candidates)
      candidates->resize(1);
    return candidates;
  }
  auto allocated = allocatePruning(problem);
  if (!allocated)
    return allocated.takeError();
  return std::vector<PruneCandidate>{std::move(*allocated)};
}

Expected<PruneCandidate>
PruneSession::searchTables(PruneConstraint constraint,
                           const PruneCandidate *known) {
  PruneProblem problem;
  problem.layers = listChoices();
  problem.budget = costs->getBudget(constraint.value);
  problem.seed = options.seed;
  problem.isBlind = options.method == "evopress";
  problem.hasOtherMetric = !judge->isDistance();
  unsigned tried = 0;
  auto score = [&](ArrayRef<SparsityTarget> targets) {
    monitor.begin("try allocation " + Twine(++tried));
    return quick->score(targets);
  };
  auto tryOut = [&](MutableArrayRef<PruneCandidate> candidates) {
    return pruning->tryOut(candidates, known);
  };
  auto isOver = [&] { return isTimeUp(); };
  problem.score = score;
  problem.tryOut = tryOut;
  problem.isTimeUp = isOver;
  quick->restart();
  bool isToTime = costs->isLatency() && !isTimeUp();
  auto candidates = known      ? proposeNear(problem, *known)
                    : isToTime ? proposeTimed(problem, constraint)
                               : proposePruning(problem);
  if (!candidates)
    return candidates.takeError();
  return chooseTried(problem, std::move(*candidates));
}

Expected<PruneSession::Pruned>
PruneSession::searchOnce(PruneConstraint constraint,
                         const PruneCandidate *known) {
  // Those of other weights do not hold for these.
  for (const PrunableLayer &layer : model.layers)
    layer.getProduct()->removeDiscardableAttr(kScheduleAttrName);
  auto found = hasTables() ? searchTables(constraint, known)
                           : pruneAlike(costs->getBudget(constraint.value),
                                        constraint.value);
  if (!found)
    return found.takeError();
  Pruned pruned{std::move(*found), std::nullopt};
  if (!isTimed)
    return pruned;
  auto latency = time(pruned.candidate.layers);
  if (!latency)
    return latency.takeError();
  pruned.latency = *latency;
  return pruned;
}

Expected<PruneSession::Pruned>
PruneSession::search(PruneConstraint constraint) {
  if (Error error = check(constraint))
    return std::move(error);
  auto pruned = searchOnce(constraint, nullptr);
  return pruned && costs->isLatency()
             ? keepPromise(constraint, std::move(*pruned))
             : std::move(pruned);
}

PruneReport PruneSession::report(const Pruned &pruned) const {
  const PruneCandidate &candidate = pruned.candidate;
  PruneReport report;
  report.allocation = candidate.name;
  report.metric = judge->getName().str();
  report.score = candidate.score;
  report.denseScore = judge->getDenseScore();
  report.loss = candidate.loss;
  report.peak = judge->getPeak();
  report.isTie = report.peak && candidate.loss == 0;
  report.isStopped = monitor.isStopped();
  report.latency = pruned.latency;
  int64_t cost = 0;
  for (auto [index, layer] : llvm::enumerate(model.layers)) {
    const PrunedWeights &now = candidate.layers[index];
    const SparsityTarget &target = candidate.targets[index];
    const SparsityTarget &shown =
        layer.reader ? candidate.targets[*layer.reader] : target;
    report.layers.push_back(
        {layer.name, layer.getInputs(), layer.getOutputs(),
         double(llvm::count(now.weight, 0.0f)) / double(now.weight.size()),
         now.error, getFormatName(shown), costs->predictDense(index) * 1e-3,
         costs->predictTime(index, now.weight) * 1e-3});
    cost += costs->getCost(index, target);
  }
  if (costs->isLatency())
    cost = std::llround(predict(candidate.layers));
  report.reached =
      PruneConstraint{costs->getKind(), costs->getValue(cost)}.getText();
  return report;
}

void PruneSession::apply(const Pruned &pruned) {
  setWeights(model, pruned.candidate.layers);
  MLIRContext *context = model.module.getContext();
  context->loadDialect<SoptDialect>();
  for (auto [index, layer] : llvm::enumerate(model.layers)) {
    // It becomes several, which will be scheduled apart.
    if (layer.segments > 1)
      continue;
    KernelChoice choice =
        costs->choose(index, pruned.candidate.layers[index].weight);
    layer.getProduct()->setDiscardableAttr(
        kScheduleAttrName, makeSchedule(context, choice, layer.getInputs()));
  }
}
