//===- NodeBuilder.cpp - Nodes of onnx, typed as they are created ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeBuilder.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ElementCodec.h"
#include "dialects/ONNX/IR/ElementTypes.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/Dialect/Traits.h"

using namespace mlir;
using namespace sopt;

static RankedTensorType getType(Value value) {
  return mlir::cast<RankedTensorType>(value.getType());
}

NodeBuilder::NodeBuilder(PatternRewriter &rewriter, Operation *op)
    : rewriter(rewriter), op(op),
      loc(onnx::getNodeLocation(op->getContext(),
                                onnx::getNodeName(op->getLoc()), {})) {}

Value NodeBuilder::create(StringRef operatorName, Type type,
                          ValueRange operands,
                          ArrayRef<NamedAttribute> attributes) {
  OperationState state(loc, "onnx." + operatorName.str(), operands, type,
                       attributes);
  return rewriter.create(state)->getResult(0);
}

NamedAttribute NodeBuilder::attribute(StringRef name, Attribute value) {
  return rewriter.getNamedAttr(name, value);
}

Value NodeBuilder::elementwise(StringRef operatorName, ValueRange operands,
                               Type elementType) {
  SmallVector<int64_t> shape(getType(operands[0]).getShape());
  for (Value operand : operands.drop_front()) {
    SmallVector<int64_t> wider;
    [[maybe_unused]] bool broadcasts = OpTrait::util::getBroadcastedShape(
        shape, getType(operand).getShape(), wider);
    assert(broadcasts && "verified before");
    shape = std::move(wider);
  }
  if (!elementType)
    elementType = getType(operands.back()).getElementType();
  return create(operatorName, RankedTensorType::get(shape, elementType),
                operands);
}

Value NodeBuilder::ints(ArrayRef<int64_t> values) {
  return onnx::ConstantOp::create(rewriter, loc,
                                  rewriter.getI64TensorAttr(values));
}

Value NodeBuilder::scalar(int64_t value) {
  auto type = RankedTensorType::get({}, rewriter.getI64Type());
  return onnx::ConstantOp::create(rewriter, loc,
                                  DenseElementsAttr::get(type, value));
}

Value NodeBuilder::floats(ArrayRef<double> values, ArrayRef<int64_t> shape,
                          Type elementType) {
  onnx::ConstantWriter writer(RankedTensorType::get(shape, elementType));
  onnx::visitArithmeticCodec(elementType, [&](auto codec) {
    using T = typename decltype(codec)::Value;
    for (auto [index, value] : llvm::enumerate(values))
      codec.store(writer.getBytes().data(), index, static_cast<T>(value));
  });
  return onnx::ConstantOp::create(rewriter, loc, writer.finish());
}

Value NodeBuilder::scalar(double value, Type elementType) {
  return floats(value, {}, elementType);
}

Value NodeBuilder::unsqueeze(Value value, ArrayRef<int64_t> axes) {
  SmallVector<int64_t> shape(getType(value).getShape());
  for (int64_t axis : axes)
    shape.insert(shape.begin() + axis, 1);
  return create("Unsqueeze", getType(value).clone(shape), {value, ints(axes)});
}

Value NodeBuilder::transpose(Value value, ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> shape;
  for (int64_t axis : permutation)
    shape.push_back(getType(value).getDimSize(axis));
  return create("Transpose", getType(value).clone(shape), value,
                attribute("perm", rewriter.getDenseI64ArrayAttr(permutation)));
}

Value NodeBuilder::reshape(Value value, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> sizes(shape);
  for (auto [axis, size] : llvm::enumerate(sizes))
    if (size <= 0)
      size = size == 0 ? getType(value).getDimSize(axis) : ShapedType::kDynamic;
  return create("Reshape", getType(value).clone(sizes), {value, ints(shape)});
}

Value NodeBuilder::matmul(Value a, Value b) {
  // Only the dimensions before the last two broadcast.
  SmallVector<int64_t> shape;
  [[maybe_unused]] bool broadcasts = OpTrait::util::getBroadcastedShape(
      getType(a).getShape().drop_back(2), getType(b).getShape().drop_back(2),
      shape);
  assert(broadcasts && "verified before");
  shape.push_back(getType(a).getShape().end()[-2]);
  shape.push_back(getType(b).getShape().back());
  return create("MatMul", getType(a).clone(shape), {a, b});
}

Value NodeBuilder::dim(Value value, int64_t axis) {
  return create("Shape", RankedTensorType::get({1}, rewriter.getI64Type()),
                value,
                {attribute("start", rewriter.getI64IntegerAttr(axis)),
                 attribute("end", rewriter.getI64IntegerAttr(axis + 1))});
}

Value NodeBuilder::cast(Value value, Type elementType) {
  if (getType(value).getElementType() == elementType)
    return value;
  return create("Cast", getType(value).clone(elementType), value,
                attribute("to", rewriter.getI64IntegerAttr(
                                    onnx::getDataType(elementType).value())));
}

void NodeBuilder::replace(Value result) {
  if (Operation *last = result.getDefiningOp()) {
    last->setLoc(op->getLoc());
    // Operands may tell sizes that the operation's type leaves open.
    result.setType(op->getResult(0).getType());
  }
  rewriter.replaceOp(op, result);
}
