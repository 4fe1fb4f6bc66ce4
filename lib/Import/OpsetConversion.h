//===- OpsetConversion.h - From any opset to the newest ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_OPSETCONVERSION_H
#define SPARSE_OPT_LIB_IMPORT_OPSETCONVERSION_H

#include "llvm/Support/Error.h"
#include <onnx/onnx_pb.h>

namespace sopt {

/// Rewrites `model` for the newest opset of ONNX. The error is one line that
/// names the opsets and what cannot be rewritten.
llvm::Error convertToNewestOpset(::onnx::ModelProto &model);

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_OPSETCONVERSION_H
