//===- Compare.cpp - How far outputs are from those expected --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compare.h"
#include "Values.h"
#include "sparse-opt/Execution/Npz.h"
#include <cmath>
#include <cstring>
#include <fmt/format.h>

using namespace llvm;
using namespace sopt;

static double getDifference(double actual, double expected) {
  if (actual == expected || (std::isnan(actual) && std::isnan(expected)))
    return 0;
  double difference = std::abs(actual - expected);
  return std::isnan(difference) ? INFINITY : difference;
}

Difference sopt::compare(const Tensor &actual, const Tensor &expected,
                         double tolerance) {
  Difference result;
  if (!areStoredAlike(actual.type, expected.type)) {
    result.shapeOrType = "another element type is expected";
  } else if (actual.shape != expected.shape) {
    result.shapeOrType =
        fmt::format("shape [{}] is expected", fmt::join(expected.shape, ", "));
  }
  if (!result.shapeOrType.empty()) {
    result.isWithin = false;
    return result;
  }
  Values ours(actual), theirs(expected);
  if (!ours.areFloats()) {
    for (size_t i = 0; i < ours.size(); ++i)
      result.largest += ours.getBits(i) != theirs.getBits(i);
    result.isWithin = result.largest == 0;
    return result;
  }
  for (size_t i = 0; i < ours.size(); ++i)
    result.largest =
        std::max(result.largest, getDifference(ours.get(i), theirs.get(i)));
  result.isWithin = result.largest <= tolerance;
  return result;
}

/// "largest difference 1.2e-06, within 0.0001"
static std::string format(const Tensor &output, const Difference &difference,
                          double tolerance) {
  if (!difference.shapeOrType.empty())
    return difference.shapeOrType;
  if (Values(output).areFloats())
    return fmt::format("largest difference {:.3g}, {} {:g}", difference.largest,
                       difference.isWithin ? "within" : "above", tolerance);
  if (difference.isWithin)
    return "equal";
  return fmt::format("{:.0f} of {} elements differ", difference.largest,
                     Values(output).size());
}

Expected<bool> sopt::printComparison(const LoadedModel &model,
                                     ArrayRef<Tensor> outputs,
                                     ArrayRef<Tensor> arrays,
                                     const Options &options) {
  bool areWithin = true;
  for (const Tensor &expected : make_filter_range(arrays, isExpectedOutput)) {
    StringRef name = StringRef(expected.name).drop_front(strlen("out:"));
    const Tensor *output = findTensor(outputs, name);
    if (!output)
      return createStringError("the model has no output '" + name +
                               "' to compare with");
    Difference difference = compare(*output, expected, options.tolerance);
    areWithin &= difference.isWithin;
    if (options.isQuiet())
      continue;
    fmt::print("{}  {} [{}]  {}\n", output->name, model.typeName(output->type),
               fmt::join(output->shape, ", "),
               format(*output, difference, options.tolerance));
  }
  return areWithin;
}
