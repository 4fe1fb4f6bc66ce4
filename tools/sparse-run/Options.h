//===- Options.h - What the command line asks for ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSERUN_OPTIONS_H
#define SPARSE_OPT_TOOLS_SPARSERUN_OPTIONS_H

#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sopt {

struct Options {
  bool help = false;
  bool version = false;
  std::string model;

  std::string inputs;              ///< A .npz file, or "".
  std::vector<std::string> random; ///< As RandomInputs.h parses them.
  uint64_t seed = 0;

  std::string output;      ///< A .npz file, or "".
  std::string compareWith; ///< An ONNX file, or "".
  double tolerance = 1e-4; ///< Largest absolute difference.
  std::string python;      ///< An interpreter, or "" to look for one.

  int32_t threads = 0;
  bool bench = false;
  double benchSeconds = 2;         ///< Of runs on each side.
  std::optional<std::string> json; ///< A file, "-" for the standard output.
  bool profile = false;

  /// Whether anything of this needs a run.
  bool wantsRun() const {
    return !inputs.empty() || !random.empty() || !output.empty() ||
           !compareWith.empty() || bench || profile;
  }

  /// Whether the standard output is for a program, which wants JSON only.
  bool isQuiet() const { return json == "-"; }
};

/// Exit codes, as --help documents them.
enum ExitCode { Success = 0, OutputsDiffer = 1, Failure = 2 };

llvm::Expected<Options> parseOptions(int argc, char **argv);

void printHelp();
void printVersion();

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSERUN_OPTIONS_H
