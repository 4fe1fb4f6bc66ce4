//===- PruneFront.cpp - A front between speed and loss, written and drawn -===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Pipelines/Prune.h"
#include "sparse-opt/Report/Charts.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"

using namespace sopt;

void sopt::printFront(llvm::ArrayRef<FrontPoint> front, llvm::raw_ostream &os) {
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attributeArray("points", [&] {
      for (const FrontPoint &point : front)
        json.object([&] {
          const PruneReport &report = point.report;
          json.attribute("model", point.file);
          json.attribute("constraint", point.constraint.getText());
          json.attribute("zeros", report.getZeros());
          json.attribute("loss", report.loss);
          json.attribute("metric", report.metric);
          if (report.score)
            json.attribute("score", *report.score);
          json.attribute("promised_ms", report.latency->promised);
          json.attribute("measured_ms", report.latency->measured);
          json.attribute("dense_ms", report.latency->dense);
          json.attribute("beaten", point.isBeaten);
        });
    });
  });
  os << '\n';
}

void sopt::drawFront(llvm::ArrayRef<FrontPoint> front, llvm::raw_ostream &os) {
  PointChart chart;
  chart.title = "Models between fast and good";
  chart.xAxis = "milliseconds, measured";
  chart.yAxis = "worse than the dense model by " + front.front().report.metric;
  PointChart::Series best{"the front", {}, /*isJoined=*/true};
  PointChart::Series others{"others", {}};
  for (const FrontPoint &point : front) {
    PointChart::Series &series = point.isBeaten ? others : best;
    series.points.push_back({point.report.latency->measured, point.report.loss,
                             point.constraint.getText()});
  }
  llvm::sort(best.points, [](const PointChart::Point &a,
                             const PointChart::Point &b) { return a.x < b.x; });
  chart.series.push_back(std::move(best));
  if (!others.points.empty())
    chart.series.push_back(std::move(others));
  drawPoints(chart, os);
}
