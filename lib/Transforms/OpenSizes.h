//===- OpenSizes.h - Functions for any size ---------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_OPENSIZES_H
#define SPARSE_OPT_TRANSFORMS_OPENSIZES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace sopt {

/// A copy of a function of loops, made for sizes that its callers give. Small
/// sizes stay: short loops are better unrolled.
class OpenFunction {
public:
  /// The copy is not in the module yet.
  explicit OpenFunction(mlir::func::FuncOp function);

  mlir::func::FuncOp get() const { return *function; }
  /// Puts the copy into a module, which owns it from then on.
  mlir::func::FuncOp release() { return function.release(); }

  /// Lets `call`, of the function that this is a copy of, call `callee`, which
  /// is equal to the copy.
  void redirect(mlir::func::CallOp call, mlir::func::FuncOp callee) const;

private:
  /// Makes arguments of constants that are nothing but bounds of loops.
  void openBounds();
  /// Forgets sizes of buffers that are nothing but read and written.
  void openBuffers();

  mlir::OwningOpRef<mlir::func::FuncOp> function;
  /// What the arguments are that calls have to add.
  llvm::SmallVector<int64_t> bounds;
};

} // namespace sopt

#endif // SPARSE_OPT_TRANSFORMS_OPENSIZES_H
