//===- CodeGeneration.h - LLVM IR to object files ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_CODEGENERATION_H
#define SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_CODEGENERATION_H

#include "sparse-opt/Target/SharedLibrary.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

namespace sopt {

/// Makes a machine; called by several threads at once.
using MachineFactory =
    llvm::function_ref<std::unique_ptr<llvm::TargetMachine>()>;

/// Into how many object files `module` is best split: what generates code for
/// one is a thread. It depends on the module alone, not on how many processors
/// there are, and so does what is generated.
unsigned countParts(const llvm::Module &module, Sanitizer sanitizer);

/// Optimizes `module` and writes it as as many object files as there are
/// `paths`, the first with `assembly`.
llvm::Error generateCode(std::unique_ptr<llvm::Module> module,
                         MachineFactory createMachine, Sanitizer sanitizer,
                         llvm::StringRef assembly,
                         llvm::ArrayRef<std::string> paths);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TARGET_SHAREDLIBRARY_CODEGENERATION_H
