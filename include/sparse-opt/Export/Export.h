//===- Export.h - From the onnx dialect to an ONNX file ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_EXPORT_EXPORT_H
#define SPARSE_OPT_EXPORT_EXPORT_H

#include "mlir/IR/BuiltinOps.h"

namespace sopt {

/// Writes the only function of `module`, or its @main_graph, in the onnx and
/// sopt dialects, as the ONNX model `path`. Operations of sopt are written in
/// ONNX's operators; `module` itself stays as it is.
///
/// Names of inputs, outputs, tensors, nodes, symbolic dimensions and what the
/// original file said of itself (`onnx.model`) are those that import recorded.
/// The opset is the oldest that has all operators, but none older than the
/// original's. A model that one file cannot hold (2 GB) has its weights beside
/// it in `path`.data. Weights go to the file straight from their resources.
///
/// The model is checked by the ONNX library before anything is written, and the
/// file appears whole or not at all. On failure emits one error.
mlir::LogicalResult exportONNX(mlir::ModuleOp module, llvm::StringRef path);

/// The same where one file holds at most `maxBytes`.
mlir::LogicalResult exportONNX(mlir::ModuleOp module, llvm::StringRef path,
                               int64_t maxBytes);

/// The bytes of the file that holds `module` with all its weights.
mlir::FailureOr<std::string> serializeONNX(mlir::ModuleOp module);

} // namespace sopt

#endif // SPARSE_OPT_EXPORT_EXPORT_H
