//===- MetricCommand.cpp - Models judged by a program ---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MetricCommand.h"
#include "sparse-opt/Export/Export.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <cmath>

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::SmallString;
using llvm::Twine;

static Error blame(StringRef path, const Twine &fault) {
  return createStringError("metric-command '" + path + "' " + fault);
}

Expected<std::string> sopt::findMetricCommand(StringRef program) {
  // A name with a folder in it is a path already.
  auto path = llvm::sys::findProgramByName(program);
  if (!path || !llvm::sys::fs::can_execute(*path))
    return blame(program, "is not a program");
  return *path;
}

/// The last line of a file that is not blank.
static std::string readLastLine(StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file)
    return "";
  StringRef text = (*file)->getBuffer().rtrim();
  return text.substr(text.rfind('\n') + 1).trim().str();
}

/// Runs the program on the model in `folder`.
static Expected<double> run(StringRef path, StringRef folder, StringRef model) {
  SmallString<128> output(folder), errors(folder);
  llvm::sys::path::append(output, "output");
  llvm::sys::path::append(errors, "errors");
  std::string message;
  int status = llvm::sys::ExecuteAndWait(
      path, {path, model}, /*Env=*/std::nullopt,
      {StringRef(""), StringRef(output), StringRef(errors)},
      /*SecondsToWait=*/0, /*MemoryLimit=*/0, &message);
  if (status < 0)
    return blame(path, "did not end well: " + message);
  if (status > 0) {
    std::string said = readLastLine(errors);
    return blame(path, "ended with status " + Twine(status) +
                           (said.empty() ? "" : ": " + said));
  }
  std::string line = readLastLine(output);
  double score;
  if (StringRef(line).getAsDouble(score) || !std::isfinite(score))
    return blame(path, "printed no number but '" + line + "'");
  return score;
}

Expected<double> sopt::runMetricCommand(StringRef path, ModuleOp module) {
  SmallString<128> folder;
  if (std::error_code error =
          llvm::sys::fs::createUniqueDirectory("sparse-opt-metric", folder))
    return createStringError(error, "cannot make a temporary folder");
  auto remove = llvm::scope_exit(
      [&] { (void)llvm::sys::fs::remove_directories(folder); });
  SmallString<128> model(folder);
  llvm::sys::path::append(model, "candidate.onnx");
  if (failed(exportONNX(module, model)))
    return createStringError("the candidate cannot be written to judge it");
  return run(path, folder, model);
}
