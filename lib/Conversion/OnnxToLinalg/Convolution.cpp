//===- Convolution.cpp - Convolutions -----------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Convolution.h"
#include "Lowering.h"

using namespace mlir;
using namespace sopt;

FailureOr<SmallVector<int64_t>> sopt::getKernel(Emitter &e, Value filter) {
  SmallVector<int64_t> kernel;
  for (Value size : ArrayRef<Value>(e.sizes(filter)).drop_front(2)) {
    std::optional<int64_t> known = getConstantSize(size);
    if (!known)
      return e.refuse("the size of its kernel is not constant");
    kernel.push_back(*known);
  }
  return kernel;
}

/// Loops n, g, m, positions… | c, kernel… of a convolution in groups, and the
/// sum over the latter. `x` is padded: N × G × C × D…, `filter` is G × M × C ×
/// K…; what is added per element is `term` of theirs.
static Value convolve(Emitter &e, Value x, Value filter, const Windows &windows,
                      Value init,
                      function_ref<Value(Value x, Value w, Value acc)> term) {
  unsigned spatial = windows.kernel.size();
  auto loop = [&](unsigned position) { return e.getAffineDimExpr(position); };
  unsigned firstPosition = 3, channel = 3 + spatial, firstKernel = 4 + spatial;
  SmallVector<AffineExpr> input = {loop(0), loop(1), loop(channel)};
  SmallVector<AffineExpr> weights = {loop(1), loop(2), loop(channel)};
  SmallVector<AffineExpr> output = {loop(0), loop(1), loop(2)};
  for (unsigned dim = 0; dim < spatial; ++dim) {
    input.push_back(loop(firstPosition + dim) * windows.strides[dim] +
                    loop(firstKernel + dim) * windows.dilations[dim]);
    weights.push_back(loop(firstKernel + dim));
    output.push_back(loop(firstPosition + dim));
  }
  unsigned loops = 4 + 2 * spatial;
  SmallVector<utils::IteratorType> iterators(3 + spatial,
                                             utils::IteratorType::parallel);
  iterators.append(1 + spatial, utils::IteratorType::reduction);
  auto mapOf = [&](ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(loops, 0, exprs, e.getContext());
  };
  return e
      .generic({{x, mapOf(input)}, {filter, mapOf(weights)}},
               {{init, mapOf(output)}}, iterators,
               [&](ValueRange args) {
                 return SmallVector<Value>{term(args[0], args[1], args[2])};
               })
      .front();
}

/// The named operation for a 2-D convolution of f32 in one group, of which
/// other passes know more than of the general form; null for others.
static Value makeNamed(Emitter &e, Value x, Value filter,
                       const Windows &windows, Value init) {
  if (windows.kernel.size() != 2 || !getElementType(x).isF32())
    return nullptr;
  auto attribute = [&](ArrayRef<int64_t> values) {
    return e.getI64TensorAttr(values);
  };
  auto op = linalg::Conv2DNchwFchwOp::create(
      e, TypeRange{init.getType()}, ValueRange{e.refine(x), e.refine(filter)},
      ValueRange{init}, attribute(windows.strides),
      attribute(windows.dilations));
  return e.withSizes(op.getResult(0), e.sizes(init));
}

FailureOr<Value> sopt::makeConvolution(Emitter &e, Value x, Value filter,
                                       Value bias,
                                       const WindowAttributes &attributes,
                                       int64_t group) {
  if (getRank(filter) != getRank(x) || getRank(x) < 3 ||
      (bias && getRank(bias) != 1))
    return e.refuse("its operands are not of one rank of at least 3");
  FailureOr<SmallVector<int64_t>> kernel = getKernel(e, filter);
  if (failed(kernel))
    return failure();
  SmallVector<Value> sizes = e.sizes(x), filterSizes = e.sizes(filter);
  FailureOr<Windows> windows = getWindows(e, sizes, *kernel, attributes);
  if (failed(windows))
    return failure();
  std::optional<int64_t> outputs = getConstantSize(filterSizes[0]);
  if (group <= 0 || !outputs || *outputs % group != 0)
    return e.refuse("its outputs are not constant or not a multiple of its "
                    "groups");

  // The filter says how many channels there are.
  Type type = getElementType(x);
  Value perGroup = filterSizes[1];
  sizes[1] = e.mul(perGroup, e.index(group));
  x = padForWindows(e, e.fit(x, sizes), *windows, e.constant(type, 0));
  SmallVector<Value> resultSizes = {sizes[0], filterSizes[0]};
  llvm::append_range(resultSizes, windows->counts);
  Value init;
  if (bias) {
    bias = e.fit(bias, {filterSizes[0]});
    unsigned rank = resultSizes.size();
    init = e.map(resultSizes, type,
                 {{bias, AffineMap::get(rank, 0, {e.getAffineDimExpr(1)},
                                        e.getContext())}},
                 [](ValueRange args) { return args[0]; });
  } else {
    init = e.full(resultSizes, e.constant(type, 0));
  }
  if (group == 1)
    if (Value result = makeNamed(e, x, filter, *windows, init))
      return result;

  auto splitChannels = [&](Value tensor, unsigned dim, Value channels) {
    SmallVector<Value> split = e.sizes(tensor);
    split[dim] = channels;
    split.insert(split.begin() + dim, e.index(group));
    return e.reshape(tensor, split);
  };
  Value outputsPerGroup = e.index(*outputs / group);
  Value result = convolve(e, splitChannels(x, 1, perGroup),
                          splitChannels(filter, 0, outputsPerGroup), *windows,
                          splitChannels(init, 1, outputsPerGroup),
                          [&](Value a, Value w, Value acc) {
                            return isa<FloatType>(type)
                                       ? e.addReassociable(
                                             acc, e.make<arith::MulFOp>(a, w))
                                       : e.add(acc, e.mul(a, w));
                          });
  return e.reshape(result, resultSizes);
}

static Lowered lowerConv(onnx::ConvOp op, onnx::ConvOp::Adaptor operands,
                         Emitter &e) {
  Value x = operands.getX(), filter = operands.getW();
  Type type = getElementType(x);
  if (!isa<FloatType>(type) || getElementType(filter) != type)
    return e.refuse("its operands are not floats of one type");
  Value bias = operands.getB() ? e.widen(operands.getB()) : Value();
  FailureOr<Value> result = makeConvolution(
      e, e.widen(x), e.widen(filter), bias,
      {op.getAutoPad(), op.getDilations(), op.getPads(), op.getStrides()},
      op.getGroup());
  if (failed(result))
    return failure();
  return e.convertElements(*result, type);
}

void sopt::populateConvolutionLowerings(LoweringSet &set) {
  addLowering<onnx::ConvOp>(set, lowerConv);
}
