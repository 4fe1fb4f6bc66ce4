//===- SizeTable.h - Sizes of tensors as SSA values -------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_SIZETABLE_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_SIZETABLE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace sopt {

/// The size of every dimension of every converted tensor, as an index value
/// that the lowering of its producer already had. So two dimensions are known
/// to be equal when their sizes are the same value: what decides between an
/// affine access, which vectorises, and one that asks at run time.
///
/// Arguments of a function whose `onnx.dims` give two dimensions one name share
/// one value; whoever calls the function promises that they agree.
class SizeTable {
public:
  /// One index value for each dimension of `tensor`, constants where the type
  /// is static. Made right after the tensor is, if nobody told it.
  llvm::SmallVector<mlir::Value> get(mlir::OpBuilder &builder,
                                     mlir::Value tensor);

  void set(mlir::Value tensor, llvm::ArrayRef<mlir::Value> sizes);

  /// Entries made after `begin` are dropped by `abort`: a pattern that fails
  /// erases the values which they are about.
  void begin() { sinceBegin.clear(); }
  void abort();

private:
  mlir::Value getArgumentSize(mlir::OpBuilder &builder,
                              mlir::BlockArgument argument, unsigned dim);

  using Symbol = std::pair<mlir::Block *, mlir::Attribute>;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Value>> sizes;
  llvm::DenseMap<Symbol, mlir::Value> symbols;
  llvm::SmallVector<mlir::Value> sinceBegin;
  llvm::SmallVector<Symbol> symbolsSinceBegin;
};

/// Whether `a` and `b` are the same integer on every run, as far as the
/// arithmetic that computes them tells.
bool isSameSize(mlir::Value a, mlir::Value b);

/// Whether `size`, a size or computed from sizes, is never negative.
bool isKnownNonNegative(mlir::Value size);

/// The constant that `size` is, if it is one.
std::optional<int64_t> getConstantSize(mlir::Value size);

/// A size as `constant · factors[0] · factors[1] · …`.
struct SizeProduct {
  int64_t constant = 1;
  llvm::SmallVector<mlir::Value> factors;

  void multiply(mlir::Value size);
  /// Removes what both products have in common. Afterwards the quotients are
  /// equal exactly if both are the constant 1 (unless a factor is 0).
  static void cancel(SizeProduct &a, SizeProduct &b);
  bool isOne() const { return constant == 1 && factors.empty(); }
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_SIZETABLE_H
