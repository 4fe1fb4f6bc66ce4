//===- PolyOps.cpp - Polynomial activations -------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Sopt/IR/Shapes.h"
#include "dialects/Sopt/IR/Sopt.h"
#include <cmath>

using namespace mlir;
using namespace sopt;

LogicalResult PolyOp::verify() {
  RankedTensorType x = getX().getType();
  if (failed(verifyOneFloatType(*this)) ||
      failed(verifyResultShape(*this, x.getShape())))
    return failure();
  if (!isa<DenseFPElementsAttr>(getCoefficients()))
    return emitOpError("needs coefficients as a dense floating-point constant");

  auto type = cast<ShapedType>(getCoefficients().getType());
  int64_t rank = getChannel() ? 2 : 1;
  if (type.getRank() != rank)
    return emitOpError("needs coefficients of rank ")
           << rank << (getChannel() ? " with" : " without")
           << " a channel, not " << type.getRank();
  int64_t count = type.getShape().back();
  if (count < 1 || count > maxDegree + 1)
    return emitOpError("needs 1 to ")
           << maxDegree + 1 << " coefficients, not " << count;
  if (!getChannel())
    return success();

  int64_t channel = *getChannel();
  if (channel < 0 || channel >= x.getRank())
    return emitOpError("has its channels in dimension ")
           << channel << " of a tensor of rank " << x.getRank();
  // A size that is not known can't be compared with at compile time.
  if (x.isDynamicDim(channel))
    return emitOpError("needs a static number of channels");
  return verifySize(*this, {type.getDimSize(0), "rows of coefficients"},
                    {x.getDimSize(channel), "channels of x"});
}

LogicalResult PolyOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getX().getType());
  return success();
}

bool PolyOp::isCompatibleReturnTypes(TypeRange inferred, TypeRange actual) {
  return succeeded(verifyCompatibleShapes(inferred, actual));
}

LogicalResult PolyOp::reifyResultShapes(OpBuilder &builder,
                                        ReifiedRankedShapedTypeDims &shapes) {
  shapes.push_back(reifySizes(builder, getResult(), [&](int64_t dim) {
    return std::pair<Value, int64_t>(getX(), dim);
  }));
  return success();
}

/// `value` in the semantics of `type`.
static APFloat convert(APFloat value, Type type) {
  bool losesInfo;
  value.convert(cast<FloatType>(type).getFloatSemantics(),
                APFloat::rmNearestTiesToEven, &losesInfo);
  return value;
}

/// Horner's rule in the type, and in the order, of the op's decomposition.
static APFloat evaluate(ArrayRef<APFloat> coefficients, const APFloat &x,
                        Type element) {
  Type compute = element.getIntOrFloatBitWidth() < 32
                     ? Float32Type::get(element.getContext())
                     : element;
  APFloat wide = convert(x, compute);
  APFloat sum = convert(coefficients.back(), compute);
  for (const APFloat &coefficient : llvm::reverse(coefficients.drop_back())) {
    sum.fusedMultiplyAdd(wide, convert(coefficient, compute),
                         APFloat::rmNearestTiesToEven);
  }
  return convert(sum, element);
}

// poly(x) {coefficients = [0, 1]} → x
// poly(constant) → constant, with coefficients for all channels alike
OpFoldResult PolyOp::fold(FoldAdaptor adaptor) {
  if (getChannel())
    return {};
  SmallVector<APFloat> coefficients(
      cast<DenseFPElementsAttr>(getCoefficients()).getValues<APFloat>());
  if (coefficients.size() == 2 && coefficients[0].isZero() &&
      coefficients[1].isExactlyValue(1) && getX().getType() == getType())
    return getX();

  auto x = dyn_cast_or_null<DenseFPElementsAttr>(adaptor.getX());
  if (!x || x.getType() != getType())
    return {};
  Type element = getType().getElementType();
  return x.mapValues(element, [&](const APFloat &value) {
    return evaluate(coefficients, value, element).bitcastToAPInt();
  });
}
