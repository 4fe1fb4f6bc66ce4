//===- Progress.h - What the compiler is doing ------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSE_OPT_PROGRESS_H
#define SPARSE_OPT_TOOLS_SPARSE_OPT_PROGRESS_H

#include "mlir/Pass/PassManager.h"
#include <chrono>

namespace sopt {

/// Tells on standard error what takes long: on a terminal as one line that is
/// rewritten and at last erased, else as a line for each step that begins more
/// than two seconds into the work. Short work prints nothing.
class Progress {
public:
  explicit Progress(bool quiet);
  ~Progress();

  /// Says that `step` begins; if it is one of `total` that are alike, `done` of
  /// them are over, which a terminal shows as a bar.
  void begin(llvm::StringRef step, unsigned done = 0, unsigned total = 0);

  /// Takes the line from a terminal, for what is printed next.
  void end() { erase(); }

  /// Shows each pass that `passes` runs as a step.
  void follow(mlir::PassManager &passes);

private:
  double getSeconds() const;
  void erase();

  bool quiet;
  bool isTerminal;
  bool isShown = false;
  std::chrono::steady_clock::time_point start;
};

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSE_OPT_PROGRESS_H
