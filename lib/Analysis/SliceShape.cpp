//===- SliceShape.cpp - What Slice does to shapes -------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShapeTransfer.h"
#include "dialects/ONNX/IR/Axis.h"
#include "dialects/ONNX/IR/ONNX.h"

using namespace mlir;
using namespace sopt;

/// The size of a slice of `size` from `start` to `end` by steps of 1, or
/// nothing where it depends on more than is known.
static std::optional<DimExpr>
inferSliceSize(ShapeAnalysis &analysis, const DimExpr &size,
               const std::optional<DimExpr> &start,
               const std::optional<DimExpr> &end) {
  if (!start || !end)
    return std::nullopt;
  std::optional<int64_t> from = start->getConstant(), to = end->getConstant();
  std::optional<int64_t> total = size.getConstant();
  // Exporters write "to the end" as a number larger than any tensor.
  constexpr int64_t huge = std::numeric_limits<int32_t>::max();
  DimExpr last = to && *to >= huge ? size
                 : to && *to < 0   ? size + *end
                 : *end == size    ? size
                                   : analysis.min(*end, size);
  if (total && !from && last == size)
    if (DimExpr count = DimExpr(*total) - *start; count.isNonNegative())
      return analysis.lastOf(*total, count);
  if (total && from) {
    int64_t first =
        std::clamp<int64_t>(*from < 0 ? *from + *total : *from, 0, *total);
    if (std::optional<int64_t> until = last.getConstant())
      return std::max<int64_t>(0, std::min(*until, *total) - first);
    return first == 0 ? std::optional(last) : std::nullopt;
  }
  if (from && *from == 0)
    return last;
  // The last `size` elements are all.
  if (last == size && DimExpr(0) - *start == size)
    return size;
  // last - k elements from k on, if there are that many: one must be known to.
  DimExpr rest = last - *start;
  if (last == size && start->isNonNegative() && rest.isNonNegative())
    return rest;
  return std::nullopt;
}

std::optional<SymbolicShape> sopt::inferSlice(ShapeAnalysis &analysis,
                                              ShapeTransfer &transfer,
                                              onnx::SliceOp op) {
  const SymbolicShape *from = analysis.getShape(op.getData());
  if (!from)
    return std::nullopt;
  auto makeUnknown = [&] {
    SymbolicShape result;
    for (size_t i = 0; i < from->size(); ++i)
      result.push_back(analysis.makeUnknown());
    return result;
  };
  const SymbolicContents *starts = analysis.getContents(op.getStarts());
  const SymbolicContents *ends = analysis.getContents(op.getEnds());
  if (!starts || !ends || starts->size() != ends->size())
    return makeUnknown();
  SmallVector<int64_t> axes =
      llvm::to_vector(llvm::seq<int64_t>(starts->size()));
  SmallVector<int64_t> steps(starts->size(), 1);
  if (Value value = op.getAxes()) {
    auto constants = transfer.getConstants(value);
    if (!constants || constants->size() != starts->size())
      return makeUnknown();
    axes = *constants;
  }
  if (Value value = op.getSteps()) {
    auto constants = transfer.getConstants(value);
    if (!constants || constants->size() != starts->size())
      return makeUnknown();
    steps = *constants;
  }
  SymbolicShape result(*from);
  for (size_t i = 0; i < axes.size(); ++i) {
    std::optional<int64_t> axis = onnx::normalizeAxis(axes[i], from->size());
    if (!axis)
      return std::nullopt;
    std::optional<DimExpr> size;
    if (steps[i] == 1)
      size = inferSliceSize(analysis, (*from)[*axis], (*starts)[i], (*ends)[i]);
    result[*axis] = size ? *size : analysis.makeUnknown();
  }
  return result;
}
