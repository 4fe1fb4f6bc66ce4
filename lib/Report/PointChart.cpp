//===- PointChart.cpp - Points in a plane ---------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Svg.h"
#include "sparse-opt/Report/Charts.h"
#include "llvm/ADT/STLExtras.h"
#include <limits>

using namespace llvm;
using namespace sopt;

static constexpr double kPlaneWidth = 480, kPlaneHeight = 320;

namespace {
/// The area within the axes.
struct Plot {
  double left, top;
  Ticks xTicks, yTicks;

  double getX(double x) const {
    return left +
           kPlaneWidth * (x - xTicks.begin) / (xTicks.getEnd() - xTicks.begin);
  }
  double getY(double y) const {
    return top + kPlaneHeight * (yTicks.getEnd() - y) /
                     (yTicks.getEnd() - yTicks.begin);
  }
};
} // namespace

/// Ticks around one coordinate of all points.
static Ticks
spanTicks(const PointChart &chart,
          function_ref<double(const PointChart::Point &)> coordinate) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const PointChart::Series &series : chart.series)
    for (const PointChart::Point &point : series.points) {
      low = std::min(low, coordinate(point));
      high = std::max(high, coordinate(point));
    }
  return low <= high ? getTicks(low, high) : getTicks(0, 1);
}

static Plot makePlot(const PointChart &chart) {
  Plot plot{0, 0, spanTicks(chart, [](const auto &point) { return point.x; }),
            spanTicks(chart, [](const auto &point) { return point.y; })};
  double labels = 0;
  for (int tick = 0; tick < plot.yTicks.count; ++tick)
    labels = std::max(labels, getTextWidth(plot.yTicks.format(tick)));
  plot.left = kMargin + kLine + labels + 8;
  plot.top = kMargin + kLine * (chart.series.size() > 1 ? 3 : 2);
  return plot;
}

static void addAxes(Svg &svg, const Plot &plot, const PointChart &chart) {
  double bottom = plot.top + kPlaneHeight, right = plot.left + kPlaneWidth;
  for (int tick = 0; tick < plot.xTicks.count; ++tick) {
    double x = plot.getX(plot.xTicks.get(tick));
    svg.addLine(x, plot.top, x, bottom, kGrid);
    svg.addText(x, bottom + 12, plot.xTicks.format(tick), Svg::Anchor::Middle);
  }
  for (int tick = 0; tick < plot.yTicks.count; ++tick) {
    double y = plot.getY(plot.yTicks.get(tick));
    svg.addLine(plot.left, y, right, y, kGrid);
    svg.addText(plot.left - 8, y, plot.yTicks.format(tick), Svg::Anchor::End);
  }
  svg.addLine(plot.left, bottom, right, bottom, kInk);
  svg.addLine(plot.left, plot.top, plot.left, bottom, kInk);
  svg.addText((plot.left + right) / 2, bottom + 12 + kLine, chart.xAxis,
              Svg::Anchor::Middle);
  svg.addUpwardText(kMargin + 4, plot.top + kPlaneHeight / 2, chart.yAxis);
}

static void addSeries(Svg &svg, const Plot &plot,
                      const PointChart::Series &series, StringRef color) {
  std::vector<std::pair<double, double>> places;
  places.reserve(series.points.size());
  for (const PointChart::Point &point : series.points)
    places.emplace_back(plot.getX(point.x), plot.getY(point.y));
  if (series.isJoined)
    svg.addPath(places, color);
  for (auto [place, point] : zip_equal(places, series.points)) {
    svg.addDot(place.first, place.second, color);
    // To the side where there is room, and below a front that rises.
    bool isRight = place.first > plot.left + kPlaneWidth * 0.75;
    svg.addText(place.first + (isRight ? -8 : 8), place.second + 11, point.name,
                isRight ? Svg::Anchor::End : Svg::Anchor::Start);
  }
}

void sopt::drawPoints(const PointChart &chart, raw_ostream &os) {
  Svg svg;
  Plot plot = makePlot(chart);
  svg.addText(kMargin, kMargin + kLine / 2, chart.title, Svg::Anchor::Start,
              /*isBold=*/true);
  if (chart.series.size() > 1) {
    std::vector<std::string> names;
    names.reserve(chart.series.size());
    for (const PointChart::Series &series : chart.series)
      names.push_back(series.name);
    addLegend(svg, plot.left, kMargin + kLine * 3 / 2, names);
  }
  addAxes(svg, plot, chart);
  for (auto [index, series] : enumerate(chart.series))
    addSeries(svg, plot, series, getColor(index));
  // A title is bold, and so a little wider.
  svg.print(std::max(plot.left + kPlaneWidth,
                     kMargin + 1.1 * getTextWidth(chart.title)) +
                2 * kMargin,
            plot.top + kPlaneHeight + 12 + 2 * kLine, os);
}
