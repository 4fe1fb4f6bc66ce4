//===- Evolution.cpp - Improve an allocation by trying others -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Evolution.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <random>
#include <set>

using namespace llvm;
using namespace sopt;

/// A neighbour differs by so many exchanges at most.
static constexpr unsigned kMostExchanges = 3;
/// Neighbours that were all scored before end the search.
static constexpr unsigned kMostRepeats = 200;

namespace {
/// Draws neighbours of solutions.
class Mutation {
public:
  Mutation(const AllocationProblem &problem, uint64_t seed);

  /// Fits the budget as `picks` does.
  Picks draw(ArrayRef<unsigned> picks);

private:
  unsigned drawBelow(size_t count) { return unsigned(random() % count); }
  /// The layer's next choice that costs less (-1) or loses less (1), or none.
  std::optional<unsigned> getNext(unsigned layer, unsigned pick,
                                  int direction) const;
  int64_t getCost(unsigned layer, unsigned pick) const {
    return problem.getLayers()[layer].choices[pick].cost;
  }
  void exchange(Picks &picks, int64_t &left);
  bool move(Picks &picks, unsigned layer, int direction, int64_t &left);
  SmallVector<unsigned> shuffleLayers();

  const AllocationProblem &problem;
  /// The engine is the same everywhere, the library's distributions are not.
  std::mt19937_64 random;
  /// Choices of each layer that no other beats in both, in order of cost.
  std::vector<SmallVector<unsigned>> chains;
};
} // namespace

Mutation::Mutation(const AllocationProblem &problem, uint64_t seed)
    : problem(problem), random(seed) {
  for (const AllocationProblem::Layer &layer : problem.getLayers()) {
    SmallVector<unsigned> order(layer.choices.size()), chain;
    std::iota(order.begin(), order.end(), 0);
    llvm::sort(order, [&](unsigned a, unsigned b) {
      const Choice &one = layer.choices[a], &other = layer.choices[b];
      return std::tie(one.cost, one.error, a) <
             std::tie(other.cost, other.error, b);
    });
    for (unsigned choice : order)
      if (chain.empty() ||
          layer.choices[choice].error < layer.choices[chain.back()].error)
        chain.push_back(choice);
    chains.push_back(std::move(chain));
  }
}

std::optional<unsigned> Mutation::getNext(unsigned layer, unsigned pick,
                                          int direction) const {
  ArrayRef<unsigned> chain = chains[layer];
  int64_t cost = getCost(layer, pick);
  if (direction < 0) {
    for (unsigned choice : reverse(chain))
      if (getCost(layer, choice) < cost)
        return choice;
    return std::nullopt;
  }
  for (unsigned choice : chain)
    if (getCost(layer, choice) > cost)
      return choice;
  return std::nullopt;
}

SmallVector<unsigned> Mutation::shuffleLayers() {
  SmallVector<unsigned> order(problem.getLayers().size());
  std::iota(order.begin(), order.end(), 0);
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[drawBelow(i)]);
  return order;
}

/// Moves the layer a step if it has one; `left` may fall below zero.
bool Mutation::move(Picks &picks, unsigned layer, int direction,
                    int64_t &left) {
  std::optional<unsigned> next = getNext(layer, picks[layer], direction);
  if (!next)
    return false;
  left += getCost(layer, picks[layer]) - getCost(layer, *next);
  picks[layer] = *next;
  return true;
}

/// One layer gets better, others cheaper until that is paid for; and what is
/// left over goes to further layers that it suffices for.
void Mutation::exchange(Picks &picks, int64_t &left) {
  SmallVector<unsigned> order = shuffleLayers();
  const unsigned *better = find_if(order, [&](unsigned layer) {
    return move(picks, layer, /*direction=*/1, left);
  });
  if (better == order.end())
    return;
  SmallVector<unsigned> payers = shuffleLayers();
  for (bool pays = true; left < 0 && pays;) {
    pays = false;
    for (unsigned layer : payers)
      if (left < 0 && layer != *better)
        pays |= move(picks, layer, /*direction=*/-1, left);
  }
  for (unsigned layer : order) {
    std::optional<unsigned> next = getNext(layer, picks[layer], 1);
    if (left > 0 && next &&
        getCost(layer, *next) - getCost(layer, picks[layer]) <= left)
      move(picks, layer, /*direction=*/1, left);
  }
}

Picks Mutation::draw(ArrayRef<unsigned> picks) {
  int64_t left = problem.getBudget() - problem.getCost(picks);
  Picks neighbour(picks);
  // Few exchanges are likelier than many.
  unsigned count =
      1 + std::min(drawBelow(kMostExchanges), drawBelow(kMostExchanges));
  for (unsigned i = 0; i < count; ++i) {
    Picks before = neighbour;
    int64_t leftBefore = left;
    exchange(neighbour, left);
    if (left >= 0)
      continue;
    neighbour = std::move(before);
    left = leftBefore;
  }
  return neighbour;
}

namespace {
/// The best solution so far, and all that were scored.
class Search {
public:
  Search(const AllocationProblem &problem, ScorePicks score,
         const EvolutionOptions &options)
      : problem(problem), score(score), options(options) {}

  Error tryOut(const Picks &picks) {
    if (!seen.insert(picks).second || isOver())
      return Error::success();
    assert(!errorToBool(problem.verify(picks)) && "not a solution");
    Expected<double> loss = score(picks);
    if (!loss)
      return loss.takeError();
    if (best.picks.empty())
      best.firstLoss = *loss;
    ++best.evaluations;
    ++sinceGain;
    if (best.picks.empty() || *loss < best.loss) {
      best.picks = picks;
      best.loss = *loss;
    }
    if (best.loss < (1 - options.worth) * lossThen) {
      lossThen = best.loss;
      sinceGain = 0;
    }
    return Error::success();
  }

  /// A neighbour that was not scored yet, or none. The errors choose every
  /// other time: they do not add up in truth.
  std::optional<Picks> drawNew(Mutation &mutation) const {
    std::optional<Picks> least;
    unsigned drawn = 0, draws = best.evaluations % 2 ? options.draws : 1;
    for (unsigned i = 0; i < kMostRepeats && drawn < draws; ++i) {
      Picks picks = mutation.draw(best.picks);
      if (seen.count(picks))
        continue;
      ++drawn;
      if (!least || problem.getError(picks) < problem.getError(*least))
        least = std::move(picks);
    }
    return least;
  }

  bool isOver() const {
    // The first start is scored in any case.
    return !best.picks.empty() &&
           (best.evaluations >= options.evaluations ||
            sinceGain >= options.patience ||
            (options.shouldStop && options.shouldStop()));
  }

  EvolvedPicks best = {{}, INFINITY, INFINITY, 0};

private:
  const AllocationProblem &problem;
  ScorePicks score;
  const EvolutionOptions &options;
  std::set<Picks> seen;
  double lossThen = INFINITY;
  unsigned sinceGain = 0;
};
} // namespace

Expected<EvolvedPicks> sopt::evolve(const AllocationProblem &problem,
                                    ArrayRef<Picks> starts, ScorePicks score,
                                    const EvolutionOptions &options) {
  assert(!starts.empty() && "nothing to start from");
  Search search(problem, score, options);
  for (const Picks &start : starts)
    if (Error error = search.tryOut(start))
      return std::move(error);
  Mutation mutation(problem, options.seed);
  while (!search.isOver()) {
    std::optional<Picks> next = search.drawNew(mutation);
    if (!next)
      break;
    if (Error error = search.tryOut(*next))
      return std::move(error);
  }
  return std::move(search.best);
}
