//===- ConstantBuilder.h - Small constants for rewrites ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_CONSTANTBUILDER_H
#define SPARSE_OPT_LIB_TRANSFORMS_CONSTANTBUILDER_H

#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/IR/Builders.h"

namespace sopt {

/// A vector of 64-bit integers, as shapes and axes are given.
inline mlir::Value createInts(mlir::OpBuilder &builder, mlir::Location loc,
                              llvm::ArrayRef<int64_t> values) {
  auto type = mlir::RankedTensorType::get({int64_t(values.size())},
                                          builder.getI64Type());
  return onnx::ConstantOp::create(builder, loc,
                                  mlir::DenseElementsAttr::get(type, values));
}

/// A tensor of `shape` all of whose elements are the float `value`.
inline mlir::Value createFloats(mlir::OpBuilder &builder, mlir::Location loc,
                                llvm::ArrayRef<int64_t> shape,
                                mlir::Type elementType, double value) {
  auto type = mlir::RankedTensorType::get(shape, elementType);
  return onnx::ConstantOp::create(
      builder, loc,
      mlir::DenseElementsAttr::get(type,
                                   builder.getFloatAttr(elementType, value)));
}

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_CONSTANTBUILDER_H
