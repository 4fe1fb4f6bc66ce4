//===- Judge.cpp - How good a pruned model is -----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Judge.h"
#include "MetricArrays.h"
#include "MetricCommand.h"
#include "StagedModel.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "sparse-opt/Execution/Npz.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

static StringRef getOutputName(func::FuncOp function, unsigned index) {
  auto name = function.getResultAttrOfType<StringAttr>(
      index, onnx::ONNXDialect::getNameAttrName());
  return name ? name.getValue() : StringRef();
}

/// The output `name`, or without one the last with a number for each item and
/// feature, or else the last that has more axes.
static Expected<unsigned> chooseOutput(func::FuncOp function, StringRef name) {
  std::optional<unsigned> chosen;
  int64_t chosenRank = 0;
  for (auto [index, type] : llvm::enumerate(function.getResultTypes())) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.getElementType().isF32() || tensor.getRank() < 2 ||
        (!name.empty() && getOutputName(function, index) != name))
      continue;
    if (chosen && chosenRank == 2 && tensor.getRank() != 2)
      continue;
    chosen = index;
    chosenRank = tensor.getRank();
  }
  if (chosen)
    return *chosen;
  if (name.empty())
    return createStringError("no output holds embeddings: none is f32 with "
                             "two axes or more");
  return createStringError("output '" + name +
                           "' is none, or not f32 with two axes or more");
}

Error Judge::readLabels(const PruneOptions &options,
                        ArrayRef<CalibrationItem> items) {
  auto arrays = readNpz(options.calibration);
  if (!arrays)
    return arrays.takeError();
  if (metric->need == MetricNeed::Labels) {
    auto read = sopt::readLabels(*arrays, items);
    if (!read)
      return createFileError(options.calibration, read.takeError());
    labels = std::move(*read);
    return Error::success();
  }
  auto read = readScores(*arrays, items);
  if (!read)
    return createFileError(options.calibration, read.takeError());
  pairs = std::move(*read);
  return Error::success();
}

static Expected<PeakGroundTruth> readPeak(StringRef path,
                                          const Metric &metric) {
  Expected<Ratings> ratings = readRatings(path);
  if (!ratings)
    return ratings.takeError();
  Expected<PeakGroundTruth> peak = measurePeak(*ratings, metric);
  if (!peak)
    return createFileError(path, peak.takeError());
  return peak;
}

Expected<Judge> Judge::create(const PruneOptions &options,
                              func::FuncOp function,
                              ArrayRef<CalibrationItem> items) {
  Judge judge;
  judge.items = items.size();
  judge.tolerance = options.tolerance;
  if (!options.metricCommand.empty()) {
    auto program = findMetricCommand(options.metricCommand);
    if (!program)
      return program.takeError();
    judge.program = *program;
    return judge;
  }
  judge.metric = lookUpMetric(options.metric);
  assert(judge.metric && "parsing lets no other name through");
  if (judge.metric->need == MetricNeed::Nothing) {
    judge.denseScore = 0;
    return judge;
  }
  if (Error error = judge.readLabels(options, items))
    return std::move(error);
  auto output = chooseOutput(function, options.output);
  if (!output)
    return output.takeError();
  judge.output = *output;
  if (options.raters.empty())
    return judge;
  auto peak = readPeak(options.raters, *judge.metric);
  if (!peak)
    return peak.takeError();
  judge.peak = *peak;
  return judge;
}

/// The mean over all axes but the last one.
static std::vector<float> getMeanRow(const Tensor &tensor) {
  int64_t width = tensor.shape.back();
  ArrayRef<float> values = tensor.get<float>();
  std::vector<double> sums(width, 0.0);
  for (auto [index, value] : llvm::enumerate(values))
    sums[index % width] += value;
  std::vector<float> mean;
  for (double sum : sums)
    mean.push_back(float(sum * double(width) / double(values.size())));
  return mean;
}

Expected<Embeddings>
Judge::takeEmbeddings(ArrayRef<std::vector<Tensor>> outputs) const {
  Embeddings embeddings;
  for (const std::vector<Tensor> &item : outputs.take_front(items)) {
    std::vector<float> row = getMeanRow(item[output]);
    if (embeddings.values.empty())
      embeddings.width = int64_t(row.size());
    if (int64_t(row.size()) != embeddings.width)
      return createStringError("embeddings of different items have " +
                               Twine(embeddings.width) + " and " +
                               Twine(row.size()) + " numbers");
    llvm::append_range(embeddings.values, row);
  }
  return embeddings;
}

Expected<double> Judge::measure(ArrayRef<std::vector<Tensor>> outputs,
                                ArrayRef<std::vector<Tensor>> dense) const {
  JudgedOutputs judged;
  judged.outputs = takeOutputs(outputs);
  judged.references = takeOutputs(dense);
  judged.labels = labels;
  judged.pairs = pairs;
  if (metric->need != MetricNeed::Nothing) {
    auto embeddings = takeEmbeddings(outputs);
    if (!embeddings)
      return embeddings.takeError();
    judged.embeddings = std::move(*embeddings);
  }
  double score = metric->measure(judged);
  if (!std::isfinite(score))
    return createStringError(
        "metric=" + metric->name +
        " is not defined: outputs are not finite, or all alike");
  return score;
}

Expected<double> Judge::measure(ModuleOp module) const {
  return runMetricCommand(program, module);
}

double Judge::getLoss(double score) const {
  assert(denseScore && "there is nothing to measure from");
  if (!peak)
    return *denseScore - score;
  return std::max(0.0,
                  getSufficientScore(*denseScore, *peak, tolerance) - score);
}

StringRef Judge::getName() const {
  return metric ? StringRef(metric->name) : "metric-command";
}

bool Judge::isDistance() const {
  return metric && metric->need == MetricNeed::Nothing;
}

std::string Judge::describe(double score) const {
  // The distance is told as what it is, not by what is better.
  return llvm::formatv("{0} {1:f4}", getName(), isDistance() ? -score : score);
}
