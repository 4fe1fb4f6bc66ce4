//===- MetricCommand.h - Models judged by a program -------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_METRICCOMMAND_H
#define SPARSE_OPT_LIB_PIPELINES_METRICCOMMAND_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include <string>

namespace sopt {

/// The path of `program`, which is looked for on the PATH unless it names a
/// folder.
llvm::Expected<std::string> findMetricCommand(llvm::StringRef program);

/// Writes `module` as an ONNX file in a temporary folder, runs the program at
/// `path` with the file's name, and returns the number in the last line that it
/// prints. Fails, naming the program, if it ends with another status than 0 or
/// prints no finite number.
llvm::Expected<double> runMetricCommand(llvm::StringRef path,
                                        mlir::ModuleOp module);

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_METRICCOMMAND_H
