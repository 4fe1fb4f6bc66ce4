//===- Lowering.cpp - From what a lowering returns to a replaced op -------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace sopt;

LogicalResult sopt::checkTypes(Emitter &e, Operation *op) {
  auto isNumber = [](Type type) {
    return type.isInteger(1) || type.isInteger(8) || type.isInteger(16) ||
           type.isInteger(32) || type.isInteger(64) ||
           isa<Float16Type, BFloat16Type, Float32Type, Float64Type>(type);
  };
  for (Type type : llvm::concat<Type>(llvm::to_vector(op->getOperandTypes()),
                                      llvm::to_vector(op->getResultTypes()))) {
    if (isa<NoneType>(type)) // left out
      continue;
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor)
      return e.refuse(isa<TensorType>(type)
                          ? "the rank of a tensor is not known"
                          : "it works on sequences, optionals or maps");
    if (!isNumber(tensor.getElementType())) {
      std::string text;
      llvm::raw_string_ostream(text)
          << "elements of type " << tensor.getElementType();
      return e.refuse(text);
    }
  }
  return success();
}

SmallVector<Value> sopt::stripCasts(ValueRange operands) {
  SmallVector<Value> result(operands);
  for (Value &value : result)
    while (auto cast = value.getDefiningOp<tensor::CastOp>()) {
      auto source = dyn_cast<RankedTensorType>(cast.getSource().getType());
      if (!source ||
          source.getNumDynamicDims() > getTensorType(value).getNumDynamicDims())
        break;
      value = cast.getSource();
    }
  return result;
}

FailureOr<Value> sopt::fitTo(Emitter &e, Value value, RankedTensorType type) {
  if (value.getType() == type)
    return value;
  auto given = dyn_cast<RankedTensorType>(value.getType());
  // What has no rank is refused where it is made.
  if (!given)
    return tensor::CastOp::create(e, type, value).getResult();
  if (given.getRank() != type.getRank())
    return e.refuse("it hands on a tensor of another rank than is expected");
  SmallVector<Value> sizes = e.sizes(value);
  for (auto [size, declared] : llvm::zip_equal(sizes, type.getShape()))
    if (!ShapedType::isDynamic(declared))
      size = e.index(declared);
  value = e.fit(value, sizes);
  if (value.getType() != type)
    value = tensor::CastOp::create(e, type, value);
  return e.withSizes(value, sizes);
}

FailureOr<Value> sopt::conform(Emitter &e, Value value, RankedTensorType type) {
  if (value.getType() == type)
    return value;
  SmallVector<Value> sizes = e.sizes(value);
  if (getElementType(value) != type.getElementType() ||
      int64_t(sizes.size()) != type.getRank())
    return e.refuse("its operands give another type than its result has");
  for (auto [size, declared] : llvm::zip_equal(sizes, type.getShape())) {
    if (ShapedType::isDynamic(declared))
      continue;
    std::optional<int64_t> known = getConstantSize(size);
    if (known && *known != declared)
      return e.refuse("its result has size " + Twine(declared) +
                      " where its operands give " + Twine(*known));
  }
  return fitTo(e, value, type);
}

LogicalResult sopt::replace(Emitter &e, Operation *op, const Lowered &lowered,
                            const TypeConverter &converter,
                            ConversionPatternRewriter &rewriter) {
  if (lowered.hasFailed())
    return failure();
  SmallVector<Value> values(lowered.getValues());
  for (auto [index, result] : llvm::enumerate(op->getResults()))
    if (isa<NoneType>(result.getType()))
      values.insert(values.begin() + index, Value());
  assert(values.size() == op->getNumResults());
  for (auto [value, result] : llvm::zip_equal(values, op->getResults())) {
    if (!value)
      continue;
    FailureOr<Value> conforming = conform(
        e, value,
        cast<RankedTensorType>(converter.convertType(result.getType())));
    if (failed(conforming))
      return failure();
    value = *conforming;
  }
  rewriter.replaceOp(op, values);
  return success();
}
