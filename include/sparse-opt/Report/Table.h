//===- Table.h - Lines of aligned cells -------------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_REPORT_TABLE_H
#define SPARSE_OPT_REPORT_TABLE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace sopt {

/// Text in columns as wide as their longest cell, two spaces apart.
class Table {
public:
  enum class Align { Left, Right };

  /// One alignment for each column.
  explicit Table(llvm::ArrayRef<Align> columns) : columns(columns) {}

  /// `cells` may be fewer than the columns.
  void add(std::vector<std::string> cells) { rows.push_back(std::move(cells)); }

  void print(llvm::raw_ostream &os) const;

private:
  std::vector<Align> columns;
  std::vector<std::vector<std::string>> rows;
};

} // namespace sopt

#endif // SPARSE_OPT_REPORT_TABLE_H
