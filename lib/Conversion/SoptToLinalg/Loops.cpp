//===- Loops.cpp - linalg.generic by its scalar body ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Loops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace sopt;

Type sopt::getComputeType(Type element) {
  if (isa<FloatType>(element) && element.getIntOrFloatBitWidth() < 32)
    return Float32Type::get(element.getContext());
  return element;
}

Access sopt::accessAt(Value tensor, unsigned numLoops,
                      ArrayRef<unsigned> loops) {
  MLIRContext *context = tensor.getContext();
  if (loops.empty())
    return {tensor, AffineMap::get(numLoops, 0, context)};
  return {tensor,
          AffineMap::getMultiDimMapWithTargets(numLoops, loops, context)};
}

Value sopt::widen(ImplicitLocOpBuilder &b, Value scalar) {
  Type type = getComputeType(scalar.getType());
  return type == scalar.getType() ? scalar
                                  : arith::ExtFOp::create(b, type, scalar);
}

static Value round(ImplicitLocOpBuilder &b, Value scalar, Type type) {
  return type == scalar.getType() ? scalar
                                  : arith::TruncFOp::create(b, type, scalar);
}

/// A linalg.generic whose body is given the widened reads, then what `init`
/// holds.
static Value createGeneric(ImplicitLocOpBuilder &b, Access init,
                           ArrayRef<Access> reads, ScalarBody body) {
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (const Access &read : reads) {
    inputs.push_back(read.tensor);
    maps.push_back(read.map);
  }
  maps.push_back(init.map);

  SmallVector<utils::IteratorType> iterators(init.map.getNumDims(),
                                             utils::IteratorType::reduction);
  for (AffineExpr expr : init.map.getResults())
    iterators[cast<AffineDimExpr>(expr).getPosition()] =
        utils::IteratorType::parallel;

  Type type = init.tensor.getType();
  auto generic = linalg::GenericOp::create(
      b, TypeRange(type), inputs, ValueRange(init.tensor), maps, iterators,
      [&](OpBuilder &nested, Location loc, ValueRange args) {
        ImplicitLocOpBuilder inner(loc, nested);
        SmallVector<Value> widened;
        for (Value arg : args)
          widened.push_back(widen(inner, arg));
        Value result = round(inner, body(inner, widened),
                             cast<ShapedType>(type).getElementType());
        linalg::YieldOp::create(inner, result);
      });
  return generic.getResult(0);
}

Value sopt::mapElements(ImplicitLocOpBuilder &b, Sizes sizes, Type element,
                        ArrayRef<Access> reads, ScalarBody body) {
  Value empty = tensor::EmptyOp::create(b, sizes, element);
  Access init = {empty, b.getMultiDimIdentityMap(sizes.size())};
  return createGeneric(b, init, reads,
                       [&](ImplicitLocOpBuilder &inner, ValueRange args) {
                         return body(inner, args.drop_back());
                       });
}

Value sopt::reduce(ImplicitLocOpBuilder &b, Access init, ArrayRef<Access> reads,
                   ScalarBody body) {
  return createGeneric(b, init, reads, body);
}

Value sopt::splat(ImplicitLocOpBuilder &b, Sizes sizes, TypedAttr value) {
  Value empty = tensor::EmptyOp::create(b, sizes, value.getType());
  Value scalar = arith::ConstantOp::create(b, value);
  return linalg::FillOp::create(b, scalar, empty).getResult(0);
}

Value sopt::constantFloat(ImplicitLocOpBuilder &b, Type type, double value) {
  return arith::ConstantOp::create(b, b.getFloatAttr(type, value));
}

Value sopt::castTo(ImplicitLocOpBuilder &b, Value value, Type type) {
  return value.getType() == type ? value
                                 : tensor::CastOp::create(b, type, value);
}
