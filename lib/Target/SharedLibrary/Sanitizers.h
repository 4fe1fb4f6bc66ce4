//===- Sanitizers.h - Emitted code that watches itself ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_SANITIZERS_H
#define SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_SANITIZERS_H

#include "sparse-opt/Target/SharedLibrary.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"

namespace sopt {

/// Marks the functions of `module` for `sanitizer`, and has the pipelines that
/// `builder` makes instrument them at their end, as clang does.
void addSanitizer(llvm::PassBuilder &builder, llvm::Module &module,
                  Sanitizer sanitizer);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_SANITIZERS_H
