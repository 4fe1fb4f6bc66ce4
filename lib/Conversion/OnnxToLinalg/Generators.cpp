//===- Generators.cpp - Operators that make a tensor from numbers -------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace sopt;

static Lowered lowerConstantOfShape(onnx::ConstantOfShapeOp op,
                                    onnx::ConstantOfShapeOp::Adaptor operands,
                                    Emitter &e) {
  auto resultType = cast<RankedTensorType>(op.getOutput().getType());
  Type type = resultType.getElementType();
  if (type.isUnsignedInteger())
    type = e.getIntegerType(type.getIntOrFloatBitWidth());
  FailureOr<SmallVector<Value>> sizes =
      e.indices(operands.getInput(), resultType.getRank());
  if (failed(sizes))
    return e.refuse("its shape is not a vector of integers");
  for (Value &size : *sizes)
    size = e.max(size, e.index(0));
  Value value = e.constant(type, 0);
  if (auto given = dyn_cast_or_null<DenseElementsAttr>(op.getValueAttr())) {
    if (given.getNumElements() != 1)
      return e.refuse("its value is not one number");
    Attribute number = given.bitcast(type).getValues<Attribute>()[0];
    value = arith::ConstantOp::create(e, cast<TypedAttr>(number));
  }
  RankedTensorType computed = e.typeOf(*sizes, type);
  constexpr int64_t kFew = 16;
  if (computed.hasStaticShape() && computed.getNumElements() <= kFew)
    return e.fromScalars(SmallVector<Value>(computed.getNumElements(), value),
                         computed.getShape(), type);
  return e.full(*sizes, value);
}

static Lowered lowerRange(onnx::RangeOp op, onnx::RangeOp::Adaptor operands,
                          Emitter &e) {
  Value start = e.single(operands.getStart());
  Value limit = e.single(operands.getLimit());
  Value delta = e.single(operands.getDelta());
  Type type = start.getType();
  if (isa<FloatType>(type)) {
    Type f64 = e.getF64Type();
    auto wide = [&](Value v) { return e.convert(v, f64, false, false); };
    Value distance = e.make<arith::SubFOp>(wide(limit), wide(start));
    Value steps =
        e.make<math::CeilOp>(e.make<arith::DivFOp>(distance, wide(delta)));
    Value count = e.max(
        e.toIndex(e.convert(steps, e.getI64Type(), false, false)), e.index(0));
    return e.generate({count}, type, [&](ValueRange loops) {
      Value i =
          e.make<arith::SIToFPOp>(f64, e.fromIndex(loops[0], e.getI64Type()));
      Value offset = e.make<arith::MulFOp>(i, wide(delta));
      return e.convert(e.make<arith::AddFOp>(wide(start), offset), type, false,
                       false);
    });
  }
  Value first = e.toIndex(start), step = e.toIndex(delta);
  Value distance = e.sub(e.toIndex(limit), first);
  // A step of 0 makes nothing; the division must not see it.
  Value isZero = e.equal(step, e.index(0));
  Value count = e.ceilDiv(distance, e.select(isZero, e.index(1), step));
  count = e.max(e.select(isZero, e.index(0), count), e.index(0));
  return e.generate({count}, type, [&](ValueRange loops) {
    return e.fromIndex(e.add(first, e.mul(loops[0], step)), type);
  });
}

static Lowered lowerEyeLike(onnx::EyeLikeOp op,
                            onnx::EyeLikeOp::Adaptor operands, Emitter &e) {
  Type type = getElementTypeOrSelf(op.getOutput().getType());
  if (type.isUnsignedInteger())
    type = e.getIntegerType(type.getIntOrFloatBitWidth());
  SmallVector<Value> sizes = e.sizes(operands.getInput());
  if (sizes.size() != 2)
    return e.refuse("its operand is not a matrix");
  return e.generate(sizes, type, [&](ValueRange loops) {
    Value isOne = e.equal(e.add(loops[0], e.index(op.getK())), loops[1]);
    return e.select(isOne, e.constant(type, 1), e.constant(type, 0));
  });
}

static Lowered lowerOneHot(onnx::OneHotOp op, onnx::OneHotOp::Adaptor operands,
                           Emitter &e) {
  SmallVector<Value> sizes = e.sizes(operands.getIndices());
  int64_t rank = sizes.size() + 1;
  int64_t axis = normalizeAxis(op.getAxis(), rank);
  if (axis < 0 || axis >= rank)
    return e.refuse("axis " + Twine(int64_t(op.getAxis())) +
                    " is out of range");
  auto depthType = getTensorType(operands.getDepth());
  if (!depthType.hasStaticShape() || depthType.getNumElements() != 1)
    return e.refuse("its depth is not one number");
  bool isDepthUnsigned = isUnsigned(op.getDepth().getType());
  bool isIndexUnsigned = isUnsigned(op.getIndices().getType());
  Type i64 = e.getI64Type();
  Value depth = e.max(e.toIndex(e.convert(e.single(operands.getDepth()), i64,
                                          isDepthUnsigned, false)),
                      e.index(0));
  Value values = e.fit(operands.getValues(), {e.index(2)});
  Value off = e.scalar(values, 0), on = e.scalar(values, 1);
  SmallVector<AffineExpr> exprs;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (dim != axis)
      exprs.push_back(e.getAffineDimExpr(dim));
  sizes.insert(sizes.begin() + axis, depth);
  return e.map(
      sizes, off.getType(),
      {{operands.getIndices(), AffineMap::get(rank, 0, exprs, e.getContext())}},
      [&](ValueRange args) {
        Value hot = e.toIndex(e.convert(args[0], i64, isIndexUnsigned, false));
        Value here = linalg::IndexOp::create(e, axis);
        return e.select(e.equal(e.wrapNegative(hot, depth), here), on, off);
      });
}

void sopt::populateGeneratorLowerings(LoweringSet &set) {
  addLowering<onnx::ConstantOfShapeOp>(set, lowerConstantOfShape);
  addLowering<onnx::EyeLikeOp>(set, lowerEyeLike);
  addLowering<onnx::OneHotOp>(set, lowerOneHot);
  addLowering<onnx::RangeOp>(set, lowerRange);
}
