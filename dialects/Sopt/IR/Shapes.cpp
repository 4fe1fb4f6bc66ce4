//===- Shapes.cpp - Comparing and computing sizes -------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Sopt/IR/Shapes.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sopt;

LogicalResult sopt::verifySize(Operation *op, NamedSize actual,
                               NamedSize expected) {
  if (mayAgree(actual.size, expected.size))
    return success();
  return op->emitOpError() << "has " << actual.size << " " << actual.name
                           << ", but " << expected.size << " " << expected.name;
}

LogicalResult sopt::verifyRank(Operation *op, Value value, StringRef name,
                               int64_t rank) {
  int64_t actual = cast<RankedTensorType>(value.getType()).getRank();
  if (actual == rank)
    return success();
  return op->emitOpError() << "needs " << name << " of rank " << rank
                           << ", not " << actual;
}

LogicalResult sopt::verifyOneFloatType(Operation *op) {
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  for (Type type : op->getOperandTypes())
    if (Type other = getElementTypeOrSelf(type);
        isa<FloatType>(other) && other != element)
      return op->emitOpError() << "mixes " << other << " and " << element;
  return success();
}

LogicalResult sopt::verifyResultShape(Operation *op,
                                      ArrayRef<int64_t> expected) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (succeeded(verifyCompatibleShape(type.getShape(), expected)))
    return success();
  return op->emitOpError() << "computes "
                           << RankedTensorType::get(expected,
                                                    type.getElementType())
                           << ", not " << type;
}

SmallVector<OpFoldResult>
sopt::reifySizes(OpBuilder &builder, Value result,
                 function_ref<std::pair<Value, int64_t>(int64_t)> source) {
  auto type = cast<RankedTensorType>(result.getType());
  SmallVector<OpFoldResult> sizes;
  for (int64_t dim : llvm::seq(type.getRank())) {
    if (!type.isDynamicDim(dim)) {
      sizes.push_back(builder.getIndexAttr(type.getDimSize(dim)));
      continue;
    }
    auto [value, valueDim] = source(dim);
    // A dynamic result size must be a value, even where the source is static.
    sizes.push_back(
        tensor::DimOp::create(builder, result.getLoc(), value, valueDim)
            .getResult());
  }
  return sizes;
}
