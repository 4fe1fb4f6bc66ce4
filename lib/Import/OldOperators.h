//===- OldOperators.h - What the version converter cannot do ----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The ONNX library's version converter lacks some operators, refuses some of
// their forms, and misreads others. Those are converted here, one opset at a
// time, between runs of the library's converter for all the rest.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_OLDOPERATORS_H
#define SPARSE_OPT_LIB_IMPORT_OLDOPERATORS_H

#include "llvm/Support/Error.h"
#include <onnx/onnx_pb.h>

namespace sopt {

/// Whether `graph`, of opset `version` − 1, has a node whose form changes with
/// `version` in a way that is converted here.
bool hasOldOperators(const ::onnx::GraphProto &graph, int version);

/// Rewrites these nodes of `model` to the form of `version`, and hides them
/// from the library's converter. The error names the node and what it would
/// need.
llvm::Error convertOldOperators(::onnx::ModelProto &model, int version);

/// Shows what was hidden.
void revealOperators(::onnx::ModelProto &model);

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_OLDOPERATORS_H
