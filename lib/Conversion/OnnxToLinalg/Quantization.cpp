//===- Quantization.cpp - Between floats and small integers -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Quantization.h"
#include "ExactProducts.h"
#include "Lowering.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace sopt;

FailureOr<Value> sopt::alongAxis(Emitter &e, Value parameter, int64_t axis,
                                 int64_t rank) {
  if (getRank(parameter) == 0 ||
      (getRank(parameter) == 1 && getConstantSize(e.size(parameter, 0)) == 1))
    return e.reshape(parameter, {});
  axis = normalizeAxis(axis, rank);
  if (getRank(parameter) != 1 || axis < 0 || axis >= rank)
    return e.refuse("its scale is neither one number nor one per channel");
  SmallVector<Value> sizes(rank - axis, e.index(1));
  sizes.front() = e.size(parameter, 0);
  return e.reshape(parameter, sizes);
}

/// A scale or zero point that each block of `blockSize` elements along `axis`
/// has, repeated to the sizes of `x`.
static FailureOr<Value> repeatBlocks(Emitter &e, Value parameter, Value x,
                                     int64_t axis, int64_t blockSize) {
  SmallVector<Value> sizes = e.sizes(x), blocks(sizes);
  axis = normalizeAxis(axis, sizes.size());
  if (blockSize < 0 || axis < 0 || axis >= int64_t(sizes.size()) ||
      getRank(parameter) != int64_t(sizes.size()))
    return e.refuse("its blocks do not fit the shape of its operand");
  Value length = e.index(blockSize);
  blocks[axis] = e.ceilDiv(sizes[axis], length);
  parameter = e.fit(parameter, blocks);
  return e.generate(sizes, getElementType(parameter), [&](ValueRange loops) {
    SmallVector<Value> indices(loops);
    indices[axis] = e.div(loops[axis], length);
    return e.element(parameter, indices);
  });
}

/// A parameter of (de)quantization, shaped to broadcast to `x`.
static FailureOr<Value> spread(Emitter &e, Value parameter, Value x,
                               int64_t axis, int64_t blockSize) {
  return blockSize ? repeatBlocks(e, parameter, x, axis, blockSize)
                   : alongAxis(e, parameter, axis, getRank(x));
}

Value sopt::roundTo(Emitter &e, Value x, Value zero, Type type,
                    bool isUnsigned) {
  Type f32 = x.getType();
  Value rounded = e.make<math::RoundEvenOp>(x);
  Value shifted = zero ? e.make<arith::AddFOp>(
                             rounded, e.convert(zero, f32, isUnsigned, false))
                       : rounded;
  unsigned bits = type.getIntOrFloatBitWidth();
  double low = isUnsigned ? 0 : -std::ldexp(1.0, bits - 1);
  double high = std::ldexp(1.0, isUnsigned ? bits : bits - 1) - 1;
  Value limited = e.make<arith::MinimumFOp>(
      e.make<arith::MaximumFOp>(shifted, e.constant(f32, low)),
      e.constant(f32, high));
  return e.convert(limited, type, false, isUnsigned);
}

// (x - zero) · scale
static Lowered lowerDequantizeLinear(onnx::DequantizeLinearOp op,
                                     onnx::DequantizeLinearOp::Adaptor operands,
                                     Emitter &e) {
  Value x = operands.getX();
  int64_t axis = op.getAxis(), block = op.getBlockSize();
  FailureOr<Value> scale = spread(e, operands.getXScale(), x, axis, block);
  if (failed(scale))
    return failure();
  SmallVector<Value> terms = {x, *scale};
  if (operands.getXZeroPoint()) {
    FailureOr<Value> zero = spread(e, operands.getXZeroPoint(), x, axis, block);
    if (failed(zero))
      return failure();
    terms.push_back(*zero);
  }
  bool isUnsignedInput = isUnsigned(op.getX().getType());
  Type f32 = e.getF32Type(), i64 = e.getI64Type();
  if (!isa<IntegerType>(getElementType(x)))
    return e.refuse("its operand is not of integers");
  Type type = getElementTypeOrSelf(op.getY().getType());
  FailureOr<Value> result = e.elementwise(terms, type, [&](ValueRange args) {
    Value number = e.convert(args[0], i64, isUnsignedInput, false);
    if (args.size() == 3)
      number = e.sub(number, e.convert(args[2], i64, isUnsignedInput, false));
    Value scaled = e.make<arith::MulFOp>(e.convert(number, f32, false, false),
                                         e.convert(args[1], f32, false, false));
    return e.convert(scaled, type, false, false);
  });
  if (failed(result))
    return e.refuse("the shapes of its operands do not broadcast");
  return *result;
}

// limited(round(x / scale) + zero)
static Lowered lowerQuantizeLinear(onnx::QuantizeLinearOp op,
                                   onnx::QuantizeLinearOp::Adaptor operands,
                                   Emitter &e) {
  Value x = operands.getX();
  Type resultType = getElementTypeOrSelf(op.getY().getType());
  if (!isa<IntegerType>(resultType))
    return e.refuse("its result is not of integers");
  bool isUnsignedResult = isUnsigned(resultType);
  Type type = e.getIntegerType(resultType.getIntOrFloatBitWidth());
  int64_t axis = op.getAxis(), block = op.getBlockSize();
  FailureOr<Value> scale = spread(e, operands.getYScale(), x, axis, block);
  if (failed(scale))
    return failure();
  SmallVector<Value> terms = {x, *scale};
  if (operands.getYZeroPoint()) {
    FailureOr<Value> zero = spread(e, operands.getYZeroPoint(), x, axis, block);
    if (failed(zero))
      return failure();
    terms.push_back(*zero);
  }
  Type f32 = e.getF32Type();
  bool isUnsignedInput = isUnsigned(op.getX().getType());
  FailureOr<Value> result = e.elementwise(terms, type, [&](ValueRange args) {
    Value quotient =
        e.make<arith::DivFOp>(e.convert(args[0], f32, isUnsignedInput, false),
                              e.convert(args[1], f32, false, false));
    return roundTo(e, quotient, args.size() == 3 ? args[2] : Value(), type,
                   isUnsignedResult);
  });
  if (failed(result))
    return e.refuse("the shapes of its operands do not broadcast");
  return *result;
}

/// The least, or the greatest, of 0 and the elements of `x`.
static Value findExtreme(Emitter &e, Value x, bool least) {
  SmallVector<int64_t> all = llvm::to_vector(llvm::seq<int64_t>(0, getRank(x)));
  auto choose = [&](Value element, Value acc) {
    return least ? e.make<arith::MinimumFOp>(acc, element)
                 : e.make<arith::MaximumFOp>(acc, element);
  };
  Value zero = e.constant(getElementType(x), 0);
  return e.element(e.reduce(x, all, /*keepDims=*/false, {zero, choose}), {});
}

DynamicRange sopt::findRange(Emitter &e, Value x) {
  Type f32 = e.getF32Type();
  Value least = findExtreme(e, x, true), most = findExtreme(e, x, false);
  Value step = e.make<arith::DivFOp>(e.make<arith::SubFOp>(most, least),
                                     e.constant(f32, 255));
  // Where all is 0, ONNX divides by 0; any scale fits, and runtimes give 1.
  Value isFlat = e.make<arith::CmpFOp>(arith::CmpFPredicate::OEQ, step,
                                       e.constant(f32, 0));
  DynamicRange range;
  range.scale = e.select(isFlat, e.constant(f32, 1), step);
  Value origin =
      e.make<arith::NegFOp>(e.make<arith::DivFOp>(least, range.scale));
  range.zero = roundTo(e, origin, Value(), e.getI8Type(), /*isUnsigned=*/true);
  return range;
}

Value sopt::quantize(Emitter &e, Value x, const DynamicRange &range) {
  Type i8 = e.getI8Type();
  return e.map(e.sizes(x), i8, {{x, e.getMultiDimIdentityMap(getRank(x))}},
               [&](ValueRange args) {
                 return roundTo(e, e.make<arith::DivFOp>(args[0], range.scale),
                                range.zero, i8, /*isUnsigned=*/true);
               });
}

static Lowered
lowerDynamicQuantizeLinear(onnx::DynamicQuantizeLinearOp op,
                           onnx::DynamicQuantizeLinearOp::Adaptor operands,
                           Emitter &e) {
  Value x = operands.getX();
  if (!getElementType(x).isF32())
    return e.refuse("its operand is not of f32");
  DynamicRange range = findRange(e, x);
  return SmallVector<Value>{quantize(e, x, range),
                            e.fromScalars({range.scale}, {}, e.getF32Type()),
                            e.fromScalars({range.zero}, {}, e.getI8Type())};
}

//===----------------------------------------------------------------------===//
// Products of quantized matrices
//===----------------------------------------------------------------------===//

/// Zero points of a left matrix, one per row if there are several.
static Value asRowParameter(Emitter &e, Value zero) {
  if (getRank(zero) != 1 || getConstantSize(e.size(zero, 0)) == 1)
    return zero;
  return e.reshape(zero, {e.size(zero, 0), e.index(1)});
}

/// `matrix` - `zero` as i32; a vector of zero points is one per row of a left
/// matrix, one per column of a right one.
static FailureOr<Value> centre(Emitter &e, Value matrix, Value zero,
                               bool isUnsigned, bool isLeft) {
  Type i32 = e.getI32Type();
  SmallVector<Value> terms = {matrix};
  if (zero)
    terms.push_back(isLeft ? asRowParameter(e, zero) : zero);
  return e.elementwise(terms, i32, [&](ValueRange args) {
    Value number = e.convert(args[0], i32, isUnsigned, false);
    if (args.size() == 1)
      return number;
    return e.sub(number, e.convert(args[1], i32, isUnsigned, false));
  });
}

static FailureOr<Value> multiplyCentred(Emitter &e, FailureOr<Value> a,
                                        FailureOr<Value> b) {
  if (failed(a) || failed(b) || getRank(*a) < 2 || getRank(*b) < 2)
    return e.refuse("its operands or their zero points do not fit");
  FailureOr<Value> product = makeMatrixProduct(e, *a, *b);
  if (failed(product))
    return e.refuse("the leading dimensions of its operands do not broadcast");
  return product;
}

/// The product with a constant matrix by kernels for floats; null for others.
template <typename Op>
static FailureOr<Value> multiplyByWeights(Op op, typename Op::Adaptor operands,
                                          Emitter &e) {
  Value a = operands.getA(), zero = operands.getAZeroPoint();
  if (getRank(operands.getB()) != 2 || getRank(a) < 2)
    return Value();
  std::optional<WholeWeights> weights =
      WholeWeights::get(operands.getB(), operands.getBZeroPoint(),
                        isUnsigned(op.getB().getType()), /*axis=*/1);
  if (!weights)
    return Value();
  FailureOr<Value> centred =
      centreAsFloats(e, a, zero ? asRowParameter(e, zero) : Value(),
                     isUnsigned(op.getA().getType()));
  if (failed(centred))
    return e.refuse("its operands or their zero points do not fit");
  return multiplyExactly(e, *centred, *weights);
}

/// The product of both operands less their zero points.
template <typename Op>
static FailureOr<Value> multiplyIntegers(Op op, typename Op::Adaptor operands,
                                         Emitter &e) {
  FailureOr<Value> exact = multiplyByWeights(op, operands, e);
  if (failed(exact) || *exact)
    return exact;
  return multiplyCentred(
      e,
      centre(e, operands.getA(), operands.getAZeroPoint(),
             isUnsigned(op.getA().getType()), /*isLeft=*/true),
      centre(e, operands.getB(), operands.getBZeroPoint(),
             isUnsigned(op.getB().getType()), /*isLeft=*/false));
}

static Lowered lowerMatMulInteger(onnx::MatMulIntegerOp op,
                                  onnx::MatMulIntegerOp::Adaptor operands,
                                  Emitter &e) {
  FailureOr<Value> product = multiplyIntegers(op, operands, e);
  if (failed(product))
    return failure();
  return *product;
}

static Lowered lowerQLinearMatMul(onnx::QLinearMatMulOp op,
                                  onnx::QLinearMatMulOp::Adaptor operands,
                                  Emitter &e) {
  FailureOr<Value> product = multiplyIntegers(op, operands, e);
  if (failed(product))
    return failure();
  Type resultType = getElementTypeOrSelf(op.getY().getType());
  bool isUnsignedResult = isUnsigned(resultType);
  Type type = e.getIntegerType(resultType.getIntOrFloatBitWidth());
  Type f32 = e.getF32Type();
  FailureOr<Value> result = e.elementwise(
      {*product, operands.getAScale(), operands.getBScale(),
       operands.getYScale(), operands.getYZeroPoint()},
      type, [&](ValueRange args) {
        auto toFloat = [&](Value v) { return e.convert(v, f32, false, false); };
        Value factor = e.make<arith::DivFOp>(
            e.make<arith::MulFOp>(toFloat(args[1]), toFloat(args[2])),
            toFloat(args[3]));
        return roundTo(e, e.make<arith::MulFOp>(toFloat(args[0]), factor),
                       args[4], type, isUnsignedResult);
      });
  if (failed(result))
    return e.refuse("its scales do not fit");
  return *result;
}

void sopt::populateQuantizationLowerings(LoweringSet &set) {
  addLowering<onnx::DequantizeLinearOp>(set, lowerDequantizeLinear);
  addLowering<onnx::DynamicQuantizeLinearOp>(set, lowerDynamicQuantizeLinear);
  addLowering<onnx::MatMulIntegerOp>(set, lowerMatMulInteger);
  addLowering<onnx::QLinearMatMulOp>(set, lowerQLinearMatMul);
  addLowering<onnx::QuantizeLinearOp>(set, lowerQuantizeLinear);
}
