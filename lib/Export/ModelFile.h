//===- ModelFile.h - An ONNX model on its way to disk -----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the ONNX library and protobuf do for export happens behind this header.
// The library throws; nothing declared here does.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_EXPORT_MODELFILE_H
#define SPARSE_OPT_LIB_EXPORT_MODELFILE_H

#include "GraphExporter.h"
#include "llvm/Support/Error.h"

namespace sopt {

/// Checks `model` in full, shape inference included, as if it had `weights`.
llvm::Error checkModel(const ::onnx::ModelProto &model,
                       llvm::ArrayRef<Weight> weights);

/// The bytes of `model` with `weights`.
std::string serializeModel(::onnx::ModelProto model,
                           llvm::ArrayRef<Weight> weights);

/// Writes `model` with `weights` as `path`, or, where that would exceed
/// `maxBytes`, with the weights beside it in `path`.data. Files appear whole or
/// not at all. Weights are not copied.
llvm::Error writeModel(::onnx::ModelProto model, std::vector<Weight> weights,
                       llvm::StringRef path, int64_t maxBytes);

} // namespace sopt

#endif // SPARSE_OPT_LIB_EXPORT_MODELFILE_H
