//===- Functions.h - A model's own functions --------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_FUNCTIONS_H
#define SPARSE_OPT_LIB_IMPORT_FUNCTIONS_H

#include "llvm/Support/Error.h"
#include <onnx/onnx_pb.h>

namespace sopt {

/// Declares the opsets that only functions of `model` declare: their nodes will
/// be those of its graph.
void declareOpsetsOfFunctions(::onnx::ModelProto &model);

/// Puts, in place of each call of a function of the model's own, its nodes.
llvm::Error inlineFunctions(::onnx::ModelProto &model);

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_FUNCTIONS_H
