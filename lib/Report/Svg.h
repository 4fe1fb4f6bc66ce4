//===- Svg.h - Shapes and text of a picture ---------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_REPORT_SVG_H
#define SPARSE_OPT_LIB_REPORT_SVG_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace sopt {

/// An SVG picture while it is drawn. Lengths are pixels, from the top left.
class Svg {
public:
  enum class Anchor { Start, Middle, End };

  void addLine(double x1, double y1, double x2, double y2,
               llvm::StringRef color);
  void addPath(llvm::ArrayRef<std::pair<double, double>> points,
               llvm::StringRef color);
  void addBox(double x, double y, double width, double height,
              llvm::StringRef color);
  void addDot(double x, double y, llvm::StringRef color);
  /// `y` is the middle of the line of text.
  void addText(double x, double y, llvm::StringRef text,
               Anchor anchor = Anchor::Start, bool isBold = false);
  /// Text that reads upwards, with its middle at the point.
  void addUpwardText(double x, double y, llvm::StringRef text);

  /// Ends the picture.
  void print(double width, double height, llvm::raw_ostream &os) const;

private:
  std::string shapes;
};

/// About how wide a text is.
double getTextWidth(llvm::StringRef text);

/// The colour of a series, told apart by those who see no red or no green too.
llvm::StringRef getColor(unsigned series);

/// Around a chart, and from one line of text to the next.
inline constexpr double kMargin = 16, kLine = 20;

/// The colours of text and axes, and of lines behind the data.
inline constexpr llvm::StringLiteral kInk = "#222222", kGrid = "#dddddd";

/// Draws a coloured box and a name for each series, from `x` on in one line.
void addLegend(Svg &svg, double x, double y, llvm::ArrayRef<std::string> names);

/// Round numbers.
struct Ticks {
  double begin, step;
  int count;
  /// A tick as text, with as many digits as the step needs.
  std::string format(int tick) const;
  double get(int tick) const { return begin + step * tick; }
  double getEnd() const { return get(count - 1); }
};

/// About five round numbers, the first at most `low` and the last at least
/// `high`.
Ticks getTicks(double low, double high);

} // namespace sopt

#endif // SPARSE_OPT_LIB_REPORT_SVG_H
