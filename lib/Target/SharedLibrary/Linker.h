//===- Linker.h - Objects to a shared library -------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_LINKER_H
#define SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_LINKER_H

#include "llvm/Support/Error.h"

namespace sopt {

/// Links the objects and archives `inputs` to the shared library `output`,
/// which exports what has default visibility and needs libc, libm and libomp.
/// What none of these defines is an error, or with `mayLack` left to the
/// program that loads the library.
llvm::Error linkSharedLibrary(llvm::ArrayRef<std::string> inputs,
                              llvm::StringRef output, bool mayLack);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_LINKER_H
