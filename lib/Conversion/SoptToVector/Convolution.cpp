//===- Convolution.cpp - A kernel for convolutions of images --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvolutionKernel.h"
#include "DepthwiseKernel.h"
#include "Patterns.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sopt;

namespace {

// linalg.conv_2d_nchw_fchw, or in groups linalg.conv_2d_ngchw_gfchw, of a
// constant filter → conv_…(x, filters, bias)
template <typename OpT>
class ConvolutionToKernel : public OpRewritePattern<OpT> {
public:
  ConvolutionToKernel(MLIRContext *context, KernelLibrary &kernels,
                      WeightPacker &packer)
      : OpRewritePattern<OpT>(context), kernels(kernels), packer(packer) {}

  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override;

private:
  KernelLibrary &kernels;
  WeightPacker &packer;
};

} // namespace

/// What sums that start from `init` start from: a bias per output, or null for
/// zeros; failure if it is neither.
static FailureOr<Value> getBias(Value init) {
  if (auto broadcast = init.getDefiningOp<linalg::BroadcastOp>())
    return broadcast.getInput();
  if (auto fill = init.getDefiningOp<linalg::FillOp>();
      fill && matchPattern(fill.value(), m_PosZeroFloat()))
    return Value();
  return failure();
}

/// `buffer` with its dimensions in `groups`, each as one.
static Value collapse(ImplicitLocOpBuilder &b, Value buffer,
                      ArrayRef<ReassociationIndices> groups) {
  return memref::CollapseShapeOp::create(b, buffer, groups);
}

/// `buffer` with its sizes, but for the last `numKept`, known only as it runs.
static Value openSizes(ImplicitLocOpBuilder &b, Value buffer,
                       int64_t numKept = 0) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<int64_t> shape(type.getShape());
  for (int64_t &size : MutableArrayRef(shape).drop_back(numKept))
    size = ShapedType::kDynamic;
  MemRefType open = MemRefType::Builder(type).setShape(shape);
  return open == type ? buffer : memref::CastOp::create(b, open, buffer);
}

/// A view of `image` in which every channel is one row.
static Value asOneRow(ImplicitLocOpBuilder &b, Value image) {
  image = collapse(b, image, {{0}, {1}, {2, 3}});
  auto type = cast<MemRefType>(image.getType());
  SmallVector<OpFoldResult> sizes = memref::getMixedSizes(b, b.getLoc(), image);
  sizes.insert(sizes.begin() + 2, b.getIndexAttr(1));
  SmallVector<int64_t> shape(type.getShape());
  shape.insert(shape.begin() + 2, 1);
  return memref::ExpandShapeOp::create(
      b, b.getLoc(), MemRefType::get(shape, type.getElementType()), image,
      ArrayRef<ReassociationIndices>{{0}, {1}, {2, 3}}, sizes);
}

/// What is static about `op`.
template <typename OpT> static ConvolutionShape getShape(OpT op) {
  constexpr bool kGrouped = std::is_same_v<OpT, linalg::Conv2DNgchwGfchwOp>;
  ArrayRef<int64_t> sizes =
      cast<RankedTensorType>(op.getInputs()[1].getType()).getShape();
  auto pair = [](DenseIntElementsAttr attribute) {
    auto values = llvm::to_vector(attribute.getValues<int64_t>());
    return std::array<int64_t, 2>{values[0], values[1]};
  };
  ConvolutionShape shape;
  shape.groups = kGrouped ? sizes[0] : 1;
  sizes = sizes.drop_front(kGrouped);
  shape.outputs = sizes[0];
  shape.channels = sizes[1];
  shape.window = {
      {sizes[2], sizes[3]}, pair(op.getStrides()), pair(op.getDilations())};
  return shape;
}

namespace {
/// Buffers of a convolution, with its groups and their channels as one
/// dimension. There is no bias if sums start from zeros.
struct ConvolutionBuffers {
  Value image, bias, outputs;
};
} // namespace

/// Calls the kernel that gathers no windows.
static void callDepthwise(ImplicitLocOpBuilder &b, KernelLibrary &kernels,
                          const ConvolutionShape &shape,
                          const ConvolutionBuffers &buffers, Value filter) {
  Value filters = collapse(b, readOnlyBuffer(b, filter), {{0, 1, 2}, {3}, {4}});
  SmallVector<Value> arguments = {openSizes(b, buffers.image),
                                  openSizes(b, filters, /*numKept=*/2)};
  if (buffers.bias)
    arguments.push_back(openSizes(b, buffers.bias));
  arguments.push_back(openSizes(b, buffers.outputs));
  DepthwiseKernel kernel(shape, bool(buffers.bias));
  kernels.call(b, kernel.getName(), kernels.getIsa(), arguments,
               [&](VectorBuilder &b, ValueRange arguments) {
                 kernel.build(b, arguments);
               });
}

/// Calls the kernel that multiplies packed `filters` by windows.
static void callGathering(ImplicitLocOpBuilder &b, KernelLibrary &kernels,
                          const ConvolutionShape &shape,
                          const ConvolutionBuffers &buffers, Value filters) {
  Value rowSize = memref::DimOp::create(b, buffers.outputs, 3);
  Value outputs = collapse(b, buffers.outputs, {{0}, {1}, {2, 3}});
  Value image = buffers.image;
  if (shape.window.isPointwise()) {
    image = asOneRow(b, image);
    rowSize = memref::DimOp::create(b, outputs, 2);
  }
  SmallVector<Value> arguments = {openSizes(b, image),
                                  openSizes(b, filters, /*numKept=*/1)};
  if (buffers.bias)
    arguments.push_back(openSizes(b, buffers.bias));
  arguments.append({openSizes(b, outputs), rowSize});
  ConvolutionKernel kernel(shape, kernels.getIsa(), bool(buffers.bias));
  kernels.call(b, kernel.getName(), kernels.getIsa(), arguments,
               [&](VectorBuilder &b, ValueRange arguments) {
                 kernel.build(b, arguments);
               });
}

static void countFlops(ImplicitLocOpBuilder &b, KernelLibrary &kernels,
                       const ConvolutionShape &shape, Value outputs) {
  Value count = arith::ConstantIndexOp::create(
      b, 2 * shape.groups * shape.outputs * shape.getDepth());
  for (int64_t dim : {0, 2, 3}) // images, rows, columns
    count =
        arith::MulIOp::create(b, count, memref::DimOp::create(b, outputs, dim));
  kernels.countFlops(b, count);
}

template <typename OpT>
LogicalResult
ConvolutionToKernel<OpT>::matchAndRewrite(OpT op,
                                          PatternRewriter &rewriter) const {
  constexpr bool kGrouped = std::is_same_v<OpT, linalg::Conv2DNgchwGfchwOp>;
  Value x = op.getInputs()[0], filter = op.getInputs()[1];
  auto filterType = cast<RankedTensorType>(filter.getType());
  auto resultType = dyn_cast_if_present<RankedTensorType>(
      op.getResultTypes().empty() ? Type() : op.getResultTypes().front());
  if (!resultType || !isF32Tensor(resultType) || !isF32Tensor(x.getType()) ||
      !isF32Tensor(filterType))
    return rewriter.notifyMatchFailure(op, "not on tensors of f32");
  if (!filterType.hasStaticShape() || filterType.getNumElements() == 0)
    return rewriter.notifyMatchFailure(op, "filter empty or of unknown size");
  FailureOr<Value> bias = getBias(op.getOutputs()[0]);
  if (failed(bias))
    return rewriter.notifyMatchFailure(op, "sums start from no bias");

  ImplicitLocOpBuilder b(op.getLoc(), rewriter);
  ConvolutionShape shape = getShape(op);
  bool isDepthwise = DepthwiseKernel::suits(shape);
  Value packed;
  if (!isDepthwise) {
    packed = packer.packFilters(b, filter, shape.groups, kernels.getIsa().rows);
    if (!packed)
      return rewriter.notifyMatchFailure(op, "filter is no constant");
  }
  Value y =
      allocate(b, tensor::getMixedSizes(b, b.getLoc(), op.getOutputs()[0]));
  ConvolutionBuffers buffers = {readOnlyBuffer(b, x), Value(), y};
  if (*bias)
    buffers.bias = readOnlyBuffer(b, *bias);
  if (kGrouped) {
    for (Value *buffer : {&buffers.image, &buffers.outputs})
      *buffer = collapse(b, *buffer, {{0}, {1, 2}, {3}, {4}});
    if (*bias)
      buffers.bias = collapse(b, buffers.bias, {{0, 1}});
  }
  countFlops(b, kernels, shape, buffers.outputs);
  if (isDepthwise)
    callDepthwise(b, kernels, shape, buffers, filter);
  else
    callGathering(b, kernels, shape, buffers, packed);
  rewriter.replaceOp(op, castTensor(b, writtenTensor(b, y), resultType));
  return success();
}

void sopt::populateConvolutionToKernel(RewritePatternSet &patterns,
                                       KernelLibrary &kernels,
                                       WeightPacker &packer) {
  patterns.add<ConvolutionToKernel<linalg::Conv2DNchwFchwOp>,
               ConvolutionToKernel<linalg::Conv2DNgchwGfchwOp>>(
      patterns.getContext(), kernels, packer);
}
