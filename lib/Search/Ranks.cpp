//===- Ranks.cpp - Ranks of values that may be equal ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ranks.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <limits>
#include <numeric>

using namespace llvm;
using namespace sopt;

std::vector<unsigned> sopt::getPlaces(ArrayRef<double> values) {
  std::vector<unsigned> order(values.size()), places(values.size());
  std::iota(order.begin(), order.end(), 0u);
  sort(order, [&](unsigned a, unsigned b) { return values[a] < values[b]; });
  unsigned place = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    place += i > 0 && values[order[i - 1]] < values[order[i]];
    places[order[i]] = place;
  }
  return places;
}

/// By place, how far the rank of its values is above the mean rank.
static std::vector<double> getCentredRanks(ArrayRef<unsigned> places,
                                           ArrayRef<double> weights) {
  unsigned last = 0;
  for (unsigned place : places)
    last = std::max(last, place);
  std::vector<double> ranks(last + 1, 0.0);
  for (auto [place, weight] : zip_equal(places, weights))
    ranks[place] += weight;
  double below = 0, total = std::accumulate(ranks.begin(), ranks.end(), 0.0);
  for (double &rank : ranks) {
    double count = rank;
    rank = below + (count - total) / 2;
    below += count;
  }
  return ranks;
}

double sopt::getRankCorrelation(ArrayRef<unsigned> first,
                                ArrayRef<unsigned> second,
                                ArrayRef<double> weights) {
  std::vector<double> x = getCentredRanks(first, weights),
                      y = getCentredRanks(second, weights);
  double squareX = 0, squareY = 0, product = 0;
  for (auto [one, other, weight] : zip_equal(first, second, weights)) {
    squareX += weight * x[one] * x[one];
    squareY += weight * y[other] * y[other];
    product += weight * x[one] * y[other];
  }
  if (!(squareX > 0 && squareY > 0))
    return std::numeric_limits<double>::quiet_NaN();
  return product / std::sqrt(squareX * squareY);
}
