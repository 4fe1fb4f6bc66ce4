//===- Normalization.cpp - Layer, RMS, batch, instance and group norms --===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace sopt;

//===----------------------------------------------------------------------===//
// What the norms share
//===----------------------------------------------------------------------===//

/// The mean of `x` over `axes`, which keep size 1.
static Value getMean(Emitter &e, Value x, ArrayRef<int64_t> axes) {
  Type type = getElementType(x);
  Value count = e.index(1);
  for (int64_t axis : axes)
    count = e.mul(count, e.size(x, axis));
  Value n = e.convert(e.fromIndex(count, e.getI64Type()), type, false, false);
  Value sum = e.reduce(x, axes, /*keepDims=*/true,
                       {e.constant(type, 0), [&](Value element, Value acc) {
                          return e.addReassociable(acc, element);
                        }});
  return e.map(
      e.sizes(sum), type, {{sum, e.getMultiDimIdentityMap(getRank(sum))}},
      [&](ValueRange args) { return e.make<arith::DivFOp>(args[0], n); });
}

template <typename OpT>
static FailureOr<Value> combine(Emitter &e, Value a, Value b) {
  return e.elementwise({a, b}, getElementType(a), [&](ValueRange args) {
    return e.make<OpT>(args[0], args[1]);
  });
}

namespace {
struct Normalized {
  Value result, mean, inverseDeviation;
};
} // namespace

/// (x - mean(x)) / sqrt(mean((x - mean(x))²) + epsilon) over `axes`; the mean
/// is not subtracted if `isRms`.
static Normalized normalize(Emitter &e, Value x, ArrayRef<int64_t> axes,
                            double epsilon, bool isRms) {
  Type type = getElementType(x);
  AffineMap identity = e.getMultiDimIdentityMap(getRank(x));
  Value mean, centred = x;
  if (!isRms) {
    mean = getMean(e, x, axes);
    centred = *combine<arith::SubFOp>(e, x, mean);
  }
  Value squares =
      e.map(e.sizes(x), type, {{centred, identity}}, [&](ValueRange args) {
        return e.make<arith::MulFOp>(args[0], args[0]);
      });
  Value variance = getMean(e, squares, axes);
  Value inverse = e.map(
      e.sizes(variance), type, {{variance, identity}}, [&](ValueRange args) {
        Value shifted =
            e.make<arith::AddFOp>(args[0], e.constant(type, epsilon));
        return e.make<arith::DivFOp>(e.constant(type, 1),
                                     e.make<math::SqrtOp>(shifted));
      });
  return {*combine<arith::MulFOp>(e, centred, inverse), mean, inverse};
}

/// x · scale + bias, broadcast; `bias` may be null.
static FailureOr<Value> scaleAndShift(Emitter &e, Value x, Value scale,
                                      Value bias) {
  FailureOr<Value> scaled = combine<arith::MulFOp>(e, x, scale);
  if (failed(scaled) || !bias)
    return scaled;
  return combine<arith::AddFOp>(e, *scaled, bias);
}

/// A vector of one number per channel, to broadcast over `spatial` dimensions.
static Value perChannel(Emitter &e, Value vector, Value channels,
                        int64_t spatial) {
  SmallVector<Value> sizes(spatial, e.index(1));
  sizes.insert(sizes.begin(), channels);
  return e.reshape(e.fit(e.widen(vector), {channels}), sizes);
}

static SmallVector<int64_t> axesFrom(int64_t first, int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(first, rank));
}

//===----------------------------------------------------------------------===//
// LayerNormalization, RMSNormalization
//===----------------------------------------------------------------------===//

/// The op that has kernels: f32, over the last dimension. Null if it cannot be.
static Value makeLayerNorm(Emitter &e, Value x, Value scale, Value bias,
                           APFloat epsilon, bool isRms) {
  auto isVector = [&](Value v) {
    return getRank(v) == 1 && isSameSize(e.size(v, 0), e.sizes(x).back());
  };
  if (!getElementType(x).isF32() || !isVector(scale) ||
      (bias && !isVector(bias)))
    return nullptr;
  SmallVector<Value> sizes = e.sizes(x);
  x = e.refine(x);
  Value result = LayerNormOp::create(
      e, x.getType(), x, /*residual=*/Value(), e.refine(scale),
      bias ? e.refine(bias) : Value(), std::move(epsilon), isRms);
  return e.withSizes(result, sizes);
}

static Lowered
lowerLayerNormalization(onnx::LayerNormalizationOp op,
                        onnx::LayerNormalizationOp::Adaptor operands,
                        Emitter &e) {
  Value x = operands.getX();
  int64_t rank = getRank(x), axis = normalizeAxis(op.getAxis(), rank);
  if (axis < 0 || axis >= rank)
    return e.refuse("axis " + Twine(int64_t(op.getAxis())) +
                    " is out of range");
  if (axis == rank - 1 && op.getNumResults() == 1)
    if (Value result = makeLayerNorm(e, x, operands.getScale(), operands.getB(),
                                     op.getEpsilon(), false))
      return result;
  Type type = getElementType(x);
  Normalized normalized =
      normalize(e, e.widen(x), axesFrom(axis, rank),
                op.getEpsilon().convertToDouble(), /*isRms=*/false);
  FailureOr<Value> result =
      scaleAndShift(e, normalized.result, e.widen(operands.getScale()),
                    operands.getB() ? e.widen(operands.getB()) : Value());
  if (failed(result))
    return e.refuse("its scale or bias does not fit");
  SmallVector<Value> results = {e.convertElements(*result, type)};
  auto addStatistic = [&](Value declared, Value value) {
    if (declared)
      results.push_back(
          e.convertElements(value, getElementTypeOrSelf(declared.getType())));
  };
  addStatistic(op.getMean(), normalized.mean);
  addStatistic(op.getInvStdDev(), normalized.inverseDeviation);
  return results;
}

static Lowered lowerRMSNormalization(onnx::RMSNormalizationOp op,
                                     onnx::RMSNormalizationOp::Adaptor operands,
                                     Emitter &e) {
  Value x = operands.getX();
  int64_t rank = getRank(x), axis = normalizeAxis(op.getAxis(), rank);
  if (axis < 0 || axis >= rank)
    return e.refuse("axis " + Twine(int64_t(op.getAxis())) +
                    " is out of range");
  if (axis == rank - 1)
    if (Value result = makeLayerNorm(e, x, operands.getScale(), Value(),
                                     op.getEpsilon(), /*isRms=*/true))
      return result;
  Normalized normalized =
      normalize(e, e.widen(x), axesFrom(axis, rank),
                op.getEpsilon().convertToDouble(), /*isRms=*/true);
  FailureOr<Value> result = scaleAndShift(
      e, normalized.result, e.widen(operands.getScale()), Value());
  if (failed(result))
    return e.refuse("its scale does not fit");
  return e.convertElements(*result, getElementTypeOrSelf(op.getY().getType()));
}

//===----------------------------------------------------------------------===//
// BatchNormalization, InstanceNormalization, GroupNormalization
//===----------------------------------------------------------------------===//

namespace {
/// One number per channel.
struct ChannelStatistics {
  Value mean, variance;
};
} // namespace

/// Of the elements of `x` in each channel.
static ChannelStatistics measureChannels(Emitter &e, Value x) {
  Type type = getElementType(x);
  Value channels = e.size(x, 1);
  SmallVector<int64_t> axes = axesFrom(2, getRank(x));
  axes.insert(axes.begin(), 0);
  Value mean = getMean(e, x, axes);
  Value centred = *combine<arith::SubFOp>(e, x, mean);
  Value squares = e.map(
      e.sizes(x), type, {{centred, e.getMultiDimIdentityMap(getRank(x))}},
      [&](ValueRange args) { return e.make<arith::MulFOp>(args[0], args[0]); });
  return {e.reshape(mean, {channels}),
          e.reshape(getMean(e, squares, axes), {channels})};
}

/// old · momentum + now · (1 - momentum)
static Value blend(Emitter &e, Value old, Value now, double momentum) {
  Type type = getElementType(now);
  AffineMap identity = e.getMultiDimIdentityMap(1);
  return e.map(
      e.sizes(now), type, {{old, identity}, {now, identity}},
      [&](ValueRange args) {
        return e.make<arith::AddFOp>(
            e.make<arith::MulFOp>(args[0], e.constant(type, momentum)),
            e.make<arith::MulFOp>(args[1], e.constant(type, 1 - momentum)));
      });
}

// x · s + (B - mean · s) with s = scale / sqrt(variance + epsilon)
static Lowered
lowerBatchNormalization(onnx::BatchNormalizationOp op,
                        onnx::BatchNormalizationOp::Adaptor operands,
                        Emitter &e) {
  Value x = e.widen(operands.getX());
  if (getRank(x) < 2)
    return e.refuse("its operand has no channels");
  if (!op.getTrainingMode() && op.getNumResults() != 1)
    return e.refuse("its statistics are outputs, but it is not in training "
                    "mode");
  Type type = getElementType(x);
  Value channels = e.size(x, 1);
  SmallVector<Value> parameters, results(1);
  for (Value vector : {operands.getScale(), operands.getB(),
                       operands.getInputMean(), operands.getInputVar()})
    parameters.push_back(e.convertElements(e.fit(vector, {channels}), type));
  // In training, statistics are those of this batch; the running ones follow.
  if (op.getTrainingMode()) {
    ChannelStatistics now = measureChannels(e, x);
    double momentum = op.getMomentum().convertToDouble();
    auto blended = {blend(e, parameters[2], now.mean, momentum),
                    blend(e, parameters[3], now.variance, momentum)};
    for (auto [result, value] :
         llvm::zip(op->getResults().drop_front(), blended))
      results.push_back(
          e.convertElements(value, getElementTypeOrSelf(result.getType())));
    parameters[2] = now.mean;
    parameters[3] = now.variance;
  }
  SmallVector<Emitter::Access> vectors =
      llvm::map_to_vector(parameters, [&](Value parameter) {
        return Emitter::Access{parameter, e.getMultiDimIdentityMap(1)};
      });
  double epsilon = op.getEpsilon().convertToDouble();
  auto getFactor = [&](ValueRange args) {
    Value variance = e.make<arith::AddFOp>(args[3], e.constant(type, epsilon));
    return e.make<arith::DivFOp>(args[0], e.make<math::SqrtOp>(variance));
  };
  Value factor = e.map({channels}, type, vectors, getFactor);
  Value shift = e.map({channels}, type, vectors, [&](ValueRange args) {
    return e.make<arith::SubFOp>(
        args[1], e.make<arith::MulFOp>(args[2], getFactor(args)));
  });
  int64_t spatial = getRank(x) - 2;
  FailureOr<Value> result =
      scaleAndShift(e, x, perChannel(e, factor, channels, spatial),
                    perChannel(e, shift, channels, spatial));
  if (failed(result))
    return failure();
  results.front() = e.convertElements(*result, getElementType(operands.getX()));
  return results;
}

static Lowered
lowerInstanceNormalization(onnx::InstanceNormalizationOp op,
                           onnx::InstanceNormalizationOp::Adaptor operands,
                           Emitter &e) {
  Value x = e.widen(operands.getInput());
  int64_t rank = getRank(x);
  if (rank < 3)
    return e.refuse("its operand has no spatial dimensions");
  Value normalized = normalize(e, x, axesFrom(2, rank),
                               op.getEpsilon().convertToDouble(), false)
                         .result;
  Value channels = e.size(x, 1);
  FailureOr<Value> result = scaleAndShift(
      e, normalized, perChannel(e, operands.getScale(), channels, rank - 2),
      perChannel(e, operands.getB(), channels, rank - 2));
  if (failed(result))
    return failure();
  return e.convertElements(*result, getElementType(operands.getInput()));
}

static Lowered
lowerGroupNormalization(onnx::GroupNormalizationOp op,
                        onnx::GroupNormalizationOp::Adaptor operands,
                        Emitter &e) {
  Value x = e.widen(operands.getX());
  SmallVector<Value> sizes = e.sizes(x);
  int64_t rank = sizes.size();
  if (rank < 2 || int64_t(op.getNumGroups()) <= 0)
    return e.refuse("it needs channels and a positive number of groups");
  Value groups = e.index(op.getNumGroups());
  SmallVector<Value> grouped(sizes);
  grouped[1] = e.div(sizes[1], groups);
  grouped.insert(grouped.begin() + 1, groups);
  Value normalized = normalize(e, e.reshape(x, grouped), axesFrom(2, rank + 1),
                               op.getEpsilon().convertToDouble(), false)
                         .result;
  FailureOr<Value> result =
      scaleAndShift(e, e.reshape(normalized, sizes),
                    perChannel(e, operands.getScale(), sizes[1], rank - 2),
                    perChannel(e, operands.getBias(), sizes[1], rank - 2));
  if (failed(result))
    return failure();
  return e.convertElements(*result, getElementType(operands.getX()));
}

//===----------------------------------------------------------------------===//
// LpNormalization, MeanVarianceNormalization
//===----------------------------------------------------------------------===//

static Lowered lowerLpNormalization(onnx::LpNormalizationOp op,
                                    onnx::LpNormalizationOp::Adaptor operands,
                                    Emitter &e) {
  Value x = e.widen(operands.getInput());
  Type type = getElementType(x);
  int64_t rank = getRank(x), axis = normalizeAxis(op.getAxis(), rank);
  if (axis < 0 || axis >= rank || (op.getP() != 1 && op.getP() != 2))
    return e.refuse("its axis is out of range, or its norm not 1 or 2");
  bool isEuclidean = op.getP() == 2;
  Value norm = e.reduce(x, {axis}, /*keepDims=*/true,
                        {e.constant(type, 0), [&](Value element, Value acc) {
                           Value term =
                               isEuclidean
                                   ? e.make<arith::MulFOp>(element, element)
                                   : e.make<math::AbsFOp>(element);
                           return e.addReassociable(acc, term);
                         }});
  FailureOr<Value> result =
      e.elementwise({x, norm}, type, [&](ValueRange args) {
        Value length = isEuclidean ? e.make<math::SqrtOp>(args[1]) : args[1];
        Value zero = e.constant(type, 0);
        Value isZero =
            e.make<arith::CmpFOp>(arith::CmpFPredicate::OEQ, length, zero);
        return e.select(isZero, zero, e.make<arith::DivFOp>(args[0], length));
      });
  if (failed(result))
    return failure();
  return e.convertElements(*result, getElementType(operands.getInput()));
}

static Lowered lowerMeanVarianceNormalization(
    onnx::MeanVarianceNormalizationOp op,
    onnx::MeanVarianceNormalizationOp::Adaptor operands, Emitter &e) {
  Value x = e.widen(operands.getX());
  int64_t rank = getRank(x);
  SmallVector<int64_t> axes;
  for (int64_t axis : op.getAxes()) {
    axes.push_back(normalizeAxis(axis, rank));
    if (axes.back() < 0 || axes.back() >= rank)
      return e.refuse("axis " + Twine(axis) + " is out of range");
  }
  llvm::sort(axes);
  // (x - mean) / (sqrt(variance) + 1e-9), as the operator's function says.
  Type type = getElementType(x);
  AffineMap identity = e.getMultiDimIdentityMap(rank);
  Value centred = *combine<arith::SubFOp>(e, x, getMean(e, x, axes));
  Value squares =
      e.map(e.sizes(x), type, {{centred, identity}}, [&](ValueRange args) {
        return e.make<arith::MulFOp>(args[0], args[0]);
      });
  FailureOr<Value> result = e.elementwise(
      {centred, getMean(e, squares, axes)}, type, [&](ValueRange args) {
        Value deviation = e.make<arith::AddFOp>(e.make<math::SqrtOp>(args[1]),
                                                e.constant(type, 1e-9));
        return e.make<arith::DivFOp>(args[0], deviation);
      });
  if (failed(result))
    return failure();
  return e.convertElements(*result, getElementType(operands.getX()));
}

// x / (bias + alpha / size · Σ x²)^beta, the sum over neighbouring channels
static Lowered lowerLRN(onnx::LRNOp op, onnx::LRNOp::Adaptor operands,
                        Emitter &e) {
  Value x = e.widen(operands.getX());
  SmallVector<Value> sizes = e.sizes(x);
  int64_t rank = sizes.size(), size = op.getSize();
  if (rank < 3 || size < 1)
    return e.refuse("its operand has no channels, or its size is not positive");
  Type type = getElementType(x);
  Value zero = e.constant(type, 0);
  SmallVector<Value> low(rank, e.index(0)), high(low);
  low[1] = e.index((size - 1) / 2);
  high[1] = e.index(size / 2);
  Value padded = e.pad(x, low, high, zero);
  SmallVector<AffineExpr> input, output;
  for (int64_t dim = 0; dim < rank; ++dim)
    output.push_back(e.getAffineDimExpr(dim));
  input = output;
  input[1] = output[1] + e.getAffineDimExpr(rank);
  auto mapOf = [&](ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(rank + 1, 0, exprs, e.getContext());
  };
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  iterators.push_back(utils::IteratorType::reduction);
  // A tensor that nobody reads gives the loop over neighbours its bound.
  Value neighbours = e.empty({e.index(size)}, type);
  Value sums =
      e.generic({{padded, mapOf(input)},
                 {neighbours, mapOf({e.getAffineDimExpr(rank)})}},
                {{e.full(sizes, zero), mapOf(output)}}, iterators,
                [&](ValueRange args) {
                  Value square = e.make<arith::MulFOp>(args[0], args[0]);
                  return SmallVector<Value>{e.addReassociable(args[2], square)};
                })
          .front();
  Value factor = e.constant(type, op.getAlpha().convertToDouble() / size);
  Value bias = e.constant(type, op.getBias().convertToDouble());
  Value power = e.constant(type, op.getBeta().convertToDouble());
  AffineMap identity = e.getMultiDimIdentityMap(rank);
  Value result = e.map(
      sizes, type, {{x, identity}, {sums, identity}}, [&](ValueRange args) {
        Value base =
            e.make<arith::AddFOp>(bias, e.make<arith::MulFOp>(factor, args[1]));
        return e.make<arith::DivFOp>(args[0],
                                     e.make<math::PowFOp>(base, power));
      });
  return e.convertElements(result, getElementType(operands.getX()));
}

void sopt::populateNormalizationLowerings(LoweringSet &set) {
  addLowering<onnx::LRNOp>(set, lowerLRN);
  addLowering<onnx::BatchNormalizationOp>(set, lowerBatchNormalization);
  addLowering<onnx::GroupNormalizationOp>(set, lowerGroupNormalization);
  addLowering<onnx::InstanceNormalizationOp>(set, lowerInstanceNormalization);
  addLowering<onnx::LayerNormalizationOp>(set, lowerLayerNormalization);
  addLowering<onnx::LpNormalizationOp>(set, lowerLpNormalization);
  addLowering<onnx::MeanVarianceNormalizationOp>(
      set, lowerMeanVarianceNormalization);
  addLowering<onnx::RMSNormalizationOp>(set, lowerRMSNormalization);
}
