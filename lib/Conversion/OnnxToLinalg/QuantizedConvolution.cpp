//===- QuantizedConvolution.cpp - Convolutions of small integers ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Convolution.h"
#include "Lowering.h"
#include "Quantization.h"

using namespace mlir;
using namespace sopt;

/// `tensor` - `zero` as i32. Several zero points are one for each element of
/// dimension `axis`. Afterwards, padding is by 0.
static FailureOr<Value> subtractZero(Emitter &e, Value tensor, Value zero,
                                     bool isUnsigned, int64_t axis) {
  SmallVector<Value> terms = {tensor};
  if (zero) {
    FailureOr<Value> placed = alongAxis(e, zero, axis, getRank(tensor));
    if (failed(placed))
      return failure();
    terms.push_back(*placed);
  }
  Type i32 = e.getI32Type();
  return e.elementwise(terms, i32, [&](ValueRange args) {
    Value number = e.convert(args[0], i32, isUnsigned, false);
    if (args.size() == 1)
      return number;
    return e.sub(number, e.convert(args[1], i32, isUnsigned, false));
  });
}

static Lowered lowerConvInteger(onnx::ConvIntegerOp op,
                                onnx::ConvIntegerOp::Adaptor operands,
                                Emitter &e) {
  FailureOr<Value> x =
      subtractZero(e, operands.getX(), operands.getXZeroPoint(),
                   isUnsigned(op.getX().getType()), /*axis=*/1);
  FailureOr<Value> filter =
      subtractZero(e, operands.getW(), operands.getWZeroPoint(),
                   isUnsigned(op.getW().getType()), /*axis=*/0);
  if (failed(x) || failed(filter))
    return e.refuse("its zero points do not fit");
  FailureOr<Value> result = makeConvolution(
      e, *x, *filter, /*bias=*/Value(),
      {op.getAutoPad(), op.getDilations(), op.getPads(), op.getStrides()},
      op.getGroup());
  if (failed(result))
    return failure();
  return *result;
}

// limited(round((x ∗ w + b) · scales) + zero)
static Lowered lowerQLinearConv(onnx::QLinearConvOp op,
                                onnx::QLinearConvOp::Adaptor operands,
                                Emitter &e) {
  int64_t rank = getRank(operands.getX());
  FailureOr<Value> x =
      subtractZero(e, operands.getX(), operands.getXZeroPoint(),
                   isUnsigned(op.getX().getType()), /*axis=*/1);
  FailureOr<Value> filter =
      subtractZero(e, operands.getW(), operands.getWZeroPoint(),
                   isUnsigned(op.getW().getType()), /*axis=*/0);
  // A scale per output belongs to dimension 1 of the result.
  FailureOr<Value> filterScale =
      alongAxis(e, operands.getWScale(), /*axis=*/1, rank);
  if (failed(x) || failed(filter) || failed(filterScale))
    return e.refuse("its scales or zero points do not fit");
  FailureOr<Value> sum = makeConvolution(
      e, *x, *filter, operands.getB(),
      {op.getAutoPad(), op.getDilations(), op.getPads(), op.getStrides()},
      op.getGroup());
  if (failed(sum))
    return failure();

  Type resultType = getElementTypeOrSelf(op.getY().getType());
  bool isUnsignedResult = isUnsigned(resultType);
  Type type = e.getIntegerType(resultType.getIntOrFloatBitWidth());
  Type f32 = e.getF32Type();
  auto toFloat = [&](Value v) { return e.convert(v, f32, false, false); };
  Value inputScale = toFloat(e.single(operands.getXScale()));
  Value resultScale = toFloat(e.single(operands.getYScale()));
  Value zero = e.single(operands.getYZeroPoint());
  FailureOr<Value> result =
      e.elementwise({*sum, *filterScale}, type, [&](ValueRange args) {
        Value factor = e.make<arith::DivFOp>(
            e.make<arith::MulFOp>(inputScale, toFloat(args[1])), resultScale);
        Value scaled = e.make<arith::MulFOp>(toFloat(args[0]), factor);
        return roundTo(e, scaled, zero, type, isUnsignedResult);
      });
  if (failed(result))
    return e.refuse("it has not one scale, or one per output");
  return *result;
}

void sopt::populateQuantizedConvolutionLowerings(LoweringSet &set) {
  addLowering<onnx::ConvIntegerOp>(set, lowerConvInteger);
  addLowering<onnx::QLinearConvOp>(set, lowerQLinearConv);
}
