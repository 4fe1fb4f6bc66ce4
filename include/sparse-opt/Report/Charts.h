//===- Charts.h - Pictures of numbers ---------------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_REPORT_CHARTS_H
#define SPARSE_OPT_REPORT_CHARTS_H

#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace sopt {

/// Horizontal bars, in rows, on an axis from 0.
struct BarChart {
  struct Bar {
    unsigned series; ///< Whose colour it has.
    double value;    ///< From 0.
  };
  struct Row {
    std::string name;
    std::vector<Bar> bars; ///< Below each other.
    std::string note;      ///< Right of the axis.
  };
  std::string title, axis;
  std::vector<std::string> series; ///< At most 6; no legend for one.
  std::vector<Row> rows;
  double end = 0; ///< Of the axis; 0 for the longest bar.
};

/// Writes the chart as one SVG picture.
void drawBars(const BarChart &chart, llvm::raw_ostream &os);

/// Points in a plane, with axes around what they span.
struct PointChart {
  struct Point {
    double x, y;
    std::string name; ///< Beside the point; may be empty.
  };
  struct Series {
    std::string name;
    std::vector<Point> points;
    bool isJoined = false; ///< By lines from each point to the next.
  };
  std::string title, xAxis, yAxis;
  std::vector<Series> series; ///< At most 6; no legend for one.
};

/// Writes the chart as one SVG picture.
void drawPoints(const PointChart &chart, llvm::raw_ostream &os);

} // namespace sopt

#endif // SPARSE_OPT_REPORT_CHARTS_H
