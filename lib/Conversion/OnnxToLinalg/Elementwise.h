//===- Elementwise.h - One element of a result, by operator -----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_ELEMENTWISE_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_ELEMENTWISE_H

#include "Lowering.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sopt {

inline bool isFloat(mlir::Value v) {
  return mlir::isa<mlir::FloatType>(v.getType());
}

/// Makes scalars for one element of `op`.
struct Scalar {
  Emitter &e;
  mlir::Operation *op;
  /// How the elements of the operands and of the result are read.
  bool isUnsigned, isResultUnsigned;
  /// The element type of the result; of f32 where that is a smaller float.
  mlir::Type resultType;

  mlir::Value num(mlir::Type type, double value) const {
    return e.constant(type, value);
  }
  mlir::Value mulf(mlir::Value a, mlir::Value b) const {
    return e.make<mlir::arith::MulFOp>(a, b);
  }
  mlir::Value mulf(mlir::Value a, double b) const {
    return mulf(a, num(a.getType(), b));
  }
  mlir::Value addf(mlir::Value a, mlir::Value b) const {
    return e.make<mlir::arith::AddFOp>(a, b);
  }
  mlir::Value addf(mlir::Value a, double b) const {
    return addf(a, num(a.getType(), b));
  }
  mlir::Value divf(mlir::Value a, mlir::Value b) const {
    return e.make<mlir::arith::DivFOp>(a, b);
  }
  mlir::Value exp(mlir::Value x) const { return e.make<mlir::math::ExpOp>(x); }
  mlir::Value greater(mlir::Value a, double b) const {
    return e.make<mlir::arith::CmpFOp>(mlir::arith::CmpFPredicate::OGT, a,
                                       num(a.getType(), b));
  }
  mlir::Value less(mlir::Value a, double b) const {
    return e.make<mlir::arith::CmpFOp>(mlir::arith::CmpFPredicate::OLT, a,
                                       num(a.getType(), b));
  }
};

/// An operator by what it makes of one element of each operand.
struct ElementwiseOperator {
  /// One element of the result, or null if the element type has no meaning.
  using Body = mlir::Value (*)(const Scalar &s, mlir::ValueRange x);

  llvm::StringLiteral name;
  Body body;
  /// The body has no meaning for integers.
  bool isForFloats = false;
};

/// The activation functions.
llvm::ArrayRef<ElementwiseOperator> getActivations();

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_ELEMENTWISE_H
