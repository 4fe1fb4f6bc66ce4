//===- LoopBodies.h - What a Loop carries has a rank ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_LOOPBODIES_H
#define SPARSE_OPT_LIB_IMPORT_LOOPBODIES_H

#include <onnx/onnx_pb.h>

namespace sopt {

/// Gives each value that a Loop carries, and that its body declares without a
/// shape, the rank with which it enters, its sizes unknown. Returns whether
/// there was one.
///
/// The ONNX library infers nothing there, since a shape may change from one
/// iteration to the next. A rank that does is no tensor that could be compiled.
bool giveLoopsRanks(::onnx::GraphProto &graph);

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_LOOPBODIES_H
