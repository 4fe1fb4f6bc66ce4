//===- NarrowKernel.h - Products with weights in fewer bits --- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NARROWKERNEL_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NARROWKERNEL_H

#include "DenseKernel.h"
#include "NarrowForm.h"

namespace sopt {

/// y = activation(x · w + bias) for rows and weights rounded to fewer bits
/// (NarrowRows.h, PackNarrow.h).
class NarrowKernel : public DenseKernel {
public:
  NarrowKernel(const NarrowForm &form, int64_t k, int64_t n,
               Activation activation, bool hasBias);

  std::string getName() const override;
  /// The arguments are x's words, for int8 its steps and zeros; the packed
  /// weight, for int8 its steps and sums; bias, if there is one; and y.
  void build(VectorBuilder &b, mlir::ValueRange arguments) override;

protected:
  llvm::SmallVector<mlir::Value> multiply(VectorBuilder &b, int64_t rows,
                                          const Task &task) override;
  /// One row of a panel, activation excluded, of the sums of its products.
  llvm::SmallVector<mlir::Value> finish(VectorBuilder &b, mlir::Value row,
                                        mlir::Value panel,
                                        mlir::ValueRange products);
  bool isInt8() const { return form.number == Number::Int8; }
  const NarrowForm &form;

private:
  /// What the sums of int8 products start from: they are of inputs with their
  /// zero points, which the columns' sums take off.
  llvm::SmallVector<mlir::Value> buildInt8Start(VectorBuilder &b, int64_t rows,
                                                mlir::Value row,
                                                mlir::Value panel);
  /// Sums of int8 products as numbers, and the bias added.
  llvm::SmallVector<mlir::Value> scale(VectorBuilder &b, int64_t rows,
                                       mlir::Value row, mlir::Value panel,
                                       mlir::ValueRange sums);

  mlir::Value rowSteps, zeros, columnSteps, columnSums;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_NARROWKERNEL_H
