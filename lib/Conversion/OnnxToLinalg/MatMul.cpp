//===- MatMul.cpp - Matrix products -------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "dialects/Sopt/IR/Sopt.h"

using namespace mlir;
using namespace sopt;

/// x · weight for a matrix `weight` and f32: the op that has kernels.
static Value makeLinear(Emitter &e, Value x, Value weight, Value bias) {
  SmallVector<Value> sizes = e.sizes(x);
  sizes.back() = e.size(weight, 0);
  x = e.fit(x, sizes);
  sizes.back() = e.size(weight, 1);
  Type type = e.typeOf(sizes, getElementType(x));
  Value result = LinearOp::create(e, type, x, e.refine(weight),
                                  bias ? e.refine(bias) : Value(),
                                  Activation::None, /*schedule=*/nullptr);
  return e.withSizes(result, sizes);
}

/// Products of float or integer matrices in loops over the result and k.
/// Leading dimensions of `a` and `b` broadcast and are known to fit; small
/// floats are summed in f32.
static Value makeContraction(Emitter &e, Value a, Value b,
                             ArrayRef<Value> batch) {
  Type type = getElementType(a);
  bool isFloat = isa<FloatType>(type);
  Type sumType =
      isFloat && type.getIntOrFloatBitWidth() < 32 ? e.getF32Type() : type;
  int64_t outer = batch.size();
  AffineExpr m = e.getAffineDimExpr(outer), n = e.getAffineDimExpr(outer + 1),
             k = e.getAffineDimExpr(outer + 2);
  auto mapOf = [&](Value operand, AffineExpr row, AffineExpr column) {
    SmallVector<Value> sizes = e.sizes(operand);
    int64_t own = sizes.size() - 2;
    SmallVector<AffineExpr> exprs;
    for (int64_t dim = 0; dim < own; ++dim)
      exprs.push_back(getConstantSize(sizes[dim]) == 1
                          ? e.getAffineConstantExpr(0)
                          : e.getAffineDimExpr(outer - own + dim));
    exprs.append({row, column});
    return AffineMap::get(outer + 3, 0, exprs, e.getContext());
  };
  SmallVector<Value> sizes(batch);
  sizes.append({e.sizes(a).end()[-2], e.sizes(b).back()});
  SmallVector<utils::IteratorType> iterators(outer + 2,
                                             utils::IteratorType::parallel);
  iterators.push_back(utils::IteratorType::reduction);
  AffineMap resultMap =
      AffineMap::getMultiDimIdentityMap(outer + 3, e.getContext())
          .dropResult(outer + 2);
  Value sum =
      e.generic({{a, mapOf(a, m, k)}, {b, mapOf(b, k, n)}},
                {{e.full(sizes, e.constant(sumType, 0)), resultMap}}, iterators,
                [&](ValueRange args) -> SmallVector<Value> {
                  if (!isFloat)
                    return {e.add(args[2], e.mul(args[0], args[1]))};
                  auto widen = [&](Value v) {
                    return isa<FloatType>(sumType)
                               ? e.changePrecision(v, sumType)
                               : e.convert(v, sumType, false, false);
                  };
                  Value x = widen(args[0]), y = widen(args[1]);
                  return {e.make<arith::AddFOp>(args[2],
                                                e.make<arith::MulFOp>(x, y))};
                })
          .front();
  return e.convertElements(sum, type);
}

/// The product of stacks of matrices with equal leading dimensions, of f32 or
/// f64, as the named operation.
static Value makeBatchMatMul(Emitter &e, Value a, Value b,
                             ArrayRef<Value> batch) {
  Value count = e.product(batch);
  Value rows = e.sizes(a).end()[-2], inner = e.sizes(a).back();
  Value columns = e.sizes(b).back();
  Value stackA = e.refine(e.reshape(a, {count, rows, inner}));
  Value stackB = e.refine(e.reshape(b, {count, inner, columns}));
  SmallVector<Value> sizes = {count, rows, columns};
  Type type = getElementType(a);
  Value init = e.full(sizes, e.constant(type, 0));
  Value stack = linalg::BatchMatmulOp::create(e, TypeRange{init.getType()},
                                              ValueRange{stackA, stackB},
                                              ValueRange{init})
                    ->getResult(0);
  SmallVector<Value> resultSizes(batch);
  resultSizes.append({rows, columns});
  return e.reshape(e.withSizes(stack, sizes), resultSizes);
}

FailureOr<Value> sopt::makeMatrixProduct(Emitter &e, Value a, Value b) {
  Type type = getElementType(a);
  if (type.isF32() && getRank(b) == 2)
    return makeLinear(e, a, b, Value());

  SmallVector<Value> sizesA = e.sizes(a), sizesB = e.sizes(b);
  auto batchOf = [](ArrayRef<Value> sizes) { return sizes.drop_back(2); };
  FailureOr<SmallVector<Value>> batch =
      e.broadcastSizes({SmallVector<Value>(batchOf(sizesA)),
                        SmallVector<Value>(batchOf(sizesB))});
  if (failed(batch))
    return failure();
  sizesA.back() = sizesB.end()[-2];
  a = e.fit(a, sizesA);

  // Leading dimensions that are not known to be 1 or the result's are made so.
  auto settle = [&](Value operand) {
    SmallVector<Value> sizes = e.sizes(operand);
    auto known = ArrayRef<Value>(*batch).take_back(sizes.size() - 2);
    bool isSettled = llvm::all_of(llvm::zip(known, sizes), [](auto pair) {
      auto [result, own] = pair;
      return getConstantSize(own) == 1 || isSameSize(own, result);
    });
    if (isSettled)
      return operand;
    llvm::copy(known, sizes.begin());
    return e.broadcastTo(operand, sizes);
  };
  a = settle(a);
  b = settle(b);
  auto hasBatch = [&](Value operand) {
    SmallVector<Value> sizes = e.sizes(operand);
    return sizes.size() == batch->size() + 2 &&
           llvm::all_of(llvm::zip(*batch, sizes), [](auto pair) {
             return isSameSize(std::get<0>(pair), std::get<1>(pair));
           });
  };
  if ((type.isF32() || type.isF64()) && hasBatch(a) && hasBatch(b))
    return makeBatchMatMul(e, a, b, *batch);
  return makeContraction(e, a, b, *batch);
}

static Lowered lowerMatMul(onnx::MatMulOp op, onnx::MatMulOp::Adaptor operands,
                           Emitter &e) {
  Value a = operands.getA(), b = operands.getB();
  if (getRank(a) == 0 || getRank(b) == 0)
    return e.refuse("an operand is a scalar");
  if (getElementType(a) != getElementType(b))
    return e.refuse("its operands have different element types");
  // A vector is a row on the left, a column on the right.
  bool isRow = getRank(a) == 1, isColumn = getRank(b) == 1;
  if (isRow)
    a = e.reshape(a, {e.index(1), e.size(a, 0)});
  if (isColumn)
    b = e.reshape(b, {e.size(b, 0), e.index(1)});
  FailureOr<Value> product = makeMatrixProduct(e, a, b);
  if (failed(product))
    return e.refuse("the leading dimensions of its operands do not broadcast");
  SmallVector<Value> sizes = e.sizes(*product);
  if (isColumn)
    sizes.pop_back();
  if (isRow)
    sizes.erase(sizes.end() - (isColumn ? 1 : 2));
  return e.reshape(*product, sizes);
}

/// `c` as one bias per column, if that is what it is.
static Value getColumnBias(Emitter &e, Value c, Value columns) {
  if (!c || getRank(c) == 0)
    return nullptr;
  SmallVector<Value> sizes = e.sizes(c);
  if (!isSameSize(sizes.back(), columns) ||
      (sizes.size() == 2 && getConstantSize(sizes.front()) != 1))
    return nullptr;
  return e.reshape(c, {columns});
}

static Lowered lowerGemm(onnx::GemmOp op, onnx::GemmOp::Adaptor operands,
                         Emitter &e) {
  Value a = operands.getA(), b = operands.getB(), c = operands.getC();
  Type type = getElementType(a);
  double alpha = op.getAlpha().convertToDouble();
  double beta = op.getBeta().convertToDouble();
  if (getRank(a) != 2 || getRank(b) != 2 || getElementType(b) != type ||
      (c && getElementType(c) != type))
    return e.refuse("its operands are not matrices of one element type");
  if (!isa<FloatType>(type) && (alpha != 1 || beta != 1))
    return e.refuse("it scales integers");
  if (op.getTransA())
    a = e.transpose(a, {1, 0});
  if (op.getTransB())
    b = e.transpose(b, {1, 0});

  if (type.isF32() && alpha == 1 && beta == 1)
    if (Value bias = getColumnBias(e, c, e.size(b, 1)))
      return makeLinear(e, a, b, bias);
  FailureOr<Value> product = makeMatrixProduct(e, a, b);
  assert(succeeded(product) && "matrices have no leading dimensions");
  if (alpha == 1 && !c)
    return *product;
  SmallVector<Value> terms = {*product};
  if (c)
    terms.push_back(c);
  FailureOr<Value> sum = e.elementwise(terms, type, [&](ValueRange args) {
    auto scale = [&](Value value, double factor) {
      return factor == 1
                 ? value
                 : e.make<arith::MulFOp>(value, e.constant(type, factor));
    };
    Value scaled = scale(args[0], alpha);
    if (!c)
      return scaled;
    Value added = scale(args[1], beta);
    return isa<FloatType>(type) ? e.make<arith::AddFOp>(scaled, added)
                                : e.add(scaled, added);
  });
  if (failed(sum))
    return e.refuse("the shape of C does not fit");
  return *sum;
}

void sopt::populateMatMulLowerings(LoweringSet &set) {
  addLowering<onnx::GemmOp>(set, lowerGemm);
  addLowering<onnx::MatMulOp>(set, lowerMatMul);
}
