//===- BarChart.cpp - Horizontal bars in rows -----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Svg.h"
#include "sparse-opt/Report/Charts.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace sopt;

static constexpr double kBar = 13, kGap = 7, kBarsWidth = 420;

namespace {
/// Where things are.
struct Layout {
  double left, top, bottom, right;
  Ticks ticks;

  double getX(double value) const {
    return left + kBarsWidth * value / ticks.getEnd();
  }
};
} // namespace

static double getHeight(const BarChart::Row &row) {
  return kBar * double(std::max<size_t>(1, row.bars.size())) + kGap;
}

static Layout makeLayout(const BarChart &chart) {
  double names = 0, notes = 0, longest = 0, height = 0;
  for (const BarChart::Row &row : chart.rows) {
    names = std::max(names, getTextWidth(row.name));
    notes = std::max(notes, getTextWidth(row.note));
    height += getHeight(row);
    for (const BarChart::Bar &bar : row.bars)
      longest = std::max(longest, bar.value);
  }
  Layout layout{0, 0, 0, 0, getTicks(0, chart.end > 0 ? chart.end : longest)};
  layout.left = kMargin + names + 8;
  layout.top = kMargin + kLine * (chart.series.size() > 1 ? 3 : 2);
  layout.bottom = layout.top + height;
  // A title is bold, and so a little wider.
  layout.right = std::max(layout.left + kBarsWidth + 8 + notes,
                          kMargin + 1.1 * getTextWidth(chart.title)) +
                 kMargin;
  return layout;
}

static void addAxis(Svg &svg, const Layout &layout, StringRef name) {
  for (int tick = 0; tick < layout.ticks.count; ++tick) {
    double x = layout.getX(layout.ticks.get(tick));
    svg.addLine(x, layout.top, x, layout.bottom, tick == 0 ? kInk : kGrid);
    svg.addText(x, layout.bottom + 10, layout.ticks.format(tick),
                Svg::Anchor::Middle);
  }
  svg.addText(layout.left + kBarsWidth / 2, layout.bottom + 10 + kLine, name,
              Svg::Anchor::Middle);
}

void sopt::drawBars(const BarChart &chart, raw_ostream &os) {
  Svg svg;
  Layout layout = makeLayout(chart);
  svg.addText(kMargin, kMargin + kLine / 2, chart.title, Svg::Anchor::Start,
              /*isBold=*/true);
  if (chart.series.size() > 1)
    addLegend(svg, layout.left, kMargin + kLine * 3 / 2, chart.series);
  addAxis(svg, layout, chart.axis);
  double y = layout.top + kGap / 2;
  for (const BarChart::Row &row : chart.rows) {
    double middle = y + (getHeight(row) - kGap) / 2;
    svg.addText(layout.left - 8, middle, row.name, Svg::Anchor::End);
    for (auto [index, bar] : enumerate(row.bars))
      svg.addBox(layout.left, y + kBar * double(index),
                 layout.getX(bar.value) - layout.left, kBar - 1,
                 getColor(bar.series));
    svg.addText(layout.left + kBarsWidth + 8, middle, row.note);
    y += getHeight(row);
  }
  svg.print(layout.right, layout.bottom + 10 + 2 * kLine, os);
}
