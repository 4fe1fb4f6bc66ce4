//===- GuessedTypes.h - Results that nothing types --------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_GUESSEDTYPES_H
#define SPARSE_OPT_LIB_IMPORT_GUESSEDTYPES_H

#include "llvm/ADT/StringSet.h"
#include <onnx/onnx_pb.h>

namespace sopt {

/// Declares results of nodes of unknown domains that have no type yet as
/// tensors of their node's first input of floats, or else of its first input,
/// and adds their names to `guessed`. Returns whether there were any: then
/// infer, which may tell the types of further inputs, and call this again.
///
/// Runtimes ask their own schemas; nothing but the element type is needed for a
/// model to be read, and written again without this guess.
bool guessTypes(::onnx::GraphProto &graph, llvm::StringSet<> &guessed);

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_GUESSEDTYPES_H
