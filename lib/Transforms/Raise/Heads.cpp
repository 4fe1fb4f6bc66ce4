//===- Heads.cpp - How heads are split off and shared ---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Heads.h"
#include "Scalars.h"
#include "dialects/ONNX/IR/ONNX.h"

using namespace mlir;
using namespace sopt;

/// The operand of a Transpose by `perm`.
static Value matchTranspose(Value value, ArrayRef<int64_t> perm) {
  auto transpose = value.getDefiningOp<onnx::TransposeOp>();
  return transpose && transpose.getPerm() == perm ? transpose.getData()
                                                  : Value();
}

/// If `split`, batch × length × heads × size, is a Reshape of batch × length ×
/// (heads · size), that.
static Value matchSplit(Value split, ShapeAnalysis &shapes) {
  auto reshape = split.getDefiningOp<onnx::ReshapeOp>();
  if (!reshape)
    return Value();
  const SymbolicShape *from = shapes.getShape(reshape.getData());
  const SymbolicShape *to = shapes.getShape(split);
  if (!from || !to || from->size() != 3 || to->size() != 4 ||
      (*from)[0] != (*to)[0] || (*from)[1] != (*to)[1] ||
      (*from)[2] != (*to)[2] * (*to)[3])
    return Value();
  return reshape.getData();
}

/// Fills in sizes from `shape`; `lengthAxis` is 2, or 3 of a transposed one.
static bool readSizes(HeadOperand &operand, const SymbolicShape *shape,
                      int64_t lengthAxis) {
  if (!shape || shape->size() != 4)
    return false;
  std::optional<int64_t> heads = (*shape)[1].getConstant();
  if (!heads || *heads <= 0)
    return false;
  operand.heads = *heads;
  operand.batch = (*shape)[0];
  operand.length = (*shape)[lengthAxis];
  operand.size = (*shape)[5 - lengthAxis];
  return true;
}

/// Looks for the packed tensor behind `split`.
static void readPacked(HeadOperand &operand, Value split,
                       ShapeAnalysis &shapes) {
  double factor = 1;
  peelScalarFactors(split, factor);
  Value packed = matchSplit(split, shapes);
  if (!packed)
    return;
  peelScalarFactors(packed, factor);
  operand.packed = packed;
  operand.packedFactor = factor;
}

Value sopt::skipMergedBatch(Value value, ShapeAnalysis &shapes) {
  auto reshape = value.getDefiningOp<onnx::ReshapeOp>();
  if (!reshape)
    return value;
  const SymbolicShape *from = shapes.getShape(reshape.getData());
  const SymbolicShape *to = shapes.getShape(value);
  if (!from || !to || from->size() != 4 || to->size() != 3 ||
      (*to)[0] != (*from)[0] * (*from)[1] || (*to)[1] != (*from)[2] ||
      (*to)[2] != (*from)[3])
    return value;
  return reshape.getData();
}

std::optional<HeadOperand> sopt::readHeads(Value value, ShapeAnalysis &shapes,
                                           double &factor) {
  peelScalarFactors(value, factor);
  value = skipMergedBatch(value, shapes);
  peelScalarFactors(value, factor);
  HeadOperand operand;
  const SymbolicShape *shape = shapes.getShape(value);
  if (shape && shape->size() == 3) {
    // Without a dimension for heads there is one, packed by itself.
    operand.packed = value;
    operand.heads = 1;
    operand.batch = (*shape)[0];
    operand.length = (*shape)[1];
    operand.size = (*shape)[2];
    return operand;
  }
  operand.byHead = value;
  if (!readSizes(operand, shape, 2))
    return std::nullopt;
  if (Value split = matchTranspose(value, {0, 2, 1, 3}))
    readPacked(operand, split, shapes);
  return operand;
}

std::optional<HeadOperand>
sopt::readTransposedHeads(Value value, ShapeAnalysis &shapes, double &factor) {
  peelScalarFactors(value, factor);
  if (Value merged = matchTranspose(value, {0, 2, 1}))
    return readHeads(merged, shapes, factor);
  value = skipMergedBatch(value, shapes);
  peelScalarFactors(value, factor);
  if (Value byHead = matchTranspose(value, {0, 1, 3, 2}))
    return readHeads(byHead, shapes, factor);
  HeadOperand operand;
  operand.transposed = value;
  const SymbolicShape *shape = shapes.getShape(value);
  if (shape && shape->size() == 3) {
    operand.heads = 1;
    operand.batch = (*shape)[0];
    operand.length = (*shape)[2];
    operand.size = (*shape)[1];
    return operand;
  }
  if (!readSizes(operand, shape, 3))
    return std::nullopt;
  if (Value split = matchTranspose(value, {0, 2, 3, 1}))
    readPacked(operand, split, shapes);
  return operand;
}

void sopt::skipRepeatedHeads(HeadOperand &operand, ShapeAnalysis &shapes) {
  // batch × heads × … → batch × heads × 1 × … → batch × heads × n × … →
  // batch × (heads · n) × …
  if (!operand.byHead)
    return;
  auto merge = operand.byHead.getDefiningOp<onnx::ReshapeOp>();
  auto expand = merge ? merge.getData().getDefiningOp<onnx::ExpandOp>()
                      : onnx::ExpandOp();
  Operation *insert = expand ? expand.getInput().getDefiningOp() : nullptr;
  if (!isa_and_nonnull<onnx::UnsqueezeOp, onnx::ReshapeOp>(insert))
    return;
  Value source = insert->getOperand(0);
  const SymbolicShape *from = shapes.getShape(source);
  const SymbolicShape *inserted = shapes.getShape(insert->getResult(0));
  const SymbolicShape *expanded = shapes.getShape(expand.getOutput());
  const SymbolicShape *to = shapes.getShape(operand.byHead);
  if (!from || !inserted || !expanded || !to || from->size() != 4 ||
      expanded->size() != 5 || to->size() != 4)
    return;
  SymbolicShape wanted = {(*from)[0], (*from)[1], 1, (*from)[2], (*from)[3]};
  if (*inserted != wanted)
    return;
  wanted[2] = (*expanded)[2];
  if (*expanded != wanted || (*to)[0] != (*from)[0] ||
      (*to)[1] != (*from)[1] * (*expanded)[2] || (*to)[2] != (*from)[2] ||
      (*to)[3] != (*from)[3])
    return;
  double factor = 1;
  std::optional<HeadOperand> shared = readHeads(source, shapes, factor);
  if (shared && factor == 1)
    operand = *shared;
}

bool sopt::hasHeads(const HeadOperand &operand) {
  auto rank = [](Value value) {
    auto type = value ? dyn_cast<RankedTensorType>(value.getType())
                      : RankedTensorType();
    return type ? type.getRank() : 0;
  };
  return operand.byHead || rank(operand.transposed) == 4;
}

/// `value` with its last two dimensions exchanged.
static Value transposeBack(Value value, PatternRewriter &rewriter) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape(type.getShape());
  std::swap(shape.end()[-1], shape.end()[-2]);
  auto perm = llvm::to_vector(llvm::seq<int64_t>(type.getRank()));
  std::swap(perm.end()[-1], perm.end()[-2]);
  return onnx::TransposeOp::create(rewriter, value.getLoc(), type.clone(shape),
                                   value, rewriter.getDenseI64ArrayAttr(perm));
}

Value sopt::getByHead(const HeadOperand &operand, PatternRewriter &rewriter) {
  if (operand.byHead)
    return operand.byHead;
  return operand.transposed ? transposeBack(operand.transposed, rewriter)
                            : Value();
}

Value sopt::getPacked(const HeadOperand &operand, PatternRewriter &rewriter) {
  return operand.packed ? operand.packed
                        : transposeBack(operand.transposed, rewriter);
}
