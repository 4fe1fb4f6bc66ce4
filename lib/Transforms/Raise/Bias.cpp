//===- Bias.cpp - What is added to scores, in their dimensions ------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bias.h"
#include "../ConstantBuilder.h"
#include "Heads.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sopt;

static int64_t toSize(const DimExpr &dim) {
  return dim.getConstant().value_or(ShapedType::kDynamic);
}

/// The dimensions of a term but queries and keys, with ones in front of those
/// that it has, up to `rank`.
static SymbolicShape getLead(ArrayRef<DimExpr> term, size_t rank) {
  SymbolicShape lead(rank - term.size(), DimExpr(1));
  llvm::append_range(lead, term);
  lead.resize(rank - 2);
  return lead;
}

static bool areOnes(ArrayRef<DimExpr> dims) {
  return llvm::all_of(dims,
                      [](const DimExpr &dim) { return dim == DimExpr(1); });
}

// (batch · heads) × queries × keys
bool BiasLifter::isMerged(ArrayRef<DimExpr> sum) const {
  return sum.size() == 3 && sum[0] == scores[0] * scores[1] &&
         sum.drop_front() == scores.drop_front(2);
}

// images × windows × heads × queries × keys, where the batch is all windows
bool BiasLifter::isWindowed(ArrayRef<DimExpr> sum) const {
  return sum.size() == 5 && sum[0] * sum[1] == scores[0] &&
         sum[1].getConstant().value_or(0) > 0 &&
         sum.drop_front(2) == scores.drop_front();
}

bool BiasLifter::isScores(ArrayRef<DimExpr> sum) const {
  return sum == scores || isMerged(sum) || isWindowed(sum);
}

Value BiasLifter::find(Value term, ArrayRef<DimExpr> sum) const {
  if (sum == scores)
    return term;
  const SymbolicShape *shape = shapes.getShape(term);
  if (!shape)
    return Value();
  if (shape->size() < 3 ||
      (isMerged(sum) && shape->size() == 3 && shape->front() == DimExpr(1)))
    return term;
  Value source = skipMergedBatch(term, shapes);
  const SymbolicShape *from = shapes.getShape(source);
  bool isApart = isMerged(sum) && source != term && from &&
                 (*from)[0] == scores[0] && (*from)[1] == scores[1];
  return isApart ? source : Value();
}

bool BiasLifter::canBuild(Value term, ArrayRef<DimExpr> sum) const {
  const SymbolicShape *shape = shapes.getShape(term);
  auto type = dyn_cast<RankedTensorType>(term.getType());
  if (!shape || !type || shape->size() < 3 || shape->size() > sum.size() ||
      !scores[1].getConstant())
    return false;
  SymbolicShape lead = getLead(*shape, sum.size());
  if (isMerged(sum))
    return lead.front() == sum.front();
  return isWindowed(sum) && llvm::all_of(llvm::zip(lead, sum), [](auto pair) {
           auto [dim, whole] = pair;
           return dim == DimExpr(1) || dim == whole;
         });
}

Value BiasLifter::repeatForImages(Value term, ArrayRef<DimExpr> sum,
                                  const DimExpr &heads,
                                  PatternRewriter &rewriter) const {
  Location loc = term.getLoc();
  auto type = cast<RankedTensorType>(term.getType());
  auto vector = RankedTensorType::get({1}, rewriter.getI64Type());
  int64_t windows = *sum[1].getConstant();
  // The number of images is that of windows, perhaps times heads, over these.
  auto operandType = cast<RankedTensorType>(firstOperand.getType());
  int64_t perImage =
      windows * (operandType.getRank() == 3 ? *scores[1].getConstant() : 1);
  Value images = onnx::ShapeOp::create(rewriter, loc, vector, firstOperand,
                                       rewriter.getI64IntegerAttr(1),
                                       rewriter.getI64IntegerAttr(0));
  images = onnx::DivOp::create(rewriter, loc, vector, images,
                               createInts(rewriter, loc, {perImage}));
  Value sizes = onnx::ConcatOp::create(
      rewriter, loc, vector.clone(ArrayRef<int64_t>{5}),
      ValueRange{images, createInts(rewriter, loc, {windows, 1, 1, 1})},
      rewriter.getI64IntegerAttr(0));
  SmallVector<int64_t> shape = {toSize(sum[0]), windows, toSize(heads)};
  llvm::append_range(shape, type.getShape().take_back(2));
  return onnx::ExpandOp::create(rewriter, loc, type.clone(shape), term, sizes);
}

Value BiasLifter::build(Value term, ArrayRef<DimExpr> sum,
                        PatternRewriter &rewriter) const {
  Location loc = term.getLoc();
  auto type = cast<RankedTensorType>(term.getType());
  SymbolicShape lead = getLead(*shapes.getShape(term), sum.size());
  auto pair = RankedTensorType::get({2}, rewriter.getI64Type());
  Value tailSizes =
      onnx::ShapeOp::create(rewriter, loc, pair, term, /*end=*/IntegerAttr(),
                            rewriter.getI64IntegerAttr(type.getRank() - 2));
  DimExpr batch = scores[0], heads = scores[1];
  if (isWindowed(sum)) {
    heads = lead[2];
    if (areOnes(ArrayRef(lead).take_front(2)))
      batch = 1;
    else if (lead[0] != sum[0] || lead[1] != sum[1])
      term = repeatForImages(term, sum, heads, rewriter);
  }
  int64_t numHeads = *heads.getConstant();
  Value apart =
      createInts(rewriter, loc, {batch == DimExpr(1) ? 1 : -1, numHeads});
  Value sizes = onnx::ConcatOp::create(
      rewriter, loc, pair.clone(ArrayRef<int64_t>{4}),
      ValueRange{apart, tailSizes}, rewriter.getI64IntegerAttr(0));
  SmallVector<int64_t> shape = {toSize(batch), numHeads};
  llvm::append_range(shape, type.getShape().take_back(2));
  return onnx::ReshapeOp::create(rewriter, loc, type.clone(shape), term, sizes);
}
