//===- Poly.cpp - sopt.poly by Horner's rule ------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Loops.h"
#include "Patterns.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace sopt;

/// The coefficients of xᵖᵒʷᵉʳ in `type`, one per channel (or one for all).
static SmallVector<APFloat> getCoefficients(PolyOp op, int64_t power,
                                            Type type) {
  const llvm::fltSemantics &semantics =
      cast<FloatType>(type).getFloatSemantics();
  SmallVector<APFloat> slice;
  int64_t count = op.getDegree() + 1;
  auto all = cast<DenseFPElementsAttr>(op.getCoefficients());
  for (auto [index, value] : llvm::enumerate(all.getValues<APFloat>()))
    if (int64_t(index) % count == power) {
      bool losesInfo;
      value.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
      slice.push_back(value);
    }
  return slice;
}

namespace {
// poly(x) → fma(x, fma(x, … c_d …, c₁), c₀)
struct DecomposePoly : OpRewritePattern<PolyOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PolyOp op,
                                PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto type = cast<RankedTensorType>(op.getType());
    Type compute = getComputeType(type.getElementType());
    unsigned rank = type.getRank();

    // Per-channel coefficients are read, one tensor a power; a coefficient
    // for all is a constant in the loop's body.
    SmallVector<Access> reads = {
        accessAt(op.getX(), rank, llvm::to_vector(llvm::seq(rank)))};
    if (std::optional<int64_t> channel = op.getChannel())
      for (int64_t power : llvm::seq(op.getDegree() + 1)) {
        SmallVector<APFloat> slice = getCoefficients(op, power, compute);
        auto sliceType =
            RankedTensorType::get({int64_t(slice.size())}, compute);
        Value constant = arith::ConstantOp::create(
            b, DenseElementsAttr::get(sliceType, slice));
        reads.push_back(accessAt(constant, rank, {unsigned(*channel)}));
      }

    auto coefficient = [&](ImplicitLocOpBuilder &b, ValueRange args,
                           int64_t power) -> Value {
      if (op.getChannel())
        return args[1 + power];
      APFloat value = getCoefficients(op, power, compute)[0];
      return arith::ConstantOp::create(b, b.getFloatAttr(compute, value));
    };
    Value result = mapElements(
        b, tensor::getMixedSizes(b, op.getLoc(), op.getX()),
        type.getElementType(), reads,
        [&](ImplicitLocOpBuilder &b, ValueRange args) {
          Value sum = coefficient(b, args, op.getDegree());
          for (int64_t power = op.getDegree() - 1; power >= 0; --power)
            sum = math::FmaOp::create(b, sum, args[0],
                                      coefficient(b, args, power));
          return sum;
        });
    rewriter.replaceOp(op, castTo(b, result, type));
    return success();
  }
};
} // namespace

void sopt::populatePolyPattern(RewritePatternSet &patterns) {
  patterns.add<DecomposePoly>(patterns.getContext());
}
