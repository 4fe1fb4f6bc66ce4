//===- QuantizedConvolution.cpp - Convolutions of small integers ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Convolution.h"
#include "ExactProducts.h"
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

namespace {
/// What both operators convolve: `x` and `filter` less their zero points.
struct IntegerOperands {
  Value x, xZero, filter, filterZero;
  bool isXUnsigned, isFilterUnsigned;
};
} // namespace

/// The convolution by kernels for floats, as i32; null if the filter is no
/// constant, or too much for them.
static FailureOr<Value> convolveExactly(Emitter &e,
                                        const IntegerOperands &operands,
                                        const WindowAttributes &attributes,
                                        int64_t group) {
  int64_t rank = getRank(operands.x);
  std::optional<WholeWeights> filter =
      WholeWeights::get(operands.filter, operands.filterZero,
                        operands.isFilterUnsigned, /*axis=*/0);
  if (!filter || rank < 3 || int64_t(filter->getShape().size()) != rank)
    return Value();
  SmallVector<WholeWeights::Range> ranges =
      filter->getExactRanges(/*outputs=*/0, /*terms=*/1);
  if (ranges.empty() || (ranges.size() > 1 && group != 1))
    return Value();
  Value zero = operands.xZero;
  if (zero) {
    FailureOr<Value> placed = alongAxis(e, zero, /*axis=*/1, rank);
    if (failed(placed))
      return failure();
    zero = *placed;
  }
  FailureOr<Value> x =
      centreAsFloats(e, operands.x, zero, operands.isXUnsigned);
  if (failed(x))
    return e.refuse("its zero points do not fit");

  SmallVector<Value> sizes = e.sizes(*x), offsets(rank, e.index(0)), parts;
  sizes[1] = e.index(filter->getShape()[1] * group);
  *x = e.fit(*x, sizes);
  for (WholeWeights::Range range : ranges) {
    Value channels = *x;
    if (ranges.size() > 1) {
      offsets[1] = e.index(range.first);
      sizes[1] = e.index(range.count);
      channels = e.slice(*x, offsets, sizes);
    }
    FailureOr<Value> part =
        makeConvolution(e, channels, filter->take(e, /*dim=*/1, range),
                        /*bias=*/Value(), attributes, group);
    if (failed(part))
      return failure();
    parts.push_back(*part);
  }
  return sumAsIntegers(e, parts);
}

/// The convolution as i32.
static FailureOr<Value> convolveIntegers(Emitter &e,
                                         const IntegerOperands &operands,
                                         const WindowAttributes &attributes,
                                         int64_t group) {
  FailureOr<Value> exact = convolveExactly(e, operands, attributes, group);
  if (failed(exact) || *exact)
    return exact;
  FailureOr<Value> x = subtractZero(e, operands.x, operands.xZero,
                                    operands.isXUnsigned, /*axis=*/1);
  FailureOr<Value> filter =
      subtractZero(e, operands.filter, operands.filterZero,
                   operands.isFilterUnsigned, /*axis=*/0);
  if (failed(x) || failed(filter))
    return e.refuse("its zero points do not fit");
  return makeConvolution(e, *x, *filter, /*bias=*/Value(), attributes, group);
}

static Lowered lowerConvInteger(onnx::ConvIntegerOp op,
                                onnx::ConvIntegerOp::Adaptor operands,
                                Emitter &e) {
  FailureOr<Value> result = convolveIntegers(
      e,
      {operands.getX(), operands.getXZeroPoint(), operands.getW(),
       operands.getWZeroPoint(), isUnsigned(op.getX().getType()),
       isUnsigned(op.getW().getType())},
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
  FailureOr<Value> sum = convolveIntegers(
      e,
      {operands.getX(), operands.getXZeroPoint(), operands.getW(),
       operands.getWZeroPoint(), isUnsigned(op.getX().getType()),
       isUnsigned(op.getW().getType())},
      {op.getAutoPad(), op.getDilations(), op.getPads(), op.getStrides()},
      op.getGroup());
  if (failed(sum))
    return failure();
  // A scale, and a bias, per output belongs to dimension 1 of the result.
  FailureOr<Value> filterScale =
      alongAxis(e, operands.getWScale(), /*axis=*/1, rank);
  if (failed(filterScale))
    return e.refuse("its scales do not fit");
  SmallVector<Value> terms = {*sum, *filterScale};
  if (operands.getB()) {
    if (getRank(operands.getB()) != 1)
      return e.refuse("its bias is no vector");
    FailureOr<Value> bias =
        alongAxis(e, e.fit(operands.getB(), {e.size(operands.getW(), 0)}),
                  /*axis=*/1, rank);
    if (failed(bias))
      return e.refuse("its bias does not fit");
    terms.push_back(*bias);
  }

  Type resultType = getElementTypeOrSelf(op.getY().getType());
  bool isUnsignedResult = isUnsigned(resultType);
  Type type = e.getIntegerType(resultType.getIntOrFloatBitWidth());
  Type f32 = e.getF32Type();
  auto toFloat = [&](Value v) { return e.convert(v, f32, false, false); };
  Value inputScale = toFloat(e.single(operands.getXScale()));
  Value resultScale = toFloat(e.single(operands.getYScale()));
  Value zero = e.single(operands.getYZeroPoint());
  FailureOr<Value> result = e.elementwise(terms, type, [&](ValueRange args) {
    Value total = args.size() == 3 ? e.add(args[0], args[2]) : args[0];
    Value factor = e.make<arith::DivFOp>(
        e.make<arith::MulFOp>(inputScale, toFloat(args[1])), resultScale);
    Value scaled = e.make<arith::MulFOp>(toFloat(total), factor);
    return roundTo(e, scaled, zero, type, isUnsignedResult);
  });
  if (failed(result))
    return e.refuse("it has not one scale and bias, or one per output");
  return *result;
}

void sopt::populateQuantizedConvolutionLowerings(LoweringSet &set) {
  addLowering<onnx::ConvIntegerOp>(set, lowerConvInteger);
  addLowering<onnx::QLinearConvOp>(set, lowerQLinearConv);
}
