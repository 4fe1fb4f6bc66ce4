//===- ConstantBlobs.h - Free the weights nobody refers to ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_CONSTANTBLOBS_H
#define SPARSE_OPT_TRANSFORMS_CONSTANTBLOBS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"

namespace sopt {

/// Counts the operations below a root that refer to each `dense_resource`, so
/// that a pass which replaces weights can free the old ones at once. MLIR
/// itself keeps every resource until the context dies.
///
/// Only resources that the root referred to are ever freed. The caller promises
/// that nothing outside the root (a clone of the module, say) refers to them.
class ConstantBlobs {
public:
  explicit ConstantBlobs(mlir::Operation *root);

  /// Counts what `op`, just created, refers to.
  void add(mlir::Operation *op);

  /// Uncounts what `op`, about to be erased, refers to, and frees the elements
  /// to which nothing refers any more.
  void remove(mlir::Operation *op);

  /// Counts anew after any rewriting, and frees what is no longer referred to.
  void update(mlir::Operation *root);

private:
  using Entry = mlir::DialectResourceBlobManager::BlobEntry;
  llvm::DenseMap<Entry *, int64_t> uses;
};

} // namespace sopt

#endif // SPARSE_OPT_TRANSFORMS_CONSTANTBLOBS_H
