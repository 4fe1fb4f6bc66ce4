//===- ModelFile.h - Models in the format of a file's extension -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_MODELFILE_H
#define SPARSE_OPT_TOOLS_MODELFILE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "sparse-opt/Target/SharedLibrary.h"

namespace sopt {

/// The formats that an extension names; any other extension is text.
enum class ModelFormat { Text, Bytecode, ONNX, SharedLibrary };

ModelFormat getModelFormat(llvm::StringRef path);

/// Reads the .onnx, .mlir or .mlirbc file `path`. On failure, also where a
/// constant was left out of it, emits an error and returns null.
mlir::OwningOpRef<mlir::ModuleOp> readModel(llvm::StringRef path,
                                            mlir::MLIRContext *context);

struct WriteOptions {
  /// Leave big constants out of text, which then does not load again.
  bool elide = false;
  /// For .so.
  SharedLibraryOptions library;
};

/// Writes `module` to `path` in the format of its extension; for a shared
/// library the pipeline sopt-cpu has lowered it. The file appears whole or not
/// at all. On failure emits an error.
mlir::LogicalResult writeModel(mlir::ModuleOp module, llvm::StringRef path,
                               const WriteOptions &options = {});

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_MODELFILE_H
