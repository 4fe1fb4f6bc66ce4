//===- Oracle.h - What must hold whatever the input -------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TEST_FUZZ_ORACLE_H
#define SPARSE_OPT_TEST_FUZZ_ORACLE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace sopt {

/// Reads a module with `read` in a context that knows our dialects, and if it
/// is one, folds, simplifies and raises it and prints and parses what comes of
/// that. Ends the process where that breaks a promise:
/// - what is refused is refused with an error, an accepted module with none;
/// - one error is told where `hasOneError`;
/// - passes leave a valid module, whose text can be parsed.
void checkModule(
    llvm::function_ref<mlir::OwningOpRef<mlir::ModuleOp>(mlir::MLIRContext *)>
        read,
    bool hasOneError);

} // namespace sopt

#endif // SPARSE_OPT_TEST_FUZZ_ORACLE_H
