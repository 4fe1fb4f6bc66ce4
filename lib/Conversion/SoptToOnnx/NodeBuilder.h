//===- NodeBuilder.h - Nodes of onnx, typed as they are created -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOONNX_NODEBUILDER_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOONNX_NODEBUILDER_H

#include "mlir/IR/PatternMatch.h"

namespace sopt {

/// Creates the nodes that spell one operation. All have the node's name; only
/// the last, which `replace` is told of, gets its results' names too.
class NodeBuilder {
public:
  NodeBuilder(mlir::PatternRewriter &rewriter, mlir::Operation *op);

  /// Any operator with one result.
  mlir::Value create(llvm::StringRef operatorName, mlir::Type type,
                     mlir::ValueRange operands,
                     llvm::ArrayRef<mlir::NamedAttribute> attributes = {});
  mlir::NamedAttribute attribute(llvm::StringRef name, mlir::Attribute value);

  /// An operator of one element each, with broadcasting. The result has
  /// `elementType`, or the last operand's.
  mlir::Value elementwise(llvm::StringRef operatorName,
                          mlir::ValueRange operands,
                          mlir::Type elementType = {});

  /// Constants.
  mlir::Value ints(llvm::ArrayRef<int64_t> values); ///< A vector.
  mlir::Value scalar(int64_t value);
  /// A number of `elementType`, rounded to it.
  mlir::Value scalar(double value, mlir::Type elementType);
  mlir::Value floats(llvm::ArrayRef<double> values,
                     llvm::ArrayRef<int64_t> shape, mlir::Type elementType);

  /// Inserts dimensions of size 1; `axes` count in the result, in order.
  mlir::Value unsqueeze(mlir::Value value, llvm::ArrayRef<int64_t> axes);
  mlir::Value transpose(mlir::Value value, llvm::ArrayRef<int64_t> permutation);
  /// As ONNX's Reshape: 0 copies a size, -1 is what remains.
  mlir::Value reshape(mlir::Value value, llvm::ArrayRef<int64_t> shape);
  mlir::Value matmul(mlir::Value a, mlir::Value b);
  /// The number of elements along `axis`, as a vector of one.
  mlir::Value dim(mlir::Value value, int64_t axis);
  mlir::Value cast(mlir::Value value, mlir::Type elementType);

  /// Replaces the operation by `result`.
  void replace(mlir::Value result);

  mlir::PatternRewriter &getRewriter() { return rewriter; }

private:
  mlir::PatternRewriter &rewriter;
  mlir::Operation *op;
  mlir::Location loc;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOONNX_NODEBUILDER_H
