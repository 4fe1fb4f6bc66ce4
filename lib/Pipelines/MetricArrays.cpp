//===- MetricArrays.cpp - Labels and scores in a file of arrays -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MetricArrays.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include <set>

using namespace llvm;
using namespace sopt;

template <typename T> static std::vector<double> convert(const Tensor &array) {
  ArrayRef<T> values = array.get<T>();
  return {values.begin(), values.end()};
}

/// The elements of the array `name`, which has `axes`. Labels are whole.
static Expected<std::vector<double>> getNumbers(ArrayRef<Tensor> arrays,
                                                StringRef name, size_t axes,
                                                bool areWhole) {
  const Tensor *array = findTensor(arrays, name);
  if (!array)
    return createStringError("has no array '" + name + "'");
  if (array->shape.size() != axes)
    return createStringError("'" + name + "' has " +
                             Twine(array->shape.size()) + " axes, not " +
                             Twine(axes));
  switch (array->type) {
  case SOPT_INT64:
    return convert<int64_t>(*array);
  case SOPT_INT32:
    return convert<int32_t>(*array);
  case SOPT_UINT8:
    return convert<uint8_t>(*array);
  case SOPT_FLOAT:
    if (!areWhole)
      return convert<float>(*array);
    break;
  case SOPT_DOUBLE:
    if (!areWhole)
      return convert<double>(*array);
    break;
  default:
    break;
  }
  return createStringError(
      "'" + name + "' must be " +
      (areWhole ? "int64, int32 or uint8" : "float32, float64 or integers"));
}

/// How many items the file has: some of them may be padding alone.
static size_t countItems(ArrayRef<Tensor> arrays,
                         ArrayRef<CalibrationItem> items) {
  return findTensor(arrays, items.front().inputs.front().name)->shape[0];
}

Expected<std::vector<int64_t>>
sopt::readLabels(ArrayRef<Tensor> arrays, ArrayRef<CalibrationItem> items) {
  auto numbers = getNumbers(arrays, "labels", /*axes=*/1, /*areWhole=*/true);
  if (!numbers)
    return numbers.takeError();
  if (size_t count = countItems(arrays, items); numbers->size() != count)
    return createStringError("'labels' has " + Twine(numbers->size()) +
                             " items, the inputs have " + Twine(count));
  std::vector<int64_t> labels;
  for (const CalibrationItem &item : items)
    labels.push_back(int64_t((*numbers)[item.source]));
  std::set<int64_t> classes(labels.begin(), labels.end());
  if (classes.size() < 2 || classes.size() == labels.size())
    return createStringError("'labels' must name two classes or more, and one "
                             "of them twice or more");
  return labels;
}

/// The place among `items` of each item of the file that is there.
static DenseMap<unsigned, unsigned> getPlaces(ArrayRef<CalibrationItem> items) {
  DenseMap<unsigned, unsigned> places;
  for (auto [place, item] : enumerate(items))
    places[item.source] = place;
  return places;
}

/// The first and the second items of pairs, one after the other.
static Expected<std::vector<double>> getSides(ArrayRef<Tensor> arrays,
                                              size_t pairs) {
  if (findTensor(arrays, "pairs"))
    return getNumbers(arrays, "pairs", /*axes=*/2, /*areWhole=*/true);
  std::vector<double> sides;
  sides.reserve(2 * pairs);
  for (size_t item = 0; item < 2 * pairs; ++item)
    sides.push_back(double(item));
  return sides;
}

Expected<std::vector<RatedPair>>
sopt::readScores(ArrayRef<Tensor> arrays, ArrayRef<CalibrationItem> items) {
  auto scores = getNumbers(arrays, "scores", /*axes=*/1, /*areWhole=*/false);
  if (!scores)
    return scores.takeError();
  auto sides = getSides(arrays, scores->size());
  if (!sides)
    return sides.takeError();
  if (sides->size() != 2 * scores->size())
    return createStringError("'pairs' must have a row of two items for each of "
                             "the " +
                             Twine(scores->size()) + " scores");
  DenseMap<unsigned, unsigned> places = getPlaces(items);
  double count = double(countItems(arrays, items));
  std::vector<RatedPair> pairs;
  for (auto [index, score] : enumerate(*scores)) {
    double one = (*sides)[2 * index], other = (*sides)[2 * index + 1];
    for (double side : {one, other})
      if (!(side >= 0 && side < count))
        return createStringError("pair " + Twine(index) + " names item " +
                                 Twine(int64_t(side)) + " of " +
                                 Twine(int64_t(count)));
    auto first = places.find(unsigned(one)),
         second = places.find(unsigned(other));
    // One side is padding alone: there is nothing to compare.
    if (first == places.end() || second == places.end())
      continue;
    pairs.push_back({first->second, second->second, score});
  }
  if (all_of(pairs, [&](const RatedPair &pair) {
        return !(pair.score != pairs.front().score);
      }))
    return createStringError("'scores' must differ");
  return pairs;
}
