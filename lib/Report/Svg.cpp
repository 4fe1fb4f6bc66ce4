//===- Svg.cpp - Shapes and text of a picture -----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Svg.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace llvm;
using namespace sopt;

static constexpr StringLiteral kColors[] = {"#1b6ca8", "#e69f00", "#009e73",
                                            "#cc79a7", "#56b4e9", "#8c510a"};

/// The width of a letter, of all on average, at the size of the text.
static constexpr double kLetterWidth = 6.6;

StringRef sopt::getColor(unsigned series) {
  return kColors[series % std::size(kColors)];
}

double sopt::getTextWidth(StringRef text) {
  return kLetterWidth * double(text.size());
}

static std::string escape(StringRef text) {
  std::string escaped;
  raw_string_ostream os(escaped);
  printHTMLEscaped(text, os);
  return escaped;
}

void Svg::addLine(double x1, double y1, double x2, double y2, StringRef color) {
  raw_string_ostream(shapes) << formatv(
      "<line x1=\"{0:f1}\" y1=\"{1:f1}\" x2=\"{2:f1}\" y2=\"{3:f1}\" "
      "stroke=\"{4}\"/>\n",
      x1, y1, x2, y2, color);
}

void Svg::addPath(ArrayRef<std::pair<double, double>> points, StringRef color) {
  raw_string_ostream os(shapes);
  os << "<polyline fill=\"none\" stroke-width=\"1.5\" stroke=\"" << color
     << "\" points=\"";
  interleave(
      points, os,
      [&](auto point) {
        os << formatv("{0:f1},{1:f1}", point.first, point.second);
      },
      " ");
  os << "\"/>\n";
}

void Svg::addBox(double x, double y, double width, double height,
                 StringRef color) {
  raw_string_ostream(shapes) << formatv(
      "<rect x=\"{0:f1}\" y=\"{1:f1}\" width=\"{2:f1}\" height=\"{3:f1}\" "
      "fill=\"{4}\"/>\n",
      x, y, width, height, color);
}

void Svg::addDot(double x, double y, StringRef color) {
  raw_string_ostream(shapes)
      << formatv("<circle cx=\"{0:f1}\" cy=\"{1:f1}\" r=\"4\" fill=\"{2}\"/>\n",
                 x, y, color);
}

void Svg::addText(double x, double y, StringRef text, Anchor anchor,
                  bool isBold) {
  static constexpr StringLiteral anchors[] = {"start", "middle", "end"};
  // A baseline is a third of the size below the middle.
  raw_string_ostream(shapes) << formatv(
      "<text x=\"{0:f1}\" y=\"{1:f1}\" text-anchor=\"{2}\"{3}>{4}</text>\n", x,
      y + 4, anchors[size_t(anchor)], isBold ? " font-weight=\"bold\"" : "",
      escape(text));
}

void Svg::addUpwardText(double x, double y, StringRef text) {
  raw_string_ostream(shapes)
      << formatv("<text transform=\"translate({0:f1} {1:f1}) rotate(-90)\" "
                 "text-anchor=\"middle\">{2}</text>\n",
                 x + 4, y, escape(text));
}

void Svg::print(double width, double height, raw_ostream &os) const {
  os << formatv("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:f0}\" "
                "height=\"{1:f0}\" viewBox=\"0 0 {0:f0} {1:f0}\" "
                "font-family=\"sans-serif\" font-size=\"12\" fill=\"{2}\">\n"
                "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
                width, height, kInk)
     << shapes << "</svg>\n";
}

void sopt::addLegend(Svg &svg, double x, double y,
                     ArrayRef<std::string> names) {
  for (auto [series, name] : enumerate(names)) {
    svg.addBox(x, y - 5, 10, 10, getColor(series));
    svg.addText(x + 15, y, name);
    x += 15 + getTextWidth(name) + 18;
  }
}

std::string Ticks::format(int tick) const {
  int digits = std::max(0, -int(std::floor(std::log10(step) + 1e-9)));
  // Not "-0.0".
  double value = std::abs(get(tick)) < step / 2 ? 0 : get(tick);
  std::string text;
  raw_string_ostream(text) << llvm::format("%.*f", digits, value);
  return text;
}

Ticks sopt::getTicks(double low, double high) {
  if (!(high > low))
    high = low + (low != 0 ? std::abs(low) : 1);
  double rough = (high - low) / 5,
         unit = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * unit;
  for (double factor : {5.0, 2.0, 1.0})
    if (factor * unit >= rough * (1 - 1e-9))
      step = factor * unit;
  double begin = std::floor(low / step + 1e-9) * step;
  return {begin, step, int(std::ceil((high - begin) / step - 1e-9)) + 1};
}
