//===- Resize.cpp - Resampling along axes ---------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where an element comes from depends on one axis at a time. So the positions,
// and the weights of interpolation, are computed once for each axis; the loop
// over all elements then only reads them. Coordinates are in f32, rounded as
// onnxruntime does, since "nearest" turns a last bit into another pixel.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sopt;

namespace {
/// One dimension that changes.
struct ResizedAxis {
  int64_t dim;
  Value size, resultSize; ///< In elements.
  Value scale;            ///< Result over operand, an f32.
  Value roiStart, roiEnd; ///< Of tf_crop_and_resize, as parts of the whole.
};

/// What the attributes say of all axes.
struct ResizeMode {
  StringRef coordinates, nearest;
  double cubicCoefficient, extrapolation;
  bool excludesOutside;

  bool crops() const { return coordinates == "tf_crop_and_resize"; }
};
} // namespace

//===----------------------------------------------------------------------===//
// Sizes and scales
//===----------------------------------------------------------------------===//

/// Floats of an operand; none if it is absent or, as exporters write that, has
/// no elements.
static FailureOr<SmallVector<Value>> readFloats(Emitter &e, Value tensor,
                                                int64_t count) {
  if (!tensor ||
      (getRank(tensor) == 1 && getConstantSize(e.size(tensor, 0)) == 0))
    return SmallVector<Value>();
  if (getRank(tensor) != 1)
    return failure();
  SmallVector<Value> values = e.scalars(e.fit(tensor, {e.index(count)}));
  for (Value &value : values)
    value = e.convert(value, e.getF32Type(), false, false);
  return values;
}

static Value toFloat(Emitter &e, Value index) {
  return e.convert(e.fromIndex(index, e.getI64Type()), e.getF32Type(), false,
                   false);
}

/// ⌊value⌋ as an index. The caller makes sure that it fits.
static Value floorToIndex(Emitter &e, Value value) {
  return e.toIndex(
      e.convert(e.make<math::FloorOp>(value), e.getI64Type(), false, false));
}

static std::optional<double> getConstantFloat(Value value) {
  FloatAttr constant;
  if (!matchPattern(value, m_Constant(&constant)))
    return std::nullopt;
  return constant.getValueAsDouble();
}

/// ⌊size · scale⌋; for a whole constant scale, by integers that others can
/// compare.
static Value scaleSize(Emitter &e, Value size, Value scale) {
  std::optional<double> constant = getConstantFloat(scale);
  if (constant && *constant == std::floor(*constant) && *constant >= 0 &&
      *constant < 1e6)
    return e.mul(size, e.index(*constant));
  Value product = e.make<arith::MulFOp>(toFloat(e, size), scale);
  // A tensor cannot have more elements; what is no number becomes 0.
  product = e.make<arith::MaxNumFOp>(product, e.constant(e.getF32Type(), 0));
  product = e.make<arith::MinNumFOp>(product, e.constant(e.getF32Type(), 1e12));
  return floorToIndex(e, product);
}

/// Sets scales and result sizes so that all axes keep their proportions: the
/// least or greatest scale that the wanted sizes ask for.
static void keepAspectRatio(Emitter &e, SmallVectorImpl<ResizedAxis> &axes,
                            bool isNotLarger) {
  Value common;
  for (ResizedAxis &axis : axes) {
    if (!common)
      common = axis.scale;
    else if (isNotLarger)
      common = e.make<arith::MinimumFOp>(common, axis.scale);
    else
      common = e.make<arith::MaximumFOp>(common, axis.scale);
  }
  for (ResizedAxis &axis : axes) {
    axis.scale = common;
    Value exact = e.make<arith::MulFOp>(toFloat(e, axis.size), common);
    axis.resultSize = floorToIndex(
        e, e.make<arith::AddFOp>(exact, e.constant(e.getF32Type(), 0.5)));
  }
}

/// Whether a constant scale gives no fraction of a constant size. Of a size
/// that only a run tells, runtimes take the whole part, and so do we.
static bool isWhole(const ResizedAxis &axis) {
  std::optional<double> scale = getConstantFloat(axis.scale);
  if (!scale)
    return false;
  std::optional<int64_t> size = getConstantSize(axis.size);
  return !size || *size * *scale == std::floor(*size * *scale);
}

static FailureOr<SmallVector<ResizedAxis>>
readAxes(onnx::ResizeOp op, onnx::ResizeOp::Adaptor operands, Emitter &e) {
  SmallVector<Value> sizes = e.sizes(operands.getX());
  int64_t rank = sizes.size();
  SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (op.getAxes())
    dims.assign(op.getAxes()->begin(), op.getAxes()->end());
  int64_t count = dims.size();
  FailureOr<SmallVector<Value>> scales =
      readFloats(e, operands.getScales(), count);
  FailureOr<SmallVector<Value>> roi =
      readFloats(e, operands.getRoi(), 2 * count);
  FailureOr<SmallVector<Value>> wanted = SmallVector<Value>();
  if (operands.getSizes() && succeeded(scales) && scales->empty())
    wanted = e.indices(operands.getSizes(), count);
  if (failed(scales) || failed(roi) || failed(wanted) ||
      (count && scales->empty() && wanted->empty()))
    return e.refuse("its scales, sizes or region are not one per axis");

  SmallVector<ResizedAxis> axes;
  for (auto [i, dim] : llvm::enumerate(dims)) {
    dim = normalizeAxis(dim, rank);
    if (dim < 0 || dim >= rank)
      return e.refuse("an axis is out of range");
    ResizedAxis axis{dim, sizes[dim], {}, {}, {}, {}};
    if (wanted->empty()) {
      axis.scale = (*scales)[i];
      axis.resultSize = scaleSize(e, axis.size, axis.scale);
    } else {
      axis.resultSize = e.max((*wanted)[i], e.index(0));
      axis.scale = e.make<arith::DivFOp>(toFloat(e, axis.resultSize),
                                         toFloat(e, axis.size));
    }
    if (!roi->empty()) {
      axis.roiStart = (*roi)[i];
      axis.roiEnd = (*roi)[i + count];
    }
    axes.push_back(axis);
  }
  if (wanted->empty() &&
      op.getCoordinateTransformationMode() == "align_corners" &&
      !llvm::all_of(axes, isWhole))
    return e.refuse(
        "it aligns corners where a size times its scale is not known to be "
        "whole, which the standard and runtimes do differently");
  StringRef policy = op.getKeepAspectRatioPolicy();
  if (!wanted->empty() && policy != "stretch")
    keepAspectRatio(e, axes, policy == "not_larger");
  // Of nothing, nothing can be made.
  for (ResizedAxis &axis : axes)
    if (getConstantSize(axis.size).value_or(0) == 0)
      axis.resultSize =
          e.select(e.equal(axis.size, e.index(0)), e.index(0), axis.resultSize);
  return axes;
}

//===----------------------------------------------------------------------===//
// Coordinates
//===----------------------------------------------------------------------===//

/// The coordinate in the operand of position `index` in the result.
static Value getCoordinate(Emitter &e, const ResizedAxis &axis,
                           const ResizeMode &mode, Value index) {
  Type f32 = e.getF32Type();
  auto num = [&](double value) { return e.constant(f32, value); };
  auto add = [&](Value a, Value b) { return e.make<arith::AddFOp>(a, b); };
  auto sub = [&](Value a, Value b) { return e.make<arith::SubFOp>(a, b); };
  auto mul = [&](Value a, Value b) { return e.make<arith::MulFOp>(a, b); };
  auto div = [&](Value a, Value b) { return e.make<arith::DivFOp>(a, b); };
  Value x = toFloat(e, index);
  Value size = toFloat(e, axis.size), resultSize = toFloat(e, axis.resultSize);
  Value isOne = e.equal(axis.resultSize, e.index(1));
  if (mode.coordinates == "asymmetric")
    return div(x, axis.scale);
  if (mode.coordinates == "align_corners") {
    Value moved = div(mul(x, sub(size, num(1))), sub(resultSize, num(1)));
    return e.select(isOne, num(0), moved);
  }
  if (mode.crops()) {
    Value last = sub(size, num(1));
    Value length = sub(axis.roiEnd, axis.roiStart);
    Value moved = add(mul(axis.roiStart, last),
                      div(mul(mul(x, length), last), sub(resultSize, num(1))));
    Value middle = mul(mul(num(0.5), add(axis.roiStart, axis.roiEnd)), last);
    return e.select(isOne, middle, moved);
  }
  Value moved = sub(div(add(x, num(0.5)), axis.scale), num(0.5));
  if (mode.coordinates == "half_pixel")
    return moved;
  if (mode.coordinates == "pytorch_half_pixel")
    return e.select(isOne, num(0), moved);
  assert(mode.coordinates == "half_pixel_symmetric");
  Value adjustment = div(resultSize, mul(axis.scale, size));
  Value offset = mul(div(size, num(2)), sub(num(1), adjustment));
  return add(offset, moved);
}

/// `x` as a position in or a little outside of the axis, so that converting it
/// to an integer is safe.
static Value limitCoordinate(Emitter &e, const ResizedAxis &axis, Value x) {
  Value high = toFloat(e, e.add(axis.size, e.index(8)));
  x = e.make<arith::MaxNumFOp>(x, e.constant(e.getF32Type(), -8));
  return e.make<arith::MinNumFOp>(x, high);
}

static Value roundToNearest(Emitter &e, StringRef mode, Value x) {
  if (mode == "floor")
    return e.make<math::FloorOp>(x);
  if (mode == "ceil")
    return e.make<math::CeilOp>(x);
  if (mode == "round_prefer_ceil")
    return e.make<math::RoundOp>(x);
  return e.make<math::CeilOp>(
      e.make<arith::SubFOp>(x, e.constant(x.getType(), 0.5)));
}

/// Where `x`, of which the integer part is a position, lies in the axis.
static Value toPosition(Emitter &e, const ResizedAxis &axis, Value x) {
  Value position = e.toIndex(e.convert(x, e.getI64Type(), false, false));
  return e.clamp(position, e.sub(axis.size, e.index(1)));
}

/// Whether `x` lies outside, where tf_crop_and_resize extrapolates.
static Value isOutside(Emitter &e, const ResizedAxis &axis, Value x) {
  Value last = toFloat(e, e.sub(axis.size, e.index(1)));
  Value isBefore = e.make<arith::CmpFOp>(arith::CmpFPredicate::OLT, x,
                                         e.constant(x.getType(), 0));
  return e.either(isBefore,
                  e.make<arith::CmpFOp>(arith::CmpFPredicate::OGT, x, last));
}

//===----------------------------------------------------------------------===//
// Taps: which elements make one of the result, and with what weights
//===----------------------------------------------------------------------===//

/// Positions or weights, `numTaps` for each position in the result.
static Value
generateTaps(Emitter &e, const ResizedAxis &axis, const ResizeMode &mode,
             int64_t numTaps, Type type,
             function_ref<Value(Value coordinate, Value tap)> make) {
  return e.generate(
      {axis.resultSize, e.index(numTaps)}, type, [&](ValueRange loops) {
        Value x =
            limitCoordinate(e, axis, getCoordinate(e, axis, mode, loops[0]));
        return make(x, loops[1]);
      });
}

/// Weights of the four neighbours of a point at distance `s` after the second,
/// by cubic convolution.
static SmallVector<Value> getCubicWeights(Emitter &e, Value s, double a) {
  Type type = s.getType();
  auto num = [&](double value) { return e.constant(type, value); };
  // Horner's scheme, highest power first.
  auto evaluate = [&](Value x, ArrayRef<double> coefficients) {
    Value result = num(coefficients.front());
    for (double c : coefficients.drop_front())
      result = e.make<arith::AddFOp>(e.make<arith::MulFOp>(result, x), num(c));
    return result;
  };
  Value one = num(1), rest = e.make<arith::SubFOp>(one, s);
  auto near = [&](Value x) { return evaluate(x, {a + 2, -(a + 3), 0, 1}); };
  auto far = [&](Value x) { return evaluate(x, {a, -5 * a, 8 * a, -4 * a}); };
  return {far(e.make<arith::AddFOp>(s, one)), near(s), near(rest),
          far(e.make<arith::AddFOp>(rest, one))};
}

/// The weights of all taps of the point `x`, the first of which is at
/// ⌊x⌋ + `firstTap`.
static SmallVector<Value> getWeights(Emitter &e, const ResizedAxis &axis,
                                     const ResizeMode &mode, Value x,
                                     int64_t numTaps) {
  Type type = x.getType();
  if (numTaps == 2) {
    // What lies outside is as far away as the border is.
    x = e.make<arith::MaxNumFOp>(x, e.constant(type, 0));
    x = e.make<arith::MinNumFOp>(x, toFloat(e, e.sub(axis.size, e.index(1))));
    Value s = e.make<arith::SubFOp>(x, e.make<math::FloorOp>(x));
    return {e.make<arith::SubFOp>(e.constant(type, 1), s), s};
  }
  Value floor = e.make<math::FloorOp>(x);
  SmallVector<Value> weights = getCubicWeights(
      e, e.make<arith::SubFOp>(x, floor), mode.cubicCoefficient);
  if (!mode.excludesOutside)
    return weights;
  Value sum = e.constant(type, 0);
  for (auto [tap, weight] : llvm::enumerate(weights)) {
    Value at = e.make<arith::AddFOp>(floor, e.constant(type, double(tap) - 1));
    weight = e.select(isOutside(e, axis, at), e.constant(type, 0), weight);
    sum = e.make<arith::AddFOp>(sum, weight);
  }
  for (Value &weight : weights)
    weight = e.make<arith::DivFOp>(weight, sum);
  return weights;
}

/// Interpolates along one axis.
static Value interpolate(Emitter &e, Value x, const ResizedAxis &axis,
                         const ResizeMode &mode, int64_t numTaps) {
  Type type = getElementType(x);
  int64_t firstTap = numTaps == 2 ? 0 : -1;
  Value positions = generateTaps(
      e, axis, mode, numTaps, e.getIndexType(), [&](Value at, Value tap) {
        Value floor = floorToIndex(
            e, numTaps == 2
                   ? e.make<arith::MaxNumFOp>(at, e.constant(at.getType(), 0))
                   : at);
        return e.clamp(e.add(floor, e.add(tap, e.index(firstTap))),
                       e.sub(axis.size, e.index(1)));
      });
  Value weights = generateTaps(
      e, axis, mode, numTaps, e.getF32Type(), [&](Value at, Value tap) {
        SmallVector<Value> all = getWeights(e, axis, mode, at, numTaps);
        Value weight = all.back();
        for (int64_t i = numTaps - 2; i >= 0; --i)
          weight = e.select(e.equal(tap, e.index(i)), all[i], weight);
        return weight;
      });
  SmallVector<Value> sizes = e.sizes(x);
  sizes[axis.dim] = axis.resultSize;
  int64_t rank = sizes.size();
  SmallVector<Emitter::Access> inputs;
  for (Value taps : {positions, weights})
    for (int64_t tap = 0; tap < numTaps; ++tap)
      inputs.push_back({taps, AffineMap::get(rank, 0,
                                             {e.getAffineDimExpr(axis.dim),
                                              e.getAffineConstantExpr(tap)},
                                             e.getContext())});
  Value source = e.refine(x);
  return e.map(sizes, type, inputs, [&](ValueRange args) {
    Value sum;
    for (int64_t tap = 0; tap < numTaps; ++tap) {
      SmallVector<Value> indices;
      for (int64_t dim = 0; dim < rank; ++dim)
        indices.push_back(dim == axis.dim
                              ? args[tap]
                              : linalg::IndexOp::create(e, dim).getResult());
      Value term = e.make<arith::MulFOp>(
          e.element(source, indices),
          e.convert(args[numTaps + tap], type, false, false));
      sum = sum ? e.make<arith::AddFOp>(sum, term) : term;
    }
    return sum;
  });
}

/// Takes the nearest element along all axes at once.
static Value takeNearest(Emitter &e, Value x, ArrayRef<ResizedAxis> axes,
                         const ResizeMode &mode) {
  SmallVector<Value> sizes = e.sizes(x);
  int64_t rank = sizes.size();
  SmallVector<Emitter::Access> inputs;
  for (const ResizedAxis &axis : axes) {
    Value positions =
        e.generate({axis.resultSize}, e.getIndexType(), [&](ValueRange loops) {
          Value at = getCoordinate(e, axis, mode, loops[0]);
          Value nearest =
              roundToNearest(e, mode.nearest, limitCoordinate(e, axis, at));
          return toPosition(e, axis, nearest);
        });
    inputs.push_back(
        {positions, AffineMap::get(rank, 0, {e.getAffineDimExpr(axis.dim)},
                                   e.getContext())});
    sizes[axis.dim] = axis.resultSize;
  }
  Value source = e.refine(x);
  return e.map(sizes, getElementType(x), inputs, [&](ValueRange args) {
    SmallVector<Value> indices;
    for (int64_t dim = 0; dim < rank; ++dim)
      indices.push_back(linalg::IndexOp::create(e, dim));
    for (auto [axis, position] : llvm::zip_equal(axes, args))
      indices[axis.dim] = position;
    return e.element(source, indices);
  });
}

/// `result` with the extrapolation value where a coordinate lies outside.
static Value extrapolate(Emitter &e, Value result, ArrayRef<ResizedAxis> axes,
                         const ResizeMode &mode) {
  Type type = getElementType(result);
  return e.map(e.sizes(result), type,
               {{result, e.getMultiDimIdentityMap(getRank(result))}},
               [&](ValueRange args) {
                 Value value = args[0];
                 for (const ResizedAxis &axis : axes) {
                   Value loop = linalg::IndexOp::create(e, axis.dim);
                   Value at = getCoordinate(e, axis, mode, loop);
                   value =
                       e.select(isOutside(e, axis, at),
                                e.constant(type, mode.extrapolation), value);
                 }
                 return value;
               });
}

//===----------------------------------------------------------------------===//
// Resize
//===----------------------------------------------------------------------===//

static Lowered lowerResize(onnx::ResizeOp op, onnx::ResizeOp::Adaptor operands,
                           Emitter &e) {
  Value x = operands.getX();
  Type type = getElementType(x);
  ResizeMode mode{op.getCoordinateTransformationMode(), op.getNearestMode(),
                  op.getCubicCoeffA().convertToDouble(),
                  op.getExtrapolationValue().convertToDouble(),
                  bool(op.getExcludeOutside())};
  static constexpr StringLiteral kCoordinates[] = {
      "align_corners",        "asymmetric",         "half_pixel",
      "half_pixel_symmetric", "pytorch_half_pixel", "tf_crop_and_resize"};
  if (!llvm::is_contained(kCoordinates, mode.coordinates))
    return e.refuse("coordinates '" + mode.coordinates + "' are not known");
  bool isNearest = op.getMode() == "nearest";
  if (!isNearest && op.getMode() != "linear" && op.getMode() != "cubic")
    return e.refuse("mode '" + op.getMode() + "' is not known");
  if (op.getAntialias())
    return e.refuse("it smooths what it shrinks (antialias)");
  if (!isNearest && !isa<FloatType>(type))
    return e.refuse("it interpolates integers");
  FailureOr<SmallVector<ResizedAxis>> axes = readAxes(op, operands, e);
  if (failed(axes))
    return failure();
  if (mode.crops() && llvm::any_of(*axes, [](const ResizedAxis &axis) {
        return !axis.roiStart;
      }))
    return e.refuse("it crops, to no region");
  // An axis that keeps its size keeps its elements.
  if (!mode.crops())
    llvm::erase_if(*axes, [&](const ResizedAxis &axis) {
      return isSameSize(axis.size, axis.resultSize) &&
             getConstantFloat(axis.scale).value_or(1) == 1;
    });
  if (axes->empty())
    return x;

  Value result = x;
  if (isNearest) {
    result = takeNearest(e, x, *axes, mode);
  } else {
    result = e.widen(x);
    for (const ResizedAxis &axis : *axes)
      result =
          interpolate(e, result, axis, mode, op.getMode() == "linear" ? 2 : 4);
  }
  if (mode.crops())
    result = extrapolate(e, result, *axes, mode);
  return e.convertElements(result, type);
}

void sopt::populateResizeLowerings(LoweringSet &set) {
  addLowering<onnx::ResizeOp>(set, lowerResize);
}
