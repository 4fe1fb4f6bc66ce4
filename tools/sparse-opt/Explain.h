//===- Explain.h - What an error means and what to do about it --*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSE_OPT_EXPLAIN_H
#define SPARSE_OPT_TOOLS_SPARSE_OPT_EXPLAIN_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LogicalResult.h"

namespace sopt {

/// Prints what the error `what` means: the name of a class of errors, an error
/// message as it was printed, or "list" for all names. Fails if it is none.
llvm::LogicalResult explain(llvm::StringRef what);

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSE_OPT_EXPLAIN_H
