//===- Options.h - The command line of sparse-opt ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSE_OPT_OPTIONS_H
#define SPARSE_OPT_TOOLS_SPARSE_OPT_OPTIONS_H

#include "sparse-opt/Target/SharedLibrary.h"
#include "sparse-opt/Transforms/Passes.h"
#include <string>

namespace sopt {

enum class Target { None, CPU };
enum class ListFormat { None, Table, JSON };

/// The options that are ours; all others are those of mlir-opt.
struct Options {
  Target target = Target::None;
  std::string cpu;     ///< An LLVM CPU name, or "native".
  std::string runtime; ///< An archive, or empty for the one that is ours.
  Sanitizer sanitizer = Sanitizer::None;
  bool raise = false;
  bool raiseReport = false;
  bool unpad = false;
  std::string precision; ///< See PrecisionOptions.
  ReportFormat sparseReport = ReportFormat::None;
  std::string pruneSearch; ///< See PruneOptions; empty for no pruning.
  ReportFormat pruneReport = ReportFormat::Table;
  std::string raterAgreement; ///< A .csv file, or empty.
  bool elide = false;
  bool measureMachine = false;
  std::string explain;   ///< An error, or empty.
  bool limitWork = true; ///< Whether to refuse what takes long to compile.
  bool quiet = false;
  ListFormat listSupported = ListFormat::None;
};

/// Takes the options known so far from --help, not from --help-hidden. Called
/// first, it hides the thousand that LLVM's code generators bring.
void hideRegisteredOptions();

/// Declares our options. Call once, before the command line is parsed.
void registerOptions();

/// What the parsed command line says.
Options getOptions();

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSE_OPT_OPTIONS_H
