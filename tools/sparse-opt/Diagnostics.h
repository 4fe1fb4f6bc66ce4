//===- Diagnostics.h - Errors in the user's words ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSE_OPT_DIAGNOSTICS_H
#define SPARSE_OPT_TOOLS_SPARSE_OPT_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"

namespace sopt {

/// While it lives, prints diagnostics as `FILE: error: …`, one line each, and
/// names the model's node where the location knows it.
class ModelDiagnosticHandler : public mlir::ScopedDiagnosticHandler {
public:
  ModelDiagnosticHandler(mlir::MLIRContext *context, llvm::StringRef file);

private:
  void print(mlir::Location loc, mlir::DiagnosticSeverity severity,
             const std::string &message);

  std::string file;
};

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSE_OPT_DIAGNOSTICS_H
