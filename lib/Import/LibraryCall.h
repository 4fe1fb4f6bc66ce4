//===- LibraryCall.h - Calls of the ONNX library ----------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_LIBRARYCALL_H
#define SPARSE_OPT_LIB_IMPORT_LIBRARYCALL_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

namespace sopt {

/// Runs `step` of the ONNX library and turns what it throws into an error of
/// one line.
llvm::Error callLibrary(llvm::function_ref<void()> step);

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_LIBRARYCALL_H
