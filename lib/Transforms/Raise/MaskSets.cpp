//===- MaskSets.cpp - Which pairs a tensor of booleans masks --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MaskElements.h"
#include "Masks.h"
#include "Scalars.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sopt;

/// Dimensions of the scores, from the end.
constexpr int64_t batchAxis = -4, queryAxis = -2, keyAxis = -1;

static std::optional<MaskSet> uniteKnown(const std::optional<MaskSet> &a,
                                         const std::optional<MaskSet> &b) {
  return a && b ? MaskReader::unite(*a, *b) : std::nullopt;
}

std::optional<MaskSet> MaskReader::readSet(View view, bool when) {
  view = skipMoves(view);
  // What is the same everywhere masks nothing, or everything, which no MaskSet
  // can say.
  if (std::optional<double> splat = getSplat(view.value))
    return (*splat != 0) == when ? std::nullopt : std::optional(MaskSet());
  Operation *op = view.value.getDefiningOp();
  auto read = [&](Value operand, bool whenOperand) -> std::optional<MaskSet> {
    std::optional<View> inner = getOperandView(view, operand);
    return inner ? readSet(*inner, whenOperand) : std::nullopt;
  };
  if (!op)
    return readPadding(view, when);
  return llvm::TypeSwitch<Operation *, std::optional<MaskSet>>(op)
      .Case([&](onnx::CastOp op) -> std::optional<MaskSet> {
        // Of the casts only that of a fraction to an integer makes a 0.
        if (isInteger(op.getOutput()) && !isBool(op.getOutput()) &&
            !isInteger(op.getInput()))
          return std::nullopt;
        if (isBool(op.getOutput()) && !isInteger(op.getInput()))
          if (auto additive = getOperandView(view, op.getInput()))
            if (std::optional<AdditiveMask> mask = readAdditive(*additive))
              return when ? std::optional(mask->set) : std::nullopt;
        return read(op.getInput(), when);
      })
      .Case([&](onnx::NotOp op) { return read(op.getX(), !when); })
      .Case<onnx::AndOp, onnx::BitwiseAndOp>(
          [&](Operation *op) { return readConjunction(op, view, when); })
      .Case<onnx::MulOp>([&](onnx::MulOp op) -> std::optional<MaskSet> {
        std::optional<double> a = getSplat(op.getA()), b = getSplat(op.getB());
        if ((a && *a != 0) || (b && *b != 0))
          return read(a ? op.getB() : op.getA(), when);
        if (when)
          return std::nullopt;
        return uniteKnown(read(op.getA(), false), read(op.getB(), false));
      })
      .Case<onnx::OrOp, onnx::BitwiseOrOp>(
          [&](Operation *op) -> std::optional<MaskSet> {
            if (!when)
              return std::nullopt;
            return uniteKnown(read(op->getOperand(0), true),
                              read(op->getOperand(1), true));
          })
      .Case([&](onnx::SubOp op) -> std::optional<MaskSet> {
        if (getSplat(op.getA()) == std::optional(1.0) &&
            isZeroOrOne(op.getB(), /*trusting=*/true))
          return read(op.getB(), !when);
        return std::nullopt;
      })
      .Case<onnx::EqualOp, onnx::LessOp, onnx::LessOrEqualOp, onnx::GreaterOp,
            onnx::GreaterOrEqualOp>(
          [&](Operation *op) { return readComparison(op, view, when); })
      .Case([&](onnx::WhereOp) -> std::optional<MaskSet> {
        std::optional<AdditiveMask> mask = readWhere(view.value, view);
        return mask && when ? std::optional(mask->set) : std::nullopt;
      })
      .Case([&](onnx::TriluOp) { return readTriangle(view, when); })
      .Case([&](onnx::GatherNDOp) {
        // What is gathered is a padding mask even if it is not known of what.
        std::optional<MaskSet> set = readGathered(view, when);
        return set ? set : readPadding(view, when);
      })
      .Case([&](onnx::ConstantOp) { return readTable(view, when); })
      .Default([&](Operation *) { return readPadding(view, when); });
}

std::optional<MaskSet>
MaskReader::readConjunction(Operation *op, const View &view, bool when) {
  std::optional<View> a = getOperandView(view, op->getOperand(0));
  std::optional<View> b = getOperandView(view, op->getOperand(1));
  if (!a || !b)
    return std::nullopt;
  std::optional<MaskSet> falseA = readSet(*a, false);
  std::optional<MaskSet> falseB = readSet(*b, false);
  if (!when)
    return uniteKnown(falseA, falseB);
  // Where both hold is no union, unless one of them always holds.
  if (falseA && falseA->isEmpty())
    return readSet(*b, true);
  if (falseB && falseB->isEmpty())
    return readSet(*a, true);
  return std::nullopt;
}

MaskSet MaskReader::makeCausal(const AxisUse &query, const AxisUse &key,
                               const DimExpr &offset) {
  MaskSet result;
  result.causalOffset = offset + query.shift - key.shift;
  return result;
}

std::optional<MaskSet> MaskReader::readTriangle(const View &view, bool when) {
  auto trilu = view.value.getDefiningOp<onnx::TriluOp>();
  std::optional<double> fill = getSplat(trilu.getInput());
  std::optional<DimExpr> diagonal =
      trilu.getK() ? shapes.getScalar(trilu.getK()) : DimExpr(0);
  size_t rank = view.map.size();
  if (!fill || *fill == 0 || !diagonal || rank < 2 ||
      view.map[rank - 2].axis != queryAxis ||
      view.map[rank - 1].axis != keyAxis)
    return std::nullopt;
  // The upper part, key >= query + diagonal, is not 0; of the lower, which
  // keeps key <= query + diagonal, the rest is.
  bool upper = trilu.getUpper();
  if (upper != when)
    return std::nullopt;
  return makeCausal(view.map[rank - 2], view.map[rank - 1],
                    upper ? *diagonal - 1 : *diagonal);
}

std::optional<MaskSet> MaskReader::readComparison(Operation *op,
                                                  const View &view, bool when) {
  if (std::optional<MaskSet> set = comparePositions(op, view, when))
    return set;
  if (std::optional<MaskSet> set = compareDistance(op, view, when))
    return set;
  for (bool swapped : {false, true}) {
    Value x = op->getOperand(swapped ? 1 : 0);
    std::optional<double> bound = getSplat(op->getOperand(swapped ? 0 : 1));
    std::optional<View> inner = getOperandView(view, x);
    if (!bound || !inner)
      continue;
    auto compare = [&](double element) {
      double a = swapped ? *bound : element, b = swapped ? element : *bound;
      return isa<onnx::EqualOp>(op)         ? a == b
             : isa<onnx::LessOp>(op)        ? a < b
             : isa<onnx::LessOrEqualOp>(op) ? a <= b
             : isa<onnx::GreaterOp>(op)     ? a > b
                                            : a >= b;
    };
    // Equality with another number than 0 says nothing of other integers, e.g.
    // of tokens.
    bool trusting = !isa<onnx::EqualOp>(op);
    bool exact = isa<onnx::EqualOp>(op) && *bound == 0;
    if (compare(0) == compare(1) || !(exact || isZeroOrOne(x, trusting)))
      continue;
    return readSet(*inner, compare(1) ? when : !when);
  }
  return readPadding(view, when);
}

std::optional<MaskSet>
MaskReader::comparePositions(Operation *op, const View &view, bool when) {
  if (isa<onnx::EqualOp>(op))
    return std::nullopt;
  Value left = op->getOperand(0), right = op->getOperand(1);
  bool orEqual = isa<onnx::LessOrEqualOp, onnx::GreaterOrEqualOp>(op);
  // As `left > right` or `left >= right`.
  if (isa<onnx::LessOp, onnx::LessOrEqualOp>(op))
    std::swap(left, right);
  std::optional<View> leftView = getOperandView(view, left);
  std::optional<View> rightView = getOperandView(view, right);
  if (!leftView || !rightView)
    return std::nullopt;
  std::optional<Positions> a = readPositions(*leftView);
  std::optional<Positions> b = readPositions(*rightView);
  if (!a || !b)
    return std::nullopt;
  AxisUse none;
  // key + a > query + b
  if (a->axis == keyAxis && b->axis == queryAxis && when)
    return makeCausal(none, none, b->offset - a->offset - (orEqual ? 1 : 0));
  // query + a > key + b fails where key > query + a - b - 1.
  if (a->axis == queryAxis && b->axis == keyAxis && !when)
    return makeCausal(none, none, a->offset - b->offset - (orEqual ? 0 : 1));
  // key + a > query + b fails where key < query + b - a + 1, and query + a >
  // key + b holds where key < query + a - b.
  std::optional<int64_t> edge;
  if (a->axis == keyAxis && b->axis == queryAxis && !when)
    edge = (b->offset - a->offset + (orEqual ? 0 : 1)).getConstant();
  if (a->axis == queryAxis && b->axis == keyAxis && when)
    edge = (a->offset - b->offset + (orEqual ? 1 : 0)).getConstant();
  if (edge && *edge <= 0) {
    MaskSet result;
    result.reach = -*edge;
    return result;
  }
  // A position is at least its offset.
  DimExpr margin = a->offset - b->offset - (orEqual ? 0 : 1);
  if (b->axis == 0 && margin.isNonNegative() && !when)
    return MaskSet();
  return std::nullopt;
}

std::optional<MaskSet>
MaskReader::compareDistance(Operation *op, const View &view, bool when) {
  // |query - key| <= reach, or its like
  auto abs = op->getOperand(0).getDefiningOp<onnx::AbsOp>();
  auto sub = abs ? abs.getX().getDefiningOp<onnx::SubOp>() : onnx::SubOp();
  std::optional<double> bound = getSplat(op->getOperand(1));
  bool isLess = isa<onnx::LessOp, onnx::LessOrEqualOp>(op);
  if (!sub || !bound || isa<onnx::EqualOp>(op) || isLess == when)
    return std::nullopt;
  std::optional<View> inner = getOperandView(view, sub.getC());
  std::optional<View> a =
      inner ? getOperandView(*inner, sub.getA()) : std::nullopt;
  std::optional<View> b =
      inner ? getOperandView(*inner, sub.getB()) : std::nullopt;
  std::optional<Positions> x = a ? readPositions(*a) : std::nullopt;
  std::optional<Positions> y = b ? readPositions(*b) : std::nullopt;
  if (!x || !y || x->offset != y->offset ||
      std::min(x->axis, y->axis) != queryAxis ||
      std::max(x->axis, y->axis) != keyAxis)
    return std::nullopt;
  bool boundIsIn = isa<onnx::LessOrEqualOp, onnx::GreaterOp>(op);
  int64_t reach = int64_t(*bound) - (boundIsIn ? 0 : 1);
  if (reach < 0)
    return std::nullopt;
  MaskSet result;
  result.reach = reach;
  result.causalOffset = reach;
  return result;
}

std::optional<MaskReader::Positions> MaskReader::readPositions(View view) {
  view = skipMoves(view);
  if (std::optional<DimExpr> scalar = shapes.getScalar(view.value))
    return Positions{0, *scalar};
  Operation *op = view.value.getDefiningOp();
  if (auto cast = dyn_cast_or_null<onnx::CastOp>(op)) {
    std::optional<View> inner = getOperandView(view, cast.getInput());
    return inner ? readPositions(*inner) : std::nullopt;
  }
  if (auto range = dyn_cast_or_null<onnx::RangeOp>(op)) {
    std::optional<DimExpr> start = shapes.getScalar(range.getStart());
    std::optional<DimExpr> delta = shapes.getScalar(range.getDelta());
    if (!start || !delta || *delta != DimExpr(1))
      return std::nullopt;
    return Positions{view.map.front().axis, *start + view.map.front().shift};
  }
  if (isa_and_nonnull<onnx::AddOp, onnx::SubOp>(op)) {
    std::optional<View> a = getOperandView(view, op->getOperand(0));
    std::optional<View> b = getOperandView(view, op->getOperand(1));
    std::optional<Positions> x = a ? readPositions(*a) : std::nullopt;
    std::optional<Positions> y = b ? readPositions(*b) : std::nullopt;
    bool isSub = isa<onnx::SubOp>(op);
    if (!x || !y || (x->axis != 0 && y->axis != 0) || (isSub && y->axis != 0))
      return std::nullopt;
    return Positions{x->axis != 0 ? x->axis : y->axis,
                     isSub ? x->offset - y->offset : x->offset + y->offset};
  }
  std::optional<onnx::ConstantData> data = onnx::ConstantData::get(view.value);
  if (!data || data->getNumElements() < 2 || !isInteger(view.value))
    return std::nullopt;
  const AxisUse *along = nullptr;
  for (auto [use, size] : llvm::zip_equal(view.map, data->getShape())) {
    if (size == 1)
      continue;
    if (along)
      return std::nullopt;
    along = &use;
  }
  for (int64_t i = 0; i < data->getNumElements(); ++i)
    if (data->getInt(i) != data->getInt(0) + i)
      return std::nullopt;
  return Positions{along->axis, along->shift + data->getInt(0)};
}

std::optional<MaskSet> MaskReader::readTable(const View &view, bool when) {
  std::optional<onnx::ConstantData> data = onnx::ConstantData::get(view.value);
  if (!data)
    return std::nullopt;
  int64_t numKeys = 1, numQueries = 1, keyStride = 0, queryStride = 0;
  AxisUse key, query;
  int64_t stride = 1;
  for (int64_t i = int64_t(view.map.size()) - 1; i >= 0; --i) {
    int64_t size = data->getShape()[i];
    if (view.map[i].axis == keyAxis)
      key = view.map[i], numKeys = size, keyStride = stride;
    if (view.map[i].axis == queryAxis)
      query = view.map[i], numQueries = size, queryStride = stride;
    stride *= size;
  }
  bool any = false;
  for (int64_t i = 0; i < data->getNumElements() && !any; ++i)
    any = (data->getDouble(i) != 0) == when;
  if (!any)
    return MaskSet();
  if (keyStride == 0 || queryStride == 0)
    return std::nullopt;
  // The first query tells the offset, the others whether it is a triangle.
  int64_t first = 0;
  while (first < numKeys && (data->getDouble(first * keyStride) != 0) != when)
    ++first;
  for (int64_t i = 0; i < data->getNumElements(); ++i) {
    int64_t q = i / queryStride % numQueries, k = i / keyStride % numKeys;
    if (((data->getDouble(i) != 0) == when) != (k > q + first - 1))
      return std::nullopt;
  }
  return makeCausal(query, key, first - 1);
}

std::optional<MaskSet> MaskReader::readPadding(const View &view, bool when) {
  if (!isInteger(view.value) || scores.size() != 4 ||
      !isa<RankedTensorType>(view.value.getType()))
    return std::nullopt;
  SmallVector<int64_t> axes;
  for (auto [i, use] : llvm::enumerate(view.map)) {
    std::optional<DimExpr> size = shapes.getDim(view.value, i);
    if (!size || *size == DimExpr(1))
      continue;
    if (use.axis == 0 || use.shift != DimExpr(0) ||
        *size != scores[scores.size() + use.axis])
      return std::nullopt;
    axes.push_back(use.axis);
  }
  if (axes != SmallVector<int64_t>{batchAxis, keyAxis})
    return std::nullopt;
  MaskSet result;
  result.padding = view.value;
  result.inverted = when;
  return result;
}

std::optional<MaskSet> MaskReader::readGathered(const View &view, bool when) {
  // data[i, j, …] where the indices are positions: data, its dimensions laid
  // along those of the indices.
  auto gather = view.value.getDefiningOp<onnx::GatherNDOp>();
  auto indices = gather.getIndices().getDefiningOp<onnx::ConcatOp>();
  const SymbolicShape *data = shapes.getShape(gather.getData());
  const SymbolicShape *shape = shapes.getShape(gather.getIndices());
  if (!indices || !data || !shape || int64_t(gather.getBatchDims()) != 0 ||
      shape->size() != view.map.size() + 1 ||
      indices.getInputs().size() != data->size() ||
      (int64_t(indices.getAxis()) != -1 &&
       int64_t(indices.getAxis()) != int64_t(view.map.size())))
    return std::nullopt;
  View inner{gather.getData(), {}};
  for (Value part : indices.getInputs()) {
    View partView{part, view.map};
    partView.map.push_back({});
    std::optional<Positions> positions = readPositions(partView);
    if (!positions)
      return std::nullopt;
    inner.map.push_back({positions->axis, positions->offset});
  }
  return readSet(inner, when);
}
