//===- Formats.h - Patterns of zeros by their names -------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SEARCH_FORMATS_H
#define SPARSE_OPT_SEARCH_FORMATS_H

#include "sparse-opt/Search/Pruners.h"

namespace sopt {

/// The pattern called "unstructured", "4x1" (any number of outputs up to 64),
/// "2:4" (any N:M up to 32), "neurons" or "heads", as a target. One of N:M has
/// its zeros, others have none yet.
llvm::Expected<SparsityTarget> parseFormat(llvm::StringRef name);

/// The name that parseFormat takes; "dense" without zeros.
std::string getFormatName(const SparsityTarget &target);

/// What layers may become: dense first, then each format with all shares of
/// zeros it comes in, rising.
std::vector<SparsityTarget> listTargets(llvm::ArrayRef<SparsityTarget> formats);

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_FORMATS_H
