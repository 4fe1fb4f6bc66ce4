//===- TableTest.cpp ------------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Report/Table.h"
#include "gtest/gtest.h"

using namespace sopt;

TEST(Table, ColumnsAreAsWideAsTheirLongestCell) {
  Table table({Table::Align::Left, Table::Align::Right, Table::Align::Left});
  table.add({"layer", "zeros", "why"});
  table.add({"a", "5 %", ""});
  table.add({"a longer one"});
  std::string text;
  llvm::raw_string_ostream os(text);
  table.print(os);
  // No blanks at the end of a line.
  EXPECT_EQ(text, "layer         zeros  why\n"
                  "a               5 %\n"
                  "a longer one\n");
}
