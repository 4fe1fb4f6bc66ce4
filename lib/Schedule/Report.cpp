//===- Report.cpp - What was chosen for each layer, and why ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/Report.h"
#include "sparse-opt/Report/Charts.h"
#include "sparse-opt/Report/Table.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace sopt;

static constexpr double kNanosecondsPerMicrosecond = 1000;

static double toMicroseconds(double nanoseconds) {
  return nanoseconds / kNanosecondsPerMicrosecond;
}

static std::string formatMicroseconds(double nanoseconds) {
  return formatv("{0:f1}", toMicroseconds(nanoseconds));
}

static bool isRounded(const ReportedLayer &layer) {
  return layer.precision.precision != LayerPrecision::F32;
}

std::string ReportedLayer::getReason() const {
  if (precision.reason.empty())
    return kernel.reason;
  std::string text = precision.reason;
  if (isSmoothed)
    text += ", smoothed";
  if (range)
    raw_string_ostream(text)
        << format(", from %.3g to %.3g", range->low, range->high);
  bool hasZeros = pattern.nonZeros < pattern.k * pattern.n;
  return hasZeros || !isRounded(*this) ? kernel.reason + "; " + text : text;
}

/// Where predictions come from, and how far to trust them.
static std::string describeCosts(const MachineCosts &machine) {
  if (machine.medianError <= 0)
    return "by a table (--measure-machine knows better)";
  return formatv("off by {0:f0} % on this machine in the median",
                 100 * machine.medianError);
}

void LayerReport::printTable(raw_ostream &os) const {
  using Align = Table::Align;
  bool hasPrecisions = any_of(layers, isRounded);
  std::vector<Align> columns = {Align::Left,  Align::Right, Align::Left,
                                Align::Right, Align::Right, Align::Left};
  std::vector<std::string> titles = {
      "layer",
      "weight",
      "kernel",
      "us",
      hasPrecisions ? "fp32 dense us" : "dense us",
      "why"};
  constexpr size_t kPrecision = 3;
  auto addPrecision = [&](std::vector<std::string> &cells, StringRef text) {
    if (hasPrecisions)
      cells.insert(cells.begin() + kPrecision, text.str());
  };
  if (hasPrecisions)
    columns.insert(columns.begin() + kPrecision, Align::Left);
  addPrecision(titles, "precision");
  Table table(columns);
  table.add(std::move(titles));
  double time = 0, denseTime = 0;
  for (const ReportedLayer &layer : layers) {
    std::vector<std::string> cells = {
        layer.name,
        formatv("{0}x{1}", layer.pattern.k, layer.pattern.n),
        getName(layer.kernel.kernel).str(),
        formatMicroseconds(layer.kernel.time),
        formatMicroseconds(layer.kernel.denseTime),
        layer.getReason()};
    addPrecision(cells, getName(layer.precision.precision));
    table.add(std::move(cells));
    time += layer.kernel.time;
    denseTime += layer.kernel.denseTime;
  }
  std::vector<std::string> sums = {"all", "", "", formatMicroseconds(time),
                                   formatMicroseconds(denseTime)};
  addPrecision(sums, "");
  table.add(std::move(sums));
  os << "predicted for " << tokens << " tokens on one thread, "
     << describeCosts(machine) << ":\n";
  table.print(os);
}

static void printLayer(json::OStream &json, const ReportedLayer &layer) {
  json.attribute("name", json::fixUTF8(layer.name));
  json.attribute("k", layer.pattern.k);
  json.attribute("n", layer.pattern.n);
  json.attribute("non_zeros", layer.pattern.nonZeros);
  json.attribute("blocks_4x1", layer.pattern.blocksOf4);
  json.attribute("kernel", getName(layer.kernel.kernel));
  json.attribute("precision", getName(layer.precision.precision));
  if (isRounded(layer)) {
    json.attribute("weight_error", layer.precision.error);
    json.attribute("smoothed", layer.isSmoothed);
  }
  if (layer.range)
    json.attributeArray("range", [&] {
      json.value(layer.range->low);
      json.value(layer.range->high);
    });
  json.attribute("predicted_us", toMicroseconds(layer.kernel.time));
  json.attribute("dense_us", toMicroseconds(layer.kernel.denseTime));
  json.attribute("why", layer.getReason());
}

void LayerReport::printJSON(raw_ostream &os) const {
  json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("tokens", tokens);
    if (machine.medianError > 0)
      json.attribute("median_error", machine.medianError);
    if (cosine)
      json.attribute("cosine", *cosine);
    json.attributeArray("layers", [&] {
      for (const ReportedLayer &layer : layers)
        json.object([&] { printLayer(json, layer); });
    });
  });
  os << '\n';
}

void LayerReport::printSVG(raw_ostream &os) const {
  BarChart chart;
  chart.title = formatv("Time of each layer, predicted for {0} tokens on one "
                        "thread",
                        tokens);
  chart.axis = "microseconds";
  chart.series = {"as chosen", "dense"};
  for (const ReportedLayer &layer : layers) {
    BarChart::Row row = {layer.name, {}, ""};
    row.bars.push_back({0, toMicroseconds(layer.kernel.time)});
    row.bars.push_back({1, toMicroseconds(layer.kernel.denseTime)});
    row.note = formatv("{0}, {1:f0} % zeros", getName(layer.kernel.kernel),
                       100 * layer.pattern.getZeroShare());
    if (isRounded(layer))
      row.note += ", " + getName(layer.precision.precision).str();
    chart.rows.push_back(std::move(row));
  }
  drawBars(chart, os);
}

void LayerReport::print(ReportFormat format) const {
  switch (format) {
  case ReportFormat::None:
    return;
  case ReportFormat::Table:
    return printTable(errs());
  case ReportFormat::JSON:
    return printJSON(outs());
  case ReportFormat::SVG:
    return printSVG(outs());
  }
}
