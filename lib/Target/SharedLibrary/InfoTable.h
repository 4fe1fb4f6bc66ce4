//===- InfoTable.h - The table that the runtime reads -----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_INFOTABLE_H
#define SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_INFOTABLE_H

#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"

namespace sopt {

/// Defines `sopt_model_info` of sparse-opt/Runtime/ModelInfo.h in `target`,
/// which was translated from `source`, and the function that it calls to run.
void addInfoTable(mlir::ModuleOp source, llvm::Module &target);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_INFOTABLE_H
