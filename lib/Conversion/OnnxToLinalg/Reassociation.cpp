//===- Reassociation.cpp - Reshapes as expand_shape and collapse_shape ----===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace sopt;

namespace {
/// Consecutive dimensions of the source and of the result that hold the same
/// number of elements.
struct Group {
  ReassociationIndices source, result;
};
} // namespace

/// Whether the dimensions in `group` are equally many elements.
static bool isBalanced(const Group &group, ArrayRef<Value> source,
                       ArrayRef<Value> result) {
  SizeProduct a, b;
  for (int64_t dim : group.source)
    a.multiply(source[dim]);
  for (int64_t dim : group.result)
    b.multiply(result[dim]);
  SizeProduct::cancel(a, b);
  return a.isOne() && b.isOne();
}

/// The finest grouping in which every group is one dimension on at least one
/// side, or as few dimensions as can be; nothing if the sizes do not tell.
static std::optional<SmallVector<Group>> findGroups(ArrayRef<Value> source,
                                                    ArrayRef<Value> result) {
  SmallVector<Group> groups;
  size_t nextSource = 0, nextResult = 0;
  while (nextSource < source.size() && nextResult < result.size()) {
    Group group{{int64_t(nextSource++)}, {int64_t(nextResult++)}};
    // Grow towards the first balance: along the result alone, along the
    // source alone, then both.
    auto grow = [&]() -> bool {
      for (size_t total = 0;
           total <= source.size() - nextSource + result.size() - nextResult;
           ++total)
        for (size_t fromSource = 0; fromSource <= total; ++fromSource) {
          size_t fromResult = total - fromSource;
          if (nextSource + fromSource > source.size() ||
              nextResult + fromResult > result.size())
            continue;
          Group candidate = group;
          for (size_t i = 0; i < fromSource; ++i)
            candidate.source.push_back(nextSource + i);
          for (size_t i = 0; i < fromResult; ++i)
            candidate.result.push_back(nextResult + i);
          if (!isBalanced(candidate, source, result))
            continue;
          nextSource += fromSource;
          nextResult += fromResult;
          group = candidate;
          return true;
        }
      return false;
    };
    if (!grow())
      return std::nullopt;
    groups.push_back(group);
  }
  // What is left over must be ones; they join the last group.
  for (; nextSource < source.size(); ++nextSource) {
    if (getConstantSize(source[nextSource]) != 1)
      return std::nullopt;
    if (!groups.empty())
      groups.back().source.push_back(nextSource);
  }
  for (; nextResult < result.size(); ++nextResult) {
    if (getConstantSize(result[nextResult]) != 1)
      return std::nullopt;
    if (!groups.empty())
      groups.back().result.push_back(nextResult);
  }
  return groups;
}

/// Collapses the source side of each group, then expands its result side.
static Value reassociate(Emitter &e, Value tensor, ArrayRef<Group> groups,
                         ArrayRef<Value> result) {
  SmallVector<Value> source = e.sizes(tensor), middle;
  SmallVector<ReassociationIndices> collapse, expand;
  Type type = getElementType(tensor);
  tensor = e.refine(tensor);
  for (const Group &group : groups) {
    collapse.push_back(group.source);
    expand.push_back(group.result);
    // One dimension on either side keeps its own value, as does the type.
    middle.push_back(
        group.result.size() == 1 ? result[group.result[0]]
        : group.source.size() == 1
            ? source[group.source[0]]
            : e.product(llvm::map_to_vector(
                  group.source, [&](int64_t dim) { return source[dim]; })));
  }
  if (middle.size() != source.size())
    tensor = e.refine(e.withSizes(
        tensor::CollapseShapeOp::create(e, tensor, collapse), middle));
  if (middle.size() != result.size())
    tensor = tensor::ExpandShapeOp::create(e, e.typeOf(result, type), tensor,
                                           expand, getAsOpFoldResult(result));
  return e.withSizes(tensor, result);
}

Value Emitter::reshape(Value tensor, ArrayRef<Value> resultSizes) {
  if (isScalars(tensor) && llvm::all_of(resultSizes, getConstantSize)) {
    RankedTensorType type = typeOf(resultSizes, getElementType(tensor));
    if (type.getNumElements() == getTensorType(tensor).getNumElements())
      return fromScalars(scalars(tensor), type.getShape(),
                         type.getElementType());
  }
  RankedTensorType resultType = typeOf(resultSizes, getElementType(tensor));
  RankedTensorType sourceType = getTensorType(tensor);
  if (resultType.hasStaticShape() && sourceType.hasStaticShape() &&
      resultType.getNumElements() == sourceType.getNumElements())
    if (Value constant = reshapeConstant(tensor, resultType.getShape()))
      return constant;
  SmallVector<Value> source = sizes(tensor);
  // Upstream's reshapes do not know that 0 times an unknown size is 0; but
  // without elements there is nothing to move.
  auto isZero = [](Value size) { return getConstantSize(size) == 0; };
  if (llvm::any_of(source, isZero) || llvm::any_of(resultSizes, isZero)) {
    SmallVector<Value> wanted = llvm::map_to_vector(
        resultSizes, [&](Value size) { return max(size, index(0)); });
    Value from = product(source), to = product(wanted);
    if (!isSameSize(from, to))
      reportIf(negate(equal(from, to)), kReportBadShape, from, to);
    return empty(wanted, getElementType(tensor));
  }
  if (std::optional<SmallVector<Group>> groups =
          findGroups(source, resultSizes))
    return reassociate(*this, tensor, *groups, resultSizes);

  // Only a run can tell whether the number of elements fits.
  SmallVector<Value> wanted = llvm::map_to_vector(
      resultSizes, [&](Value size) { return max(size, index(0)); });
  auto allDims = [](ArrayRef<Value> dims) {
    return llvm::to_vector<2>(llvm::seq<int64_t>(0, dims.size()));
  };
  SmallVector<Group> collapse, expand;
  if (!source.empty())
    collapse.push_back({allDims(source), {0}});
  Value flat = reassociate(*this, tensor, collapse, {product(source)});
  flat = fit(flat, {product(wanted)});
  if (!wanted.empty())
    expand.push_back({{0}, allDims(wanted)});
  return reassociate(*this, flat, expand, wanted);
}
