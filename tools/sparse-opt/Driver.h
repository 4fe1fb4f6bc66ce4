//===- Driver.h - From a model to what the user asked for -------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSE_OPT_DRIVER_H
#define SPARSE_OPT_TOOLS_SPARSE_OPT_DRIVER_H

#include "Options.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

namespace sopt {

/// Whether the command asks for more than mlir-opt does: it reads or writes
/// another format than MLIR's text, or names one of our options.
bool isModelCommand(llvm::StringRef input, llvm::StringRef output,
                    const Options &options);

/// Reads `input`, runs the pipelines that `options` and mlir-opt's own ask for
/// and writes `output` in the format of its extension. Says on standard error
/// what is wrong; then no output file is left.
mlir::LogicalResult runModelCommand(llvm::StringRef input,
                                    llvm::StringRef output,
                                    const Options &options,
                                    const mlir::MlirOptMainConfig &config,
                                    mlir::DialectRegistry &registry);

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSE_OPT_DRIVER_H
