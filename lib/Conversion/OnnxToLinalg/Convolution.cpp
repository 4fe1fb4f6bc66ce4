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

/// `tensor` with its dimension `dim` split into `parts` of `size`.
static Value splitDim(Emitter &e, Value tensor, unsigned dim, int64_t parts,
                      Value size) {
  SmallVector<Value> split = e.sizes(tensor);
  split[dim] = size;
  split.insert(split.begin() + dim, e.index(parts));
  return e.reshape(tensor, split);
}

/// The named operation for f32 images of one or two dimensions, of which other
/// passes know more than of the general form; null for others. What sums start
/// from is a named operation too.
static Value makeNamed(Emitter &e, Value x, Value filter, Value bias,
                       const Windows &windows, int64_t group,
                       ArrayRef<Value> resultSizes) {
  unsigned spatial = windows.kernel.size();
  if (spatial > 2 || !getElementType(x).isF32())
    return nullptr;
  SmallVector<int64_t> strides = windows.strides, dilations = windows.dilations;
  SmallVector<Value> sizes(resultSizes);
  Value outputs = e.size(filter, 0), perGroup = e.size(filter, 1);
  if (spatial == 1) { // an image of one row
    x = splitDim(e, x, 2, 1, e.size(x, 2));
    filter = splitDim(e, filter, 2, 1, e.size(filter, 2));
    strides.insert(strides.begin(), 1);
    dilations.insert(dilations.begin(), 1);
    sizes.insert(sizes.begin() + 2, e.index(1));
  }
  SmallVector<int64_t> allButOutputs = {0, 2, 3};
  if (group != 1) {
    Value outputsOfGroup = e.div(outputs, e.index(group));
    x = splitDim(e, x, 1, group, perGroup);
    filter = splitDim(e, filter, 0, group, outputsOfGroup);
    if (bias)
      bias = splitDim(e, bias, 0, group, outputsOfGroup);
    sizes[1] = outputsOfGroup;
    sizes.insert(sizes.begin() + 1, e.index(group));
    allButOutputs = {0, 3, 4};
  }

  Value init = e.empty(sizes, e.getF32Type());
  if (bias)
    init = linalg::BroadcastOp::create(e, e.refine(bias), init, allButOutputs)
               .getResult()
               .front();
  else
    init = linalg::FillOp::create(e, e.constant(e.getF32Type(), 0), init)
               .getResult(0);
  auto make = [&](auto op) -> Value {
    return decltype(op)::create(e, TypeRange{init.getType()},
                                ValueRange{e.refine(x), e.refine(filter)},
                                ValueRange{init}, e.getI64TensorAttr(strides),
                                e.getI64TensorAttr(dilations))
        .getResult(0);
  };
  Value result = group == 1 ? make(linalg::Conv2DNchwFchwOp())
                            : make(linalg::Conv2DNgchwGfchwOp());
  return e.reshape(e.withSizes(result, sizes), resultSizes);
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
  if (bias)
    bias = e.fit(bias, {filterSizes[0]});
  if (Value result =
          makeNamed(e, x, filter, bias, *windows, group, resultSizes))
    return result;

  Value init;
  if (bias) {
    unsigned rank = resultSizes.size();
    init = e.map(resultSizes, type,
                 {{bias, AffineMap::get(rank, 0, {e.getAffineDimExpr(1)},
                                        e.getContext())}},
                 [](ValueRange args) { return args[0]; });
  } else {
    init = e.full(resultSizes, e.constant(type, 0));
  }
  Value outputsPerGroup = e.index(*outputs / group);
  Value result = convolve(
      e, splitDim(e, x, 1, group, perGroup),
      splitDim(e, filter, 0, group, outputsPerGroup), *windows,
      splitDim(e, init, 1, group, outputsPerGroup),
      [&](Value a, Value w, Value acc) {
        return isa<FloatType>(type)
                   ? e.addReassociable(acc, e.make<arith::MulFOp>(a, w))
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
