//===- Convolution.cpp - A kernel for convolutions of images --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvolutionKernel.h"
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
  ArrayRef<int64_t> sizes = filterType.getShape();
  auto pair = [](DenseIntElementsAttr attribute) {
    auto values = llvm::to_vector(attribute.getValues<int64_t>());
    return std::array<int64_t, 2>{values[0], values[1]};
  };
  ConvolutionShape shape;
  shape.groups = kGrouped ? sizes[0] : 1;
  sizes = sizes.drop_front(kGrouped);
  shape.outputs = sizes[0];
  shape.channels = sizes[1];
  shape.kernel = {sizes[2], sizes[3]};
  shape.strides = pair(op.getStrides());
  shape.dilations = pair(op.getDilations());

  Value filters =
      packer.packFilters(b, filter, shape.groups, kernels.getIsa().rows);
  if (!filters)
    return rewriter.notifyMatchFailure(op, "filter is no constant");
  SmallVector<OpFoldResult> resultSizes =
      tensor::getMixedSizes(b, b.getLoc(), op.getOutputs()[0]);
  Value y = allocate(b, resultSizes);
  Value image = readOnlyBuffer(b, x), outputs = y;
  if (kGrouped) {
    SmallVector<ReassociationIndices> joinGroups = {{0}, {1, 2}, {3}, {4}};
    image = collapse(b, image, joinGroups);
    outputs = collapse(b, outputs, joinGroups);
  }
  outputs = collapse(b, outputs, {{0}, {1}, {2, 3}});
  Value positions = memref::DimOp::create(b, outputs, 2);
  Value rowSize =
      getValueOrCreateConstantIndexOp(b, b.getLoc(), resultSizes.back());
  if (shape.isPointwise()) {
    image = asOneRow(b, image);
    rowSize = positions;
  }
  SmallVector<Value> arguments = {image, filters};
  if (*bias) {
    Value buffer = readOnlyBuffer(b, *bias);
    arguments.push_back(kGrouped ? collapse(b, buffer, {{0, 1}}) : buffer);
  }
  arguments.append({outputs, rowSize});

  Value images = memref::DimOp::create(b, outputs, 0);
  Value flops = arith::ConstantIndexOp::create(
      b, 2 * shape.groups * shape.outputs * shape.getDepth());
  kernels.countFlops(
      b, arith::MulIOp::create(b, arith::MulIOp::create(b, images, positions),
                               flops));
  ConvolutionKernel kernel(shape, bool(*bias));
  kernels.call(b, kernel.getName(), kernels.getIsa(), arguments,
               [&](VectorBuilder &b, ValueRange arguments) {
                 kernel.build(b, arguments);
               });
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
