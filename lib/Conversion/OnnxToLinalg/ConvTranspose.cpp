//===- ConvTranspose.cpp - Transposed convolutions, Col2Im ----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every element of the operand, times the filter, adds to a window of the
// result. The products are one matrix product; then each element of the result
// gathers what was added to it, so that nobody writes where another does.
//
//===----------------------------------------------------------------------===//

#include "Convolution.h"
#include "Lowering.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace sopt;

namespace {
/// How windows lie in the result. One number per spatial dimension.
struct Scatter {
  SmallVector<int64_t> kernel, strides, dilations;
  /// Elements of the result that padding cuts off before the first.
  SmallVector<Value> low;
  SmallVector<Value> resultSizes;
};
} // namespace

static FailureOr<Scatter> getScatter(Emitter &e, onnx::ConvTransposeOp op,
                                     ArrayRef<Value> sizes,
                                     ArrayRef<int64_t> kernel) {
  size_t spatial = kernel.size();
  auto read = [&](std::optional<ArrayRef<int64_t>> given, size_t count,
                  int64_t fallback) {
    return given ? llvm::to_vector(*given)
                 : SmallVector<int64_t>(count, fallback);
  };
  Scatter scatter{llvm::to_vector(kernel),
                  read(op.getStrides(), spatial, 1),
                  read(op.getDilations(), spatial, 1),
                  {},
                  {}};
  SmallVector<int64_t> extra = read(op.getOutputPadding(), spatial, 0);
  SmallVector<int64_t> pads = read(op.getPads(), 2 * spatial, 0);
  auto isAtLeast = [](ArrayRef<int64_t> values, int64_t least) {
    return llvm::all_of(values, [&](int64_t value) { return value >= least; });
  };
  if (scatter.strides.size() != spatial ||
      scatter.dilations.size() != spatial || extra.size() != spatial ||
      pads.size() != 2 * spatial || !isAtLeast(kernel, 1) ||
      !isAtLeast(scatter.strides, 1) || !isAtLeast(scatter.dilations, 1) ||
      !isAtLeast(extra, 0) || !isAtLeast(pads, 0))
    return e.refuse("its kernel, strides, dilations or pads make no sense");
  std::optional<ArrayRef<int64_t>> shape = op.getOutputShape();
  if (shape && shape->size() != spatial)
    return e.refuse("its output_shape has not one size per spatial dimension");

  bool isSame = op.getAutoPad().starts_with("SAME");
  bool isValid = op.getAutoPad() == "VALID";
  for (size_t dim = 0; dim < spatial; ++dim) {
    Value size = sizes[dim + 2], stride = e.index(scatter.strides[dim]);
    int64_t extent = (kernel[dim] - 1) * scatter.dilations[dim] + 1;
    Value reached = e.add(e.mul(e.sub(size, e.index(1)), stride),
                          e.index(extent + extra[dim]));
    // Of no element comes no window.
    reached = isKnownNonNegative(size) && getConstantSize(size).value_or(0) > 0
                  ? reached
                  : e.select(e.equal(size, e.index(0)), e.index(0), reached);
    if (!isSame && !shape) {
      int64_t low = isValid ? 0 : pads[dim];
      int64_t high = isValid ? 0 : pads[dim + spatial];
      scatter.low.push_back(e.index(low));
      scatter.resultSizes.push_back(
          e.max(e.sub(reached, e.index(low + high)), e.index(0)));
      continue;
    }
    Value result = e.mul(size, stride);
    if (shape)
      result = e.select(e.equal(size, e.index(0)), e.index(0),
                        e.index(std::max<int64_t>((*shape)[dim], 0)));
    Value total = e.max(e.sub(reached, result), e.index(0));
    Value half = e.div(total, e.index(2));
    bool isUpper = op.getAutoPad() == "SAME_UPPER";
    scatter.low.push_back(isUpper ? half : e.sub(total, half));
    scatter.resultSizes.push_back(result);
  }
  return scatter;
}

/// What each element of `x` adds for each output and place in the filter:
/// group × (batch · positions) × (outputs · kernel).
static FailureOr<Value> multiply(Emitter &e, Value x, Value filter,
                                 int64_t group) {
  SmallVector<Value> sizes = e.sizes(x), filterSizes = e.sizes(filter);
  Value groups = e.index(group), perGroup = e.div(filterSizes[0], groups);
  Value positions = e.product(ArrayRef<Value>(sizes).drop_front(2));
  Value width = e.product(ArrayRef<Value>(filterSizes).drop_front(1));
  if (group == 1) {
    Value rows =
        e.transpose(e.reshape(x, {sizes[0], sizes[1], positions}), {0, 2, 1});
    Value matrix = e.reshape(filter, {filterSizes[0], width});
    FailureOr<Value> product = makeMatrixProduct(e, rows, matrix);
    if (failed(product))
      return failure();
    return e.reshape(*product, {groups, sizes[0], positions, width});
  }
  Value split = e.reshape(x, {sizes[0], groups, perGroup, positions});
  Value rows = e.reshape(e.transpose(split, {1, 0, 3, 2}),
                         {groups, e.mul(sizes[0], positions), perGroup});
  Value matrices = e.reshape(filter, {groups, perGroup, width});
  FailureOr<Value> product = makeMatrixProduct(e, rows, matrices);
  if (failed(product))
    return failure();
  return e.reshape(*product, {groups, sizes[0], positions, width});
}

namespace {
/// Where the position `p` of a result comes from along one dimension: the
/// operand's position q with q · stride + k · dilation = p + low, if any.
struct Origin {
  Value position, exists;
};
} // namespace

static Origin findOrigin(Emitter &e, const Scatter &scatter, size_t dim,
                         Value size, Value p, int64_t k) {
  Value distance =
      e.sub(e.add(p, scatter.low[dim]), e.index(k * scatter.dilations[dim]));
  Value stride = e.index(scatter.strides[dim]);
  Value position = e.make<arith::FloorDivSIOp>(distance, stride);
  Value isHit = e.equal(e.mul(position, stride), distance);
  Value isInside = e.compare(arith::CmpIPredicate::ult, position, size);
  return {e.clamp(position, e.sub(size, e.index(1))), e.both(isHit, isInside)};
}

/// Element `loops` of the result: the sum over all places of the filter.
static Value gather(Emitter &e, const Scatter &scatter, Value products,
                    ArrayRef<Value> sizes, Value outputs, ValueRange loops,
                    Value start) {
  size_t spatial = scatter.kernel.size();
  int64_t places = computeProduct(scatter.kernel);
  SmallVector<int64_t> strides = computeStrides(scatter.kernel);
  Type type = start.getType();
  // Each dimension's origins once, not once per place.
  SmallVector<SmallVector<Origin>> origins(spatial);
  for (size_t dim = 0; dim < spatial; ++dim)
    for (int64_t k = 0; k < scatter.kernel[dim]; ++k)
      origins[dim].push_back(
          findOrigin(e, scatter, dim, sizes[dim + 2], loops[dim + 2], k));
  Value group = e.div(loops[1], outputs);
  Value firstColumn = e.mul(e.remainder(loops[1], outputs), e.index(places));
  Value sum = start;
  for (int64_t place = 0; place < places; ++place) {
    SmallVector<int64_t> ks = delinearize(place, strides);
    Value position = e.index(0), exists = e.constantInt(e.getI1Type(), 1);
    for (size_t dim = 0; dim < spatial; ++dim) {
      const Origin &origin = origins[dim][ks[dim]];
      position = e.add(e.mul(position, sizes[dim + 2]), origin.position);
      exists = e.both(exists, origin.exists);
    }
    Value term = e.element(products, {group, loops[0], position,
                                      e.add(firstColumn, e.index(place))});
    term = e.select(exists, term, e.constant(type, 0));
    sum = e.make<arith::AddFOp>(sum, term);
  }
  return sum;
}

/// Beyond so many places in a filter, code that is written out for each is too
/// long.
static constexpr int64_t kMaxPlaces = 256;

static Lowered lowerConvTranspose(onnx::ConvTransposeOp op,
                                  onnx::ConvTransposeOp::Adaptor operands,
                                  Emitter &e) {
  Value x = operands.getX(), filter = operands.getW(), bias = operands.getB();
  Type type = getElementType(x);
  if (!isa<FloatType>(type) || getElementType(filter) != type ||
      getRank(filter) != getRank(x) || getRank(x) < 3)
    return e.refuse("its operands are not floats of one type and rank");
  FailureOr<SmallVector<int64_t>> kernel = getKernel(e, filter);
  if (failed(kernel))
    return failure();
  SmallVector<Value> sizes = e.sizes(x), filterSizes = e.sizes(filter);
  FailureOr<Scatter> scatter = getScatter(e, op, sizes, *kernel);
  if (failed(scatter))
    return failure();
  int64_t group = op.getGroup();
  std::optional<int64_t> channels = getConstantSize(filterSizes[0]);
  if (group <= 0 || !channels || *channels % group != 0 ||
      computeProduct(*kernel) > kMaxPlaces)
    return e.refuse("its channels are not a multiple of its groups, or its "
                    "filter is larger than " +
                    Twine(kMaxPlaces) + " places");
  sizes[1] = filterSizes[0];
  x = e.widen(e.fit(x, sizes));
  FailureOr<Value> products = multiply(e, x, e.widen(filter), group);
  if (failed(products))
    return e.refuse("its operands do not fit");

  Value outputs = filterSizes[1];
  SmallVector<Value> resultSizes = {sizes[0], e.mul(outputs, e.index(group))};
  llvm::append_range(resultSizes, scatter->resultSizes);
  Type sumType = getElementType(x);
  if (bias)
    bias = e.widen(e.fit(bias, {resultSizes[1]}));
  Value result = e.generate(resultSizes, sumType, [&](ValueRange loops) {
    Value start = bias ? e.element(bias, loops[1]) : e.constant(sumType, 0);
    return gather(e, *scatter, *products, sizes, outputs, loops, start);
  });
  return e.convertElements(result, type);
}

/// Adds up columns of blocks to the image of which these were taken.
static Lowered lowerCol2Im(onnx::Col2ImOp op, onnx::Col2ImOp::Adaptor operands,
                           Emitter &e) {
  Value input = operands.getInput();
  std::optional<SmallVector<int64_t>> kernel =
      e.constantInts(operands.getBlockShape());
  if (!kernel || getRank(input) != 3 || kernel->empty())
    return e.refuse("its block shape is not constant, or its operand not batch "
                    "× block elements × blocks");
  size_t spatial = kernel->size();
  FailureOr<SmallVector<Value>> shape =
      e.indices(operands.getImageShape(), spatial);
  Scatter scatter{*kernel,
                  SmallVector<int64_t>(spatial, 1),
                  SmallVector<int64_t>(spatial, 1),
                  {},
                  {}};
  SmallVector<int64_t> pads(2 * spatial, 0);
  if (op.getStrides())
    scatter.strides = llvm::to_vector(*op.getStrides());
  if (op.getDilations())
    scatter.dilations = llvm::to_vector(*op.getDilations());
  if (op.getPads())
    pads = llvm::to_vector(*op.getPads());
  auto isPositive = [](int64_t value) { return value > 0; };
  if (failed(shape) || scatter.strides.size() != spatial ||
      scatter.dilations.size() != spatial || pads.size() != 2 * spatial ||
      !llvm::all_of(*kernel, isPositive) ||
      !llvm::all_of(scatter.strides, isPositive) ||
      !llvm::all_of(scatter.dilations, isPositive) ||
      computeProduct(*kernel) > kMaxPlaces)
    return e.refuse("its shapes, strides, dilations or pads make no sense");

  // How many blocks there were along each dimension: as a convolution has
  // positions.
  SmallVector<Value> sizes = e.sizes(input), counts = {sizes[0], {}};
  for (size_t dim = 0; dim < spatial; ++dim) {
    int64_t extent = ((*kernel)[dim] - 1) * scatter.dilations[dim] + 1;
    Value room =
        e.add((*shape)[dim], e.index(pads[dim] + pads[dim + spatial] - extent));
    Value steps =
        e.make<arith::FloorDivSIOp>(room, e.index(scatter.strides[dim]));
    counts.push_back(e.max(e.add(steps, e.index(1)), e.index(0)));
    scatter.low.push_back(e.index(pads[dim]));
  }
  int64_t places = computeProduct(*kernel);
  Value channels = e.div(sizes[1], e.index(places));
  Value blocks = e.product(ArrayRef<Value>(counts).drop_front(2));
  input = e.fit(input, {sizes[0], e.mul(channels, e.index(places)), blocks});
  Value products = e.transpose(input, {0, 2, 1});
  products = e.reshape(products, {e.index(1), sizes[0], blocks,
                                  e.mul(channels, e.index(places))});
  Type type = getElementType(input);
  if (!isa<FloatType>(type))
    return e.refuse("its elements are no floats");
  products = e.widen(products);
  Value zero = e.constant(getElementType(products), 0);
  SmallVector<Value> resultSizes = {sizes[0], channels};
  Value isEmpty = e.equal(blocks, e.index(0));
  for (Value size : *shape)
    resultSizes.push_back(e.max(size, e.index(0)));
  // Without a block nothing can be read, be it to be thrown away.
  products = e.pad(products, SmallVector<Value>(4, e.index(0)),
                   {e.index(0), e.index(0),
                    e.select(isEmpty, e.index(1), e.index(0)), e.index(0)},
                   zero);
  Value result = e.generate(resultSizes, zero.getType(), [&](ValueRange loops) {
    return gather(e, scatter, products, counts, channels, loops, zero);
  });
  return e.convertElements(result, type);
}

void sopt::populateConvTransposeLowerings(LoweringSet &set) {
  addLowering<onnx::Col2ImOp>(set, lowerCol2Im);
  addLowering<onnx::ConvTransposeOp>(set, lowerConvTranspose);
}
