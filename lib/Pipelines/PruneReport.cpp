//===- PruneReport.cpp - What became of a pruned model --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Pipelines/Prune.h"
#include "sparse-opt/Report/Charts.h"
#include "sparse-opt/Report/Table.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace sopt;
using llvm::formatv;

double PruneReport::getZeros() const {
  double zeros = 0, weights = 0;
  for (const PrunedLayerReport &layer : layers) {
    zeros += layer.zeros * double(layer.inputs * layer.outputs);
    weights += double(layer.inputs * layer.outputs);
  }
  return weights > 0 ? zeros / weights : 0;
}

static double getTime(llvm::ArrayRef<PrunedLayerReport> layers) {
  double time = 0;
  for (const PrunedLayerReport &layer : layers)
    time += layer.time;
  return time;
}

static std::string formatShare(double share) {
  return formatv("{0:f1} %", 100 * share);
}

std::string PruneReport::describe() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (!score)
    os << "not judged";
  else if (metric == "distance")
    os << formatv("outputs moved by {0:f4} of their square", -*score);
  else
    os << formatv("{0} {1:f4}, dense {2:f4}", metric, *score, *denseScore);
  os << ", " << allocation;
  if (peak)
    os << formatv("; raters agree by {0:f4} ({1:f4} to {2:f4}): {3}",
                  peak->ceiling, peak->low, peak->high,
                  isTie ? "good enough, so the cheapest that is"
                        : "less than is good enough");
  return text;
}

std::string PruneReport::describeConstraint() const {
  if (!latency)
    return reached;
  return formatv("{0}: promised {1:f3} ms, measured {2:f3} ms, dense {3:f3} ms",
                 reached, latency->promised, latency->measured, latency->dense);
}

void PruneReport::printTable(llvm::raw_ostream &os) const {
  using Align = Table::Align;
  Table table({Align::Left, Align::Right, Align::Right, Align::Left,
               Align::Right, Align::Right});
  table.add({"layer", "weight", "zeros", "format", "error", "us"});
  for (const PrunedLayerReport &layer : layers)
    table.add({layer.name, formatv("{0}x{1}", layer.inputs, layer.outputs),
               formatShare(layer.zeros), layer.format,
               formatv("{0:f4}", layer.error), formatv("{0:f1}", layer.time)});
  table.add({"all", "", formatShare(getZeros()), "", "",
             formatv("{0:f1}", getTime(layers))});
  table.print(os);
  os << describe() << '\n';
  if (!reached.empty())
    os << describeConstraint() << '\n';
}

static void printLayer(llvm::json::OStream &json,
                       const PrunedLayerReport &layer) {
  json.object([&] {
    json.attribute("name", llvm::json::fixUTF8(layer.name));
    json.attribute("inputs", layer.inputs);
    json.attribute("outputs", layer.outputs);
    json.attribute("zeros", layer.zeros);
    json.attribute("format", layer.format);
    json.attribute("error", layer.error);
    json.attribute("predicted_us", layer.time);
    json.attribute("dense_us", layer.denseTime);
  });
}

void PruneReport::printJSON(llvm::raw_ostream &os) const {
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("metric", metric);
    if (score)
      json.attribute("score", *score);
    if (denseScore)
      json.attribute("dense_score", *denseScore);
    if (peak)
      json.attributeObject("peak_ground_truth", [&] {
        json.attribute("ceiling", peak->ceiling);
        json.attribute("low", peak->low);
        json.attribute("high", peak->high);
        json.attribute("is_tie", isTie);
      });
    json.attribute("allocation", allocation);
    json.attribute("interrupted", isStopped);
    if (!reached.empty())
      json.attribute("reached", reached);
    if (latency)
      json.attributeObject("latency", [&] {
        json.attribute("promised_ms", latency->promised);
        json.attribute("measured_ms", latency->measured);
        json.attribute("dense_ms", latency->dense);
      });
    json.attribute("zeros", getZeros());
    json.attributeArray("layers", [&] {
      for (const PrunedLayerReport &layer : layers)
        printLayer(json, layer);
    });
  });
  os << '\n';
}

void PruneReport::printSVG(llvm::raw_ostream &os) const {
  BarChart chart;
  chart.title = formatv("Zeros of each layer, {0} of all; {1}",
                        formatShare(getZeros()), describe());
  chart.axis = "zeros, %";
  chart.end = 100;
  for (const PrunedLayerReport &layer : layers) {
    auto known = llvm::find(chart.series, layer.format);
    unsigned series = known - chart.series.begin();
    if (known == chart.series.end())
      chart.series.push_back(layer.format);
    std::string note = formatv("{0:f1} %, error {1:f4}, {2:f1} us",
                               100 * layer.zeros, layer.error, layer.time);
    chart.rows.push_back({layer.name, {{series, 100 * layer.zeros}}, note});
  }
  drawBars(chart, os);
}

void PruneReport::print(ReportFormat format) const {
  switch (format) {
  case ReportFormat::None:
    return;
  case ReportFormat::Table:
    return printTable(llvm::errs());
  case ReportFormat::JSON:
    return printJSON(llvm::outs());
  case ReportFormat::SVG:
    return printSVG(llvm::outs());
  }
}
