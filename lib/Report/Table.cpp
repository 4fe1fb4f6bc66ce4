//===- Table.cpp - Lines of aligned cells ---------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Report/Table.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"

using namespace llvm;
using namespace sopt;

void Table::print(raw_ostream &os) const {
  std::vector<size_t> widths(columns.size(), 0);
  for (const auto &row : rows)
    for (auto [width, cell] : zip(widths, row))
      width = std::max(width, cell.size());
  for (const auto &row : rows) {
    std::string line;
    raw_string_ostream text(line);
    for (auto [cell, width, align] : zip(row, widths, columns)) {
      if (align == Align::Left)
        text << left_justify(cell, width);
      else
        text << right_justify(cell, width);
      text << "  ";
    }
    os << StringRef(line).rtrim() << '\n';
  }
}
