//===- Poly.cpp - Polynomials in onnx -------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeBuilder.h"
#include "Patterns.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/Sopt/IR/Sopt.h"

using namespace mlir;
using namespace sopt;

namespace {
/// poly x {c} → Add(Mul(… Add(Mul(c_d, x), c_(d-1)) …, x), c_0)
struct WritePoly : OpRewritePattern<PolyOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PolyOp op,
                                PatternRewriter &rewriter) const override {
    auto coefficients = onnx::ConstantData::get(op.getCoefficients());
    if (!coefficients)
      return rewriter.notifyMatchFailure(op, "coefficients are not at hand");
    NodeBuilder b(rewriter, op);
    int64_t degree = op.getDegree();
    Value y = createCoefficient(b, op, *coefficients, degree);
    if (degree == 0)
      y = b.create("Expand", op.getType(), {y, createShape(b, op.getX())});
    for (int64_t power = degree - 1; power >= 0; --power) {
      Value product = b.elementwise("Mul", {y, op.getX()});
      y = b.elementwise(
          "Add", {product, createCoefficient(b, op, *coefficients, power)});
    }
    b.replace(y);
    return success();
  }

private:
  static Value createShape(NodeBuilder &b, TypedValue<RankedTensorType> x) {
    auto type = RankedTensorType::get({x.getType().getRank()},
                                      b.getRewriter().getI64Type());
    return b.create("Shape", type, x);
  }

  /// The coefficient of x^power: one number, or one for each channel, in a
  /// shape that broadcasts to x.
  static Value createCoefficient(NodeBuilder &b, PolyOp op,
                                 const onnx::ConstantData &coefficients,
                                 int64_t power) {
    auto type = op.getX().getType();
    int64_t row = op.getDegree() + 1;
    SmallVector<double> values;
    for (int64_t i = power; i < coefficients.getNumElements(); i += row)
      values.push_back(coefficients.getDouble(i));
    SmallVector<int64_t> shape;
    if (std::optional<int64_t> channel = op.getChannel()) {
      shape.assign(type.getRank() - *channel, 1);
      shape.front() = values.size();
    }
    return b.floats(values, shape, type.getElementType());
  }
};
} // namespace

void sopt::populatePolyToOnnxPatterns(RewritePatternSet &patterns) {
  patterns.add<WritePoly>(patterns.getContext());
}
