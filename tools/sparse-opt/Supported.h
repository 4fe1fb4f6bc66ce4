//===- Supported.h - Which operators a target takes -------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSE_OPT_SUPPORTED_H
#define SPARSE_OPT_TOOLS_SPARSE_OPT_SUPPORTED_H

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/raw_ostream.h"

namespace sopt {

/// Prints a table of the operators that --target=cpu takes and their element
/// types, with a line that counts the operators; or an object of JSON, an array
/// of types by operator.
void printSupported(mlir::MLIRContext *context, bool asJSON,
                    llvm::raw_ostream &os);

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSE_OPT_SUPPORTED_H
