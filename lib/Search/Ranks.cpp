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

std::vector<double> sopt::getMidranks(ArrayRef<unsigned> places,
                                      ArrayRef<double> weights) {
  if (places.empty())
    return {};
  std::vector<double> counts(*llvm::max_element(places) + 1, 0.0);
  for (auto [place, weight] : zip_equal(places, weights))
    counts[place] += weight;
  double below = 0;
  for (double &count : counts) {
    below += count;
    count = below - (count - 1) / 2;
  }
  std::vector<double> ranks(places.size());
  for (auto [rank, place] : zip_equal(ranks, places))
    rank = counts[place];
  return ranks;
}

double sopt::getRankCorrelation(ArrayRef<unsigned> first,
                                ArrayRef<unsigned> second,
                                ArrayRef<double> weights) {
  std::vector<double> x = getMidranks(first, weights),
                      y = getMidranks(second, weights);
  double total = 0, meanX = 0, meanY = 0;
  for (auto [xi, yi, weight] : zip_equal(x, y, weights)) {
    total += weight;
    meanX += weight * xi;
    meanY += weight * yi;
  }
  meanX /= total;
  meanY /= total;
  double squareX = 0, squareY = 0, product = 0;
  for (auto [xi, yi, weight] : zip_equal(x, y, weights)) {
    squareX += weight * (xi - meanX) * (xi - meanX);
    squareY += weight * (yi - meanY) * (yi - meanY);
    product += weight * (xi - meanX) * (yi - meanY);
  }
  if (!(squareX > 0 && squareY > 0))
    return std::numeric_limits<double>::quiet_NaN();
  return product / std::sqrt(squareX * squareY);
}
