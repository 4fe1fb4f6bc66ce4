//===- ContentsTransfer.cpp - Computations on shapes, symbolically --------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShapeTransfer.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sopt;

namespace {
using Element = std::optional<DimExpr>;
using MaybeContents = std::optional<SymbolicContents>;
using BinaryFn = llvm::function_ref<Element(const DimExpr &, const DimExpr &)>;

MaybeContents copy(const SymbolicContents *contents) {
  return contents ? MaybeContents(*contents) : std::nullopt;
}

MaybeContents computeConstant(Attribute value) {
  std::optional<onnx::ConstantData> data = onnx::ConstantData::get(value);
  if (!data || data->getNumElements() > ShapeAnalysis::maxElements)
    return std::nullopt;
  SymbolicContents result;
  for (int64_t element : data->getInts())
    result.push_back(DimExpr(element));
  return result;
}

MaybeContents computeShapeOp(ShapeAnalysis &analysis, onnx::ShapeOp op) {
  const SymbolicShape *shape = analysis.getShape(op.getData());
  if (!shape)
    return std::nullopt;
  int64_t rank = shape->size();
  auto clamp = [&](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t start = clamp(op.getStart()), end = clamp(op.getEnd().value_or(rank));
  return SymbolicContents(
      ArrayRef(*shape).slice(start, std::max<int64_t>(0, end - start)));
}

MaybeContents computeGather(ShapeAnalysis &analysis, ShapeTransfer &transfer,
                            onnx::GatherOp op) {
  const SymbolicContents *from = analysis.getContents(op.getData());
  auto indices = transfer.getConstants(op.getIndices());
  if (!from || !indices)
    return std::nullopt;
  SymbolicContents result;
  for (int64_t index : *indices) {
    index = index < 0 ? index + int64_t(from->size()) : index;
    if (index < 0 || index >= int64_t(from->size()))
      return std::nullopt;
    result.push_back((*from)[index]);
  }
  return result;
}

MaybeContents computeSlice(ShapeAnalysis &analysis, ShapeTransfer &transfer,
                           onnx::SliceOp op) {
  const SymbolicContents *from = analysis.getContents(op.getData());
  auto starts = transfer.getConstants(op.getStarts());
  auto ends = transfer.getConstants(op.getEnds());
  if (!from || !starts || !ends || starts->size() != 1 || ends->size() != 1)
    return std::nullopt;
  if (op.getSteps()) {
    auto steps = transfer.getConstants(op.getSteps());
    if (!steps || *steps != SmallVector<int64_t>{1})
      return std::nullopt;
  }
  int64_t size = from->size();
  auto clamp = [&](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + size : at, 0, size);
  };
  // INT64_MIN + size is still negative, so both ends clamp without overflow.
  int64_t start = clamp(starts->front()), end = clamp(ends->front());
  return SymbolicContents(
      ArrayRef(*from).slice(start, std::max<int64_t>(0, end - start)));
}

MaybeContents computeConcat(ShapeAnalysis &analysis, onnx::ConcatOp op) {
  SymbolicContents result;
  for (Value input : op.getInputs()) {
    if (const SymbolicContents *part = analysis.getContents(input)) {
      llvm::append_range(result, *part);
      continue;
    }
    // A part whose elements are not understood still has a size.
    std::optional<DimExpr> size = analysis.getDim(input, 0);
    std::optional<int64_t> count = size ? size->getConstant() : std::nullopt;
    if (!count || *count > ShapeAnalysis::maxElements)
      return std::nullopt;
    result.append(*count, std::nullopt);
  }
  return result;
}

/// Element by element; a single element meets each of the other operand's.
MaybeContents computeBinary(ShapeAnalysis &analysis, Operation *op,
                            BinaryFn fn) {
  const SymbolicContents *a = analysis.getContents(op->getOperand(0));
  const SymbolicContents *b = analysis.getContents(op->getOperand(1));
  if (!a || !b || a->empty() || b->empty() ||
      (a->size() != b->size() && a->size() != 1 && b->size() != 1))
    return std::nullopt;
  SymbolicContents result;
  for (size_t i = 0, e = std::max(a->size(), b->size()); i < e; ++i) {
    const Element &x = (*a)[a->size() == 1 ? 0 : i];
    const Element &y = (*b)[b->size() == 1 ? 0 : i];
    result.push_back(x && y ? fn(*x, *y) : std::nullopt);
  }
  return result;
}

MaybeContents computeNegative(ShapeAnalysis &analysis, onnx::NegOp op) {
  MaybeContents result = copy(analysis.getContents(op.getX()));
  if (result)
    for (Element &element : *result)
      if (element)
        element = DimExpr(0) - *element;
  return result;
}

/// 1 or 0 if `x` certainly is or is not `y`.
Element compareEqual(const DimExpr &x, const DimExpr &y) {
  if (x == y)
    return DimExpr(1);
  std::optional<int64_t> difference = (x - y).getConstant();
  if (difference)
    return DimExpr(0);
  // A size is never negative: the -1 of `expand` is not one.
  auto isNegative = [](const DimExpr &e) {
    std::optional<int64_t> value = e.getConstant();
    return value && *value < 0;
  };
  if ((x.isNonNegative() && isNegative(y)) ||
      (y.isNonNegative() && isNegative(x)))
    return DimExpr(0);
  return std::nullopt;
}

MaybeContents computeWhere(ShapeAnalysis &analysis, onnx::WhereOp op) {
  const SymbolicContents *condition = analysis.getContents(op.getCondition());
  const SymbolicContents *x = analysis.getContents(op.getX());
  const SymbolicContents *y = analysis.getContents(op.getY());
  if (!condition || !x || !y)
    return std::nullopt;
  size_t size = std::max({condition->size(), x->size(), y->size()});
  for (const SymbolicContents *part : {condition, x, y})
    if (part->size() != size && part->size() != 1)
      return std::nullopt;
  auto at = [](const SymbolicContents *part, size_t i) {
    return (*part)[part->size() == 1 ? 0 : i];
  };
  SymbolicContents result;
  for (size_t i = 0; i < size; ++i) {
    Element choice = at(condition, i);
    Element ifTrue = at(x, i), ifFalse = at(y, i);
    if (choice && choice->getConstant())
      result.push_back(*choice->getConstant() ? ifTrue : ifFalse);
    else
      result.push_back(ifTrue == ifFalse ? ifTrue : std::nullopt);
  }
  return result;
}

MaybeContents computeConstantOfShape(ShapeAnalysis &analysis,
                                     onnx::ConstantOfShapeOp op) {
  std::optional<DimExpr> size = analysis.getScalar(op.getInput());
  std::optional<int64_t> count = size ? size->getConstant() : std::nullopt;
  if (!count || *count < 0 || *count > ShapeAnalysis::maxElements)
    return std::nullopt;
  MaybeContents element = SymbolicContents{DimExpr(0)};
  if (ElementsAttr value = op.getValueAttr())
    element = computeConstant(value);
  if (!element || element->size() != 1)
    return std::nullopt;
  return SymbolicContents(*count, element->front());
}

MaybeContents computeExpand(ShapeAnalysis &analysis, onnx::ExpandOp op) {
  const SymbolicContents *from = analysis.getContents(op.getInput());
  std::optional<DimExpr> size = analysis.getScalar(op.getShape());
  std::optional<int64_t> count = size ? size->getConstant() : std::nullopt;
  if (!from || !count || *count > ShapeAnalysis::maxElements)
    return std::nullopt;
  if (from->size() == 1 && *count > 0)
    return SymbolicContents(*count, from->front());
  return *from;
}

MaybeContents computeRange(ShapeAnalysis &analysis, onnx::RangeOp op) {
  std::optional<DimExpr> start = analysis.getScalar(op.getStart());
  std::optional<DimExpr> limit = analysis.getScalar(op.getLimit());
  std::optional<DimExpr> delta = analysis.getScalar(op.getDelta());
  if (!start || !limit || !delta || *delta != DimExpr(1))
    return std::nullopt;
  std::optional<int64_t> count = (*limit - *start).getConstant();
  if (!count || *count < 0 || *count > ShapeAnalysis::maxElements)
    return std::nullopt;
  SymbolicContents result;
  for (int64_t i = 0; i < *count; ++i)
    result.push_back(*start + i);
  return result;
}

MaybeContents computeProduct(const SymbolicContents *factors) {
  if (!factors)
    return std::nullopt;
  DimExpr product = 1;
  for (const Element &factor : *factors) {
    if (!factor)
      return std::nullopt;
    product = product * *factor;
  }
  return SymbolicContents{product};
}

MaybeContents computeSize(ShapeAnalysis &analysis, onnx::SizeOp op) {
  const SymbolicShape *shape = analysis.getShape(op.getData());
  if (!shape)
    return std::nullopt;
  SymbolicContents factors(shape->begin(), shape->end());
  return computeProduct(&factors);
}

/// Between integers a cast keeps sizes; from a boolean it gives 0 or 1.
MaybeContents computeCast(ShapeAnalysis &analysis, onnx::CastOp op) {
  auto to = dyn_cast<TensorType>(op.getType());
  if (!to || to.getElementType().isInteger(1))
    return std::nullopt;
  return copy(analysis.getContents(op.getInput()));
}
} // namespace

std::optional<SymbolicContents> ShapeTransfer::inferContents(OpResult result) {
  using llvm::TypeSwitch;
  auto floorDiv = [&](const DimExpr &x, const DimExpr &y) -> Element {
    if (!x.isNonNegative() || !y.isNonNegative() || y == DimExpr(0))
      return std::nullopt;
    return analysis.floorDiv(x, y);
  };
  auto remainder = [](const DimExpr &x, const DimExpr &y) -> Element {
    std::optional<int64_t> a = x.getConstant(), b = y.getConstant();
    if (a && b && *a >= 0 && *b > 0)
      return DimExpr(*a % *b);
    return std::nullopt;
  };
  return TypeSwitch<Operation *, MaybeContents>(result.getOwner())
      .Case([&](onnx::ConstantOp op) {
        return computeConstant(op.getValueAttr());
      })
      .Case([&](onnx::ShapeOp op) { return computeShapeOp(analysis, op); })
      .Case([&](onnx::SizeOp op) { return computeSize(analysis, op); })
      .Case(
          [&](onnx::GatherOp op) { return computeGather(analysis, *this, op); })
      .Case([&](onnx::SliceOp op) { return computeSlice(analysis, *this, op); })
      .Case([&](onnx::ConcatOp op) { return computeConcat(analysis, op); })
      .Case<onnx::IdentityOp, onnx::UnsqueezeOp, onnx::SqueezeOp,
            onnx::ReshapeOp>([&](Operation *op) {
        return copy(analysis.getContents(op->getOperand(0)));
      })
      .Case([&](onnx::CastOp op) { return computeCast(analysis, op); })
      .Case([&](onnx::AddOp op) {
        return computeBinary(analysis, op,
                             [](auto &x, auto &y) { return x + y; });
      })
      .Case([&](onnx::SubOp op) {
        return computeBinary(analysis, op,
                             [](auto &x, auto &y) { return x - y; });
      })
      .Case([&](onnx::MulOp op) {
        return computeBinary(analysis, op,
                             [](auto &x, auto &y) { return x * y; });
      })
      .Case([&](onnx::NegOp op) { return computeNegative(analysis, op); })
      .Case(
          [&](onnx::DivOp op) { return computeBinary(analysis, op, floorDiv); })
      .Case([&](onnx::ModOp op) {
        return computeBinary(analysis, op, remainder);
      })
      .Case([&](onnx::EqualOp op) {
        return computeBinary(analysis, op, compareEqual);
      })
      .Case([&](onnx::WhereOp op) { return computeWhere(analysis, op); })
      .Case([&](onnx::ConstantOfShapeOp op) {
        return computeConstantOfShape(analysis, op);
      })
      .Case([&](onnx::ExpandOp op) { return computeExpand(analysis, op); })
      .Case([&](onnx::RangeOp op) { return computeRange(analysis, op); })
      .Case([&](onnx::ReduceProdOp op) {
        return computeProduct(analysis.getContents(op.getData()));
      })
      .Default([](Operation *) { return std::nullopt; });
}
