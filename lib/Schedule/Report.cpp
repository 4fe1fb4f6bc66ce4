//===- Report.cpp - What was chosen for each layer, and why ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/Report.h"
#include "sparse-opt/Report/Charts.h"
#include "sparse-opt/Report/Table.h"
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

/// Where predictions come from, and how far to trust them.
static std::string describeCosts(const MachineCosts &machine) {
  if (machine.medianError <= 0)
    return "by a table (--measure-machine knows better)";
  return formatv("off by {0:f0} % on this machine in the median",
                 100 * machine.medianError);
}

void sopt::printTable(ArrayRef<ScheduledLayer> layers,
                      const MachineCosts &machine, int64_t tokens,
                      raw_ostream &os) {
  using Align = Table::Align;
  Table table({Align::Left, Align::Right, Align::Left, Align::Right,
               Align::Right, Align::Left});
  table.add({"layer", "weight", "kernel", "us", "dense us", "why"});
  double time = 0, denseTime = 0;
  for (const ScheduledLayer &layer : layers) {
    const KernelChoice &choice = layer.choice;
    table.add({layer.name, formatv("{0}x{1}", layer.pattern.k, layer.pattern.n),
               getName(choice.kernel).str(), formatMicroseconds(choice.time),
               formatMicroseconds(choice.denseTime), choice.reason});
    time += choice.time;
    denseTime += choice.denseTime;
  }
  table.add(
      {"all", "", "", formatMicroseconds(time), formatMicroseconds(denseTime)});
  os << "predicted for " << tokens << " tokens on one thread, "
     << describeCosts(machine) << ":\n";
  table.print(os);
}

void sopt::printJSON(ArrayRef<ScheduledLayer> layers,
                     const MachineCosts &machine, int64_t tokens,
                     raw_ostream &os) {
  json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("tokens", tokens);
    if (machine.medianError > 0)
      json.attribute("median_error", machine.medianError);
    json.attributeArray("layers", [&] {
      for (const ScheduledLayer &layer : layers)
        json.object([&] {
          json.attribute("name", json::fixUTF8(layer.name));
          json.attribute("k", layer.pattern.k);
          json.attribute("n", layer.pattern.n);
          json.attribute("non_zeros", layer.pattern.nonZeros);
          json.attribute("blocks_4x1", layer.pattern.blocksOf4);
          json.attribute("kernel", getName(layer.choice.kernel));
          json.attribute("predicted_us", toMicroseconds(layer.choice.time));
          json.attribute("dense_us", toMicroseconds(layer.choice.denseTime));
          json.attribute("why", layer.choice.reason);
        });
    });
  });
  os << '\n';
}

void sopt::printSVG(ArrayRef<ScheduledLayer> layers, int64_t tokens,
                    raw_ostream &os) {
  BarChart chart;
  chart.title = formatv("Time of each layer, predicted for {0} tokens on one "
                        "thread",
                        tokens);
  chart.axis = "microseconds";
  chart.series = {"as chosen", "dense"};
  for (const ScheduledLayer &layer : layers) {
    const KernelChoice &choice = layer.choice;
    chart.rows.push_back({layer.name,
                          {{0, toMicroseconds(choice.time)},
                           {1, toMicroseconds(choice.denseTime)}},
                          formatv("{0}, {1:f0} % zeros", getName(choice.kernel),
                                  100 * layer.pattern.getZeroShare())});
  }
  drawBars(chart, os);
}

void sopt::printReport(ArrayRef<ScheduledLayer> layers,
                       const MachineCosts &machine, int64_t tokens,
                       ReportFormat format) {
  switch (format) {
  case ReportFormat::None:
    return;
  case ReportFormat::Table:
    return printTable(layers, machine, tokens, errs());
  case ReportFormat::JSON:
    return printJSON(layers, machine, tokens, outs());
  case ReportFormat::SVG:
    return printSVG(layers, tokens, outs());
  }
}
