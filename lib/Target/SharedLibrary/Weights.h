//===- Weights.h - Constants that bypass the code generator -----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_WEIGHTS_H
#define SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_WEIGHTS_H

#include "mlir/IR/BuiltinOps.h"

namespace sopt {

/// Writes the data of every big constant of `module`, in the LLVM dialect, to
/// the file at `path` and leaves a declaration in its place. Returns assembly
/// that defines the declared symbols from the file by `.incbin`: LLVM's code
/// generator needs 2.3 s and five times the memory for 90 MB of data, its
/// assembler a tenth of a second. Empty if there is no big constant.
mlir::FailureOr<std::string> externalizeWeights(mlir::ModuleOp module,
                                                llvm::StringRef path);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_WEIGHTS_H
