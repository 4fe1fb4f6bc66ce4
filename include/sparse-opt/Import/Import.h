//===- Import.h - From an ONNX file to the onnx dialect ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_IMPORT_IMPORT_H
#define SPARSE_OPT_IMPORT_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace sopt {

/// Imports the ONNX model at `path`: a module with `func.func @main_graph` in
/// the onnx dialect, at the newest opset, functions inlined, shapes inferred.
///
/// Nodes and tensors keep their names as locations (NodeLocation.h), inputs and
/// outputs theirs as `onnx.name` and their symbolic dimensions as `onnx.dims`;
/// the module's `onnx.model` keeps what the file says of itself. Weights are
/// held once, in resources; external data stays mapped from its file. An
/// initializer that is also an input counts as a constant.
///
/// On failure emits one error, located at `path`, and returns null.
mlir::OwningOpRef<mlir::ModuleOp> importONNX(llvm::StringRef path,
                                             mlir::MLIRContext *context);

/// The same from the bytes of a file, which may not refer to others; errors are
/// located at the buffer's name. Operators in `expanded` are replaced by the
/// functions that ONNX defines them by.
mlir::OwningOpRef<mlir::ModuleOp>
importONNX(llvm::MemoryBufferRef bytes,
           llvm::ArrayRef<llvm::StringRef> expanded,
           mlir::MLIRContext *context);

/// The name of the function that holds the graph.
constexpr llvm::StringLiteral mainGraphName = "main_graph";

} // namespace sopt

#endif // SPARSE_OPT_IMPORT_IMPORT_H
