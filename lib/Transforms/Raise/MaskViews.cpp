//===- MaskViews.cpp - Follow a mask through moved elements ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Masks.h"
#include "dialects/ONNX/IR/ONNX.h"

using namespace mlir;
using namespace sopt;

std::optional<MaskReader::View> MaskReader::makeView(Value value) {
  const SymbolicShape *shape = shapes.getShape(value);
  if (!shape || shape->size() > scores.size())
    return std::nullopt;
  View view{value, {}};
  int64_t rank = shape->size();
  for (auto [i, dim] : llvm::enumerate(*shape))
    view.map.push_back({dim == DimExpr(1) ? 0 : int64_t(i) - rank, 0});
  return view;
}

std::optional<MaskReader::View> MaskReader::getOperandView(const View &view,
                                                           Value operand) {
  const SymbolicShape *shape = shapes.getShape(operand);
  if (!shape || shape->size() > view.map.size())
    return std::nullopt;
  View result{operand, {}};
  size_t lead = view.map.size() - shape->size();
  for (auto [i, dim] : llvm::enumerate(*shape))
    result.map.push_back(dim == DimExpr(1) ? AxisUse() : view.map[lead + i]);
  return result;
}

MaskReader::View MaskReader::skipMoves(View view) {
  while (std::optional<View> next = stepThrough(view))
    view = *next;
  return view;
}

std::optional<MaskReader::View> MaskReader::stepThrough(const View &view) {
  Operation *op = view.value.getDefiningOp();
  if (!op || op->getNumOperands() == 0)
    return std::nullopt;
  Value source = op->getOperand(0);
  const SymbolicShape *from = shapes.getShape(source);
  const SymbolicShape *to = shapes.getShape(view.value);
  if (!from || !to || to->size() != view.map.size())
    return std::nullopt;
  View result{source, AxisMap(from->size())};
  if (isa<onnx::IdentityOp, onnx::ExpandOp>(op))
    return getOperandView(view, source);
  if (auto transpose = dyn_cast<onnx::TransposeOp>(op)) {
    if (!transpose.getPerm() || transpose.getPerm()->size() != from->size())
      return std::nullopt;
    for (auto [i, axis] : llvm::enumerate(*transpose.getPerm()))
      result.map[axis] = view.map[i];
    return result;
  }
  if (isa<onnx::UnsqueezeOp, onnx::SqueezeOp, onnx::ReshapeOp>(op)) {
    // The dimensions that are not 1 must stay, in order.
    size_t i = 0;
    for (auto [j, dim] : llvm::enumerate(*from)) {
      if (dim == DimExpr(1))
        continue;
      while (i < to->size() && (*to)[i] == DimExpr(1))
        ++i;
      if (i == to->size() || (*to)[i] != dim)
        return std::nullopt;
      result.map[j] = view.map[i++];
    }
    return result;
  }
  auto slice = dyn_cast<onnx::SliceOp>(op);
  if (!slice)
    return std::nullopt;
  const SymbolicContents *starts = shapes.getContents(slice.getStarts());
  const SymbolicContents *axes =
      slice.getAxes() ? shapes.getContents(slice.getAxes()) : nullptr;
  const SymbolicContents *steps =
      slice.getSteps() ? shapes.getContents(slice.getSteps()) : nullptr;
  if (!starts || (slice.getAxes() && !axes) || (slice.getSteps() && !steps))
    return std::nullopt;
  result.map = view.map;
  for (auto [i, start] : llvm::enumerate(*starts)) {
    if (steps && (i >= steps->size() || (*steps)[i] != DimExpr(1)))
      return std::nullopt;
    std::optional<int64_t> axis = i;
    if (axes)
      axis = i < axes->size() && (*axes)[i] ? (*axes)[i]->getConstant()
                                            : std::nullopt;
    if (!axis || !start)
      return std::nullopt;
    int64_t at = *axis < 0 ? *axis + int64_t(from->size()) : *axis;
    if (at < 0 || at >= int64_t(from->size()))
      return std::nullopt;
    std::optional<int64_t> constant = start->getConstant();
    result.map[at].shift =
        result.map[at].shift +
        (constant && *constant < 0 ? (*from)[at] + *start : *start);
  }
  return result;
}
