//===- Masks.cpp - Understand how a graph makes its mask ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Masks.h"
#include "Scalars.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sopt;

/// Dimensions of the scores, from the end.
constexpr int64_t batchAxis = -4, queryAxis = -2, keyAxis = -1;

static bool isBool(Value value) {
  return getElementTypeOrSelf(value.getType()).isInteger(1);
}

static bool isInteger(Value value) {
  return isa<IntegerType>(getElementTypeOrSelf(value.getType()));
}

std::optional<MaskSet> MaskReader::unite(const MaskSet &a, const MaskSet &b) {
  MaskSet result = a;
  if (b.padding) {
    if (a.padding && (a.padding != b.padding || a.inverted != b.inverted))
      return std::nullopt;
    result.padding = b.padding;
    result.inverted = b.inverted;
  }
  if (b.causalOffset) {
    if (a.causalOffset && *a.causalOffset != *b.causalOffset)
      return std::nullopt;
    result.causalOffset = b.causalOffset;
  }
  if (b.reach)
    result.reach = a.reach ? std::min(*a.reach, *b.reach) : *b.reach;
  return result;
}

static std::optional<MaskSet> uniteKnown(const std::optional<MaskSet> &a,
                                         const std::optional<MaskSet> &b) {
  return a && b ? MaskReader::unite(*a, *b) : std::nullopt;
}

std::optional<AdditiveMask> MaskReader::readAdditive(Value value) {
  std::optional<View> view = makeView(value);
  return view ? readAdditive(*view) : std::nullopt;
}

std::optional<MaskSet> MaskReader::readSet(Value value, bool when) {
  std::optional<View> view = makeView(value);
  return view ? readSet(*view, when) : std::nullopt;
}

/// Whether all elements are 0 or 1. Integers from outside count as such if
/// `trusting`: an attention mask holds nothing else.
static bool isZeroOrOne(Value value, bool trusting) {
  if (isBool(value))
    return true;
  if (std::optional<double> splat = getSplat(value))
    return *splat == 0 || *splat == 1;
  Operation *op = value.getDefiningOp();
  if (!op)
    return trusting && isInteger(value);
  auto recurse = [&](Value operand) { return isZeroOrOne(operand, trusting); };
  if (isa<onnx::CastOp, onnx::UnsqueezeOp, onnx::SqueezeOp, onnx::ReshapeOp,
          onnx::ExpandOp, onnx::SliceOp, onnx::TransposeOp, onnx::IdentityOp,
          onnx::TriluOp, onnx::GatherNDOp>(op))
    return recurse(op->getOperand(0));
  if (auto mul = dyn_cast<onnx::MulOp>(op))
    return recurse(mul.getA()) && recurse(mul.getB());
  if (auto sub = dyn_cast<onnx::SubOp>(op))
    return getSplat(sub.getA()) == std::optional(1.0) && recurse(sub.getB());
  if (auto where = dyn_cast<onnx::WhereOp>(op))
    return recurse(where.getX()) && recurse(where.getY());
  std::optional<onnx::ConstantData> data = onnx::ConstantData::get(value);
  if (!data)
    return false;
  for (int64_t i = 0; i < data->getNumElements(); ++i)
    if (double element = data->getDouble(i); element != 0 && element != 1)
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Masks to be added
//===----------------------------------------------------------------------===//

/// scale · atom + shift, by scalars.
static Value peelAffine(Value value, double &scale, double &shift) {
  // value = scale · current + shift, from the outside in.
  scale = 1;
  shift = 0;
  while (true) {
    value = skipFloatCasts(value);
    Operation *op = value.getDefiningOp();
    if (!isa_and_nonnull<onnx::MulOp, onnx::DivOp, onnx::AddOp, onnx::SubOp>(
            op))
      return value;
    std::optional<double> a = getSplat(op->getOperand(0));
    std::optional<double> b = getSplat(op->getOperand(1));
    if (isa<onnx::MulOp>(op) && (a || b)) {
      scale *= b ? *b : *a;
    } else if (isa<onnx::DivOp>(op) && b) {
      scale /= *b;
    } else if (isa<onnx::AddOp>(op) && (a || b)) {
      shift += scale * (b ? *b : *a);
    } else if (isa<onnx::SubOp>(op) && b) {
      shift -= scale * *b;
    } else if (isa<onnx::SubOp>(op) && a) {
      shift += scale * *a;
      scale = -scale;
      value = op->getOperand(1);
      continue;
    } else {
      return value;
    }
    value = b ? op->getOperand(0) : op->getOperand(1);
  }
}

std::optional<AdditiveMask> MaskReader::readAdditive(View view) {
  view = skipMoves(view);
  if (std::optional<double> splat = getSplat(view.value))
    return *splat == 0 ? std::optional(AdditiveMask()) : std::nullopt;
  Operation *op = view.value.getDefiningOp();
  if (isa_and_nonnull<onnx::WhereOp>(op))
    return readWhere(view.value, view);
  if (auto trilu = dyn_cast_or_null<onnx::TriluOp>(op)) {
    std::optional<double> fill = getSplat(trilu.getInput());
    std::optional<MaskSet> set = readTriangle(view, /*when=*/true);
    return fill && set ? std::optional(AdditiveMask{*set, *fill})
                       : std::nullopt;
  }
  if (isa_and_nonnull<onnx::ConstantOp>(op)) {
    std::optional<MaskSet> set = readTable(view, /*when=*/true);
    std::optional<onnx::ConstantData> data =
        onnx::ConstantData::get(view.value);
    if (!set || !data)
      return std::nullopt;
    double fill = 0;
    for (int64_t i = 0; i < data->getNumElements(); ++i) {
      double element = data->getDouble(i);
      if (element == 0 || element == fill)
        continue;
      if (fill != 0)
        return std::nullopt;
      fill = element;
    }
    return AdditiveMask{*set, fill};
  }
  double scale, shift;
  Value atom = peelAffine(view.value, scale, shift);
  std::optional<View> inner = getOperandView(view, atom);
  if (!inner || !isZeroOrOne(atom, /*trusting=*/true))
    return std::nullopt;
  // scale · 1 + shift and shift are its two values; one of them must be 0.
  if (shift != 0 && scale + shift != 0)
    return std::nullopt;
  std::optional<MaskSet> set = readSet(*inner, /*when=*/shift == 0);
  if (!set)
    return std::nullopt;
  return AdditiveMask{*set, shift == 0 ? scale : shift};
}

std::optional<AdditiveMask> MaskReader::readWhere(Value value,
                                                  const View &view) {
  auto where = value.getDefiningOp<onnx::WhereOp>();
  std::optional<View> condition = getOperandView(view, where.getCondition());
  if (!condition)
    return std::nullopt;
  for (bool fills : {true, false}) {
    Value filled = fills ? where.getX() : where.getY();
    Value other = fills ? where.getY() : where.getX();
    std::optional<double> fill = getSplat(filled);
    if (!fill || *fill == 0)
      continue;
    std::optional<MaskSet> set = readSet(*condition, fills);
    std::optional<View> rest = getOperandView(view, other);
    if (!set || !rest)
      return std::nullopt;
    if (getSplat(other) == std::optional(0.0))
      return AdditiveMask{*set, *fill};
    // Elsewhere another mask of the same depth, or something that is 0 there:
    // exporters fill 1 − mask where 1 − mask is not 0.
    if (std::optional<AdditiveMask> more = readAdditive(*rest);
        more && more->fill == *fill) {
      std::optional<MaskSet> both = unite(*set, more->set);
      return both ? std::optional(AdditiveMask{*both, *fill}) : std::nullopt;
    }
    std::optional<MaskSet> nonZero = readSet(*rest, /*when=*/true);
    if (nonZero && *nonZero == *set)
      return AdditiveMask{*set, *fill};
    return std::nullopt;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Sets
//===----------------------------------------------------------------------===//

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
      .Case([&](onnx::GatherNDOp) { return readGathered(view, when); })
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

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

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
