//===- ModelLimits.h - Small files that stand for huge models ---*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_MODELLIMITS_H
#define SPARSE_OPT_LIB_IMPORT_MODELLIMITS_H

#include "llvm/Support/Error.h"
#include <onnx/onnx_pb.h>

namespace sopt {

/// Fails if calls of functions stand for more nodes than any model has: n
/// functions that call the next one twice stand for 2ⁿ. Linear in the file; the
/// model has passed ONNX's checker, so that no function calls itself.
llvm::Error checkCalls(const ::onnx::ModelProto &model);

/// Fails if the graph has so many subgraphs among so many values that ONNX's
/// shape inference, which lists all that each of them sees, would not end soon.
llvm::Error checkSubgraphs(const ::onnx::GraphProto &graph);

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_MODELLIMITS_H
