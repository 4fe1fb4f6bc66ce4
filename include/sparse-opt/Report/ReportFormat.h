//===- ReportFormat.h - How a report is printed -----------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_REPORT_REPORTFORMAT_H
#define SPARSE_OPT_REPORT_REPORTFORMAT_H

#include "llvm/Support/CommandLine.h"

namespace sopt {

/// A table is for reading, on standard error; JSON for programs and a picture
/// in SVG for showing, both on standard output.
enum class ReportFormat { None, Table, JSON, SVG };

/// The values of a pass's option of this type.
inline llvm::cl::ValuesClass getReportFormatValues() {
  return llvm::cl::values(clEnumValN(ReportFormat::None, "none", "nothing"),
                          clEnumValN(ReportFormat::Table, "table", "a table"),
                          clEnumValN(ReportFormat::JSON, "json", "JSON"),
                          clEnumValN(ReportFormat::SVG, "svg", "a picture"));
}

} // namespace sopt

#endif // SPARSE_OPT_REPORT_REPORTFORMAT_H
