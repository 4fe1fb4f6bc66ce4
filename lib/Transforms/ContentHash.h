//===- ContentHash.h - A hash of an operation and its regions ---*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_CONTENTHASH_H
#define SPARSE_OPT_TRANSFORMS_CONTENTHASH_H

#include "mlir/IR/Operation.h"

namespace sopt {

/// Of `op` and all inside it, locations aside. What they take from outside
/// counts as `hashOuter` says.
llvm::hash_code
hashContent(mlir::Operation *op,
            llvm::function_ref<llvm::hash_code(mlir::Value)> hashOuter);

} // namespace sopt

#endif // SPARSE_OPT_TRANSFORMS_CONTENTHASH_H
