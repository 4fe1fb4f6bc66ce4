//===- ShapeTransfer.cpp - What each operator does to shapes --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShapeTransfer.h"
#include "dialects/ONNX/IR/Axis.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "sparse-opt/Analysis/EinsumEquation.h"
#include "sparse-opt/Analysis/OperatorKinds.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sopt;

namespace {
using MaybeShape = std::optional<SymbolicShape>;

MaybeShape copy(const SymbolicShape *shape) {
  return shape ? MaybeShape(*shape) : std::nullopt;
}

MaybeShape inferBroadcast(ShapeAnalysis &analysis, OperandRange operands) {
  SymbolicShape result;
  for (Value operand : operands) {
    const SymbolicShape *shape = analysis.getShape(operand);
    if (!shape)
      return std::nullopt;
    result = analysis.broadcast(result, *shape);
  }
  return result;
}

MaybeShape inferMatMul(ShapeAnalysis &analysis, onnx::MatMulOp op) {
  const SymbolicShape *a = analysis.getShape(op.getA());
  const SymbolicShape *b = analysis.getShape(op.getB());
  if (!a || !b || a->empty() || b->empty())
    return std::nullopt;
  // A vector takes part as a matrix of one row or column, which then goes.
  size_t rowDims = std::min<size_t>(2, a->size());
  size_t columnDims = std::min<size_t>(2, b->size());
  SymbolicShape result = analysis.broadcast(ArrayRef(*a).drop_back(rowDims),
                                            ArrayRef(*b).drop_back(columnDims));
  if (rowDims == 2)
    result.push_back((*a)[a->size() - 2]);
  if (columnDims == 2)
    result.push_back(b->back());
  return result;
}

MaybeShape inferGemm(ShapeAnalysis &analysis, onnx::GemmOp op) {
  std::optional<DimExpr> m = analysis.getDim(op.getA(), op.getTransA() ? 1 : 0);
  std::optional<DimExpr> n = analysis.getDim(op.getB(), op.getTransB() ? 0 : 1);
  return m && n ? MaybeShape({*m, *n}) : std::nullopt;
}

MaybeShape inferEinsum(ShapeAnalysis &analysis, onnx::EinsumOp op) {
  auto equation = EinsumEquation::read(op.getEquation(), op.getInputs());
  if (!equation)
    return std::nullopt;
  llvm::SmallDenseMap<EinsumEquation::Label, DimExpr> sizes;
  for (const EinsumEquation::Term &term : equation->operands) {
    const SymbolicShape *shape = analysis.getShape(term.tensor);
    if (!shape || shape->size() != term.labels.size())
      return std::nullopt;
    for (auto [label, dim] : llvm::zip_equal(term.labels, *shape)) {
      auto [at, isNew] = sizes.try_emplace(label, dim);
      if (!isNew)
        at->second = analysis.broadcast(at->second, dim);
    }
  }
  SymbolicShape result;
  for (EinsumEquation::Label label : equation->result) {
    auto at = sizes.find(label);
    if (at == sizes.end())
      return std::nullopt;
    result.push_back(at->second);
  }
  return result;
}

DimExpr getProduct(ArrayRef<DimExpr> shape) {
  DimExpr product = 1;
  for (const DimExpr &dim : shape)
    product = product * dim;
  return product;
}

MaybeShape inferReshape(ShapeAnalysis &analysis, onnx::ReshapeOp op) {
  const SymbolicShape *from = analysis.getShape(op.getData());
  const SymbolicContents *to = analysis.getContents(op.getShape());
  if (!from || !to)
    return std::nullopt;
  SymbolicShape result;
  std::optional<size_t> inferred;
  for (auto [i, wanted] : llvm::enumerate(*to)) {
    if (!wanted)
      return std::nullopt;
    if (*wanted == DimExpr(-1)) {
      if (inferred)
        return std::nullopt;
      inferred = i;
      result.push_back(1);
    } else if (*wanted == DimExpr(0) && !op.getAllowzero()) {
      if (i >= from->size())
        return std::nullopt;
      result.push_back((*from)[i]);
    } else {
      result.push_back(*wanted);
    }
  }
  if (!inferred)
    return result;
  // Sizes that occur on both sides cancel, be they symbols or sums.
  SymbolicShape total(*from), others;
  for (auto [i, dim] : llvm::enumerate(result)) {
    if (i == *inferred)
      continue;
    if (auto *at = llvm::find(total, dim); at != total.end())
      total.erase(at);
    else
      others.push_back(dim);
  }
  result[*inferred] = analysis.floorDiv(getProduct(total), getProduct(others));
  return result;
}

MaybeShape inferTranspose(ShapeAnalysis &analysis, onnx::TransposeOp op) {
  const SymbolicShape *from = analysis.getShape(op.getData());
  if (!from)
    return std::nullopt;
  std::optional<ArrayRef<int64_t>> perm = op.getPerm();
  if (!perm)
    return SymbolicShape(llvm::reverse(*from));
  SymbolicShape result;
  for (int64_t axis : *perm) {
    if (axis < 0 || axis >= int64_t(from->size()))
      return std::nullopt;
    result.push_back((*from)[axis]);
  }
  return result;
}

MaybeShape inferUnsqueeze(ShapeAnalysis &analysis, ShapeTransfer &transfer,
                          onnx::UnsqueezeOp op) {
  const SymbolicShape *from = analysis.getShape(op.getData());
  auto axes = transfer.getConstants(op.getAxes());
  if (!from || !axes)
    return std::nullopt;
  size_t rank = from->size() + axes->size();
  llvm::SmallBitVector isNew(rank);
  for (int64_t axis : *axes) {
    std::optional<int64_t> at = onnx::normalizeAxis(axis, rank);
    if (!at || isNew.test(*at))
      return std::nullopt;
    isNew.set(*at);
  }
  SymbolicShape result;
  const DimExpr *next = from->begin();
  for (size_t i = 0; i < rank; ++i)
    result.push_back(isNew.test(i) ? DimExpr(1) : *next++);
  return result;
}

MaybeShape inferSqueeze(ShapeAnalysis &analysis, ShapeTransfer &transfer,
                        onnx::SqueezeOp op) {
  const SymbolicShape *from = analysis.getShape(op.getData());
  if (!from)
    return std::nullopt;
  llvm::SmallBitVector goes(from->size());
  if (!op.getAxes()) {
    // Whether a symbol is 1, and so goes, is not known.
    for (auto [i, dim] : llvm::enumerate(*from)) {
      if (!dim.getConstant())
        return std::nullopt;
      goes[i] = dim == DimExpr(1);
    }
  } else {
    auto axes = transfer.getConstants(op.getAxes());
    if (!axes)
      return std::nullopt;
    for (int64_t axis : *axes) {
      std::optional<int64_t> at = onnx::normalizeAxis(axis, from->size());
      if (!at)
        return std::nullopt;
      goes.set(*at);
    }
  }
  SymbolicShape result;
  for (auto [i, dim] : llvm::enumerate(*from))
    if (!goes.test(i))
      result.push_back(dim);
  return result;
}

MaybeShape inferGather(ShapeAnalysis &analysis, onnx::GatherOp op) {
  const SymbolicShape *from = analysis.getShape(op.getData());
  const SymbolicShape *indices = analysis.getShape(op.getIndices());
  if (!from || !indices)
    return std::nullopt;
  std::optional<int64_t> axis = onnx::normalizeAxis(op.getAxis(), from->size());
  if (!axis)
    return std::nullopt;
  SymbolicShape result(ArrayRef(*from).take_front(*axis));
  llvm::append_range(result, *indices);
  llvm::append_range(result, ArrayRef(*from).drop_front(*axis + 1));
  return result;
}

MaybeShape inferGatherND(ShapeAnalysis &analysis, onnx::GatherNDOp op) {
  const SymbolicShape *from = analysis.getShape(op.getData());
  const SymbolicShape *indices = analysis.getShape(op.getIndices());
  if (!from || !indices || indices->empty())
    return std::nullopt;
  std::optional<int64_t> depth = indices->back().getConstant();
  int64_t batchDims = op.getBatchDims();
  if (!depth || *depth < 0 || batchDims < 0 ||
      batchDims + *depth > int64_t(from->size()))
    return std::nullopt;
  SymbolicShape result(ArrayRef(*indices).drop_back());
  llvm::append_range(result, ArrayRef(*from).drop_front(batchDims + *depth));
  return result;
}

MaybeShape inferFlatten(ShapeAnalysis &analysis, onnx::FlattenOp op) {
  const SymbolicShape *from = analysis.getShape(op.getInput());
  if (!from)
    return std::nullopt;
  int64_t rank = from->size(), axis = op.getAxis();
  axis = axis < 0 ? axis + rank : axis;
  if (axis < 0 || axis > rank)
    return std::nullopt;
  return SymbolicShape{getProduct(ArrayRef(*from).take_front(axis)),
                       getProduct(ArrayRef(*from).drop_front(axis))};
}

/// Whether `size` is computed from dimensions of arguments alone.
bool isOfArguments(ShapeAnalysis &analysis, const DimExpr &size) {
  return llvm::all_of(size.getTerms(), [&](const DimExpr::Term &term) {
    return llvm::all_of(term.symbols, [&](DimExpr::Symbol symbol) {
      return analysis.getSource(symbol).has_value();
    });
  });
}

/// The sizes beside the axis must agree, so the one known best is taken.
MaybeShape inferConcat(ShapeAnalysis &analysis, onnx::ConcatOp op) {
  MaybeShape result;
  for (Value input : op.getInputs()) {
    const SymbolicShape *shape = analysis.getShape(input);
    if (!shape)
      return std::nullopt;
    std::optional<int64_t> axis =
        onnx::normalizeAxis(op.getAxis(), shape->size());
    if (!axis || (result && result->size() != shape->size()))
      return std::nullopt;
    if (!result) {
      result = *shape;
      continue;
    }
    for (auto [i, dim] : llvm::enumerate(*shape)) {
      if (int64_t(i) == *axis)
        (*result)[i] = (*result)[i] + dim;
      else if (dim.getConstant() || (isOfArguments(analysis, dim) &&
                                     !isOfArguments(analysis, (*result)[i])))
        (*result)[i] = dim;
    }
  }
  return result;
}

MaybeShape inferSplit(ShapeAnalysis &analysis, ShapeTransfer &transfer,
                      onnx::SplitOp op, unsigned index) {
  const SymbolicShape *from = analysis.getShape(op.getInput());
  if (!from)
    return std::nullopt;
  std::optional<int64_t> axis = onnx::normalizeAxis(op.getAxis(), from->size());
  if (!axis)
    return std::nullopt;
  SymbolicShape result(*from);
  if (op.getSplit()) {
    const SymbolicContents *sizes = analysis.getContents(op.getSplit());
    if (!sizes || index >= sizes->size() || !(*sizes)[index])
      return std::nullopt;
    result[*axis] = *(*sizes)[index];
    return result;
  }
  // Equal parts; where they do not fit the last is smaller, a case left alone.
  DimExpr count = op->getNumResults();
  std::optional<DimExpr> part = result[*axis].divideExactly(count);
  if (!part)
    return std::nullopt;
  result[*axis] = *part;
  return result;
}

/// A shape given as a tensor, none of whose elements is -1.
MaybeShape getShapeOperand(ShapeAnalysis &analysis, Value value) {
  const SymbolicContents *contents = analysis.getContents(value);
  SymbolicShape result;
  if (!contents)
    return std::nullopt;
  for (const std::optional<DimExpr> &element : *contents) {
    if (!element || !element->isNonNegative())
      return std::nullopt;
    result.push_back(*element);
  }
  return result;
}

MaybeShape inferExpand(ShapeAnalysis &analysis, onnx::ExpandOp op) {
  const SymbolicShape *from = analysis.getShape(op.getInput());
  MaybeShape to = getShapeOperand(analysis, op.getShape());
  return from && to ? MaybeShape(analysis.broadcast(*from, *to)) : std::nullopt;
}

MaybeShape inferRange(ShapeAnalysis &analysis, onnx::RangeOp op) {
  std::optional<DimExpr> start = analysis.getScalar(op.getStart());
  std::optional<DimExpr> limit = analysis.getScalar(op.getLimit());
  std::optional<DimExpr> delta = analysis.getScalar(op.getDelta());
  if (!start || !limit || !delta ||
      (*delta != DimExpr(1) && *delta != DimExpr(-1)))
    return std::nullopt;
  DimExpr size = (*limit - *start) * *delta;
  return size.isNonNegative() ? MaybeShape({size}) : std::nullopt;
}

/// The sizes plus what is added in front and behind.
MaybeShape inferPad(ShapeAnalysis &analysis, onnx::PadOp op) {
  const SymbolicShape *from = analysis.getShape(op.getData());
  const SymbolicContents *pads = analysis.getContents(op.getPads());
  if (!from || !pads || op.getAxes() || pads->size() != 2 * from->size() ||
      !llvm::all_of(*pads, [](auto &pad) { return pad.has_value(); }))
    return std::nullopt;
  SymbolicShape result(*from);
  for (size_t i = 0; i < from->size(); ++i)
    result[i] = result[i] + *(*pads)[i] + *(*pads)[i + from->size()];
  return result;
}

MaybeShape inferTile(ShapeAnalysis &analysis, onnx::TileOp op) {
  const SymbolicShape *from = analysis.getShape(op.getInput());
  MaybeShape repeats = getShapeOperand(analysis, op.getRepeats());
  if (!from || !repeats || repeats->size() != from->size())
    return std::nullopt;
  SymbolicShape result;
  for (auto [dim, count] : llvm::zip_equal(*from, *repeats))
    result.push_back(dim * count);
  return result;
}

/// Operators Reduce*: data, then axes, `keepdims`, `noop_with_empty_axes`.
MaybeShape inferReduce(ShapeAnalysis &analysis, ShapeTransfer &transfer,
                       Operation *op) {
  const SymbolicShape *from = analysis.getShape(op->getOperand(0));
  if (!from)
    return std::nullopt;
  auto getFlag = [&](StringRef name, int64_t otherwise) {
    auto attr = op->getAttrOfType<IntegerAttr>(name);
    return attr ? attr.getInt() : otherwise;
  };
  llvm::SmallBitVector reduced(from->size());
  SmallVector<int64_t> axes;
  if (op->getNumOperands() > 1) {
    Value given = op->getOperand(1);
    auto type = dyn_cast<RankedTensorType>(given.getType());
    if (!type || !type.hasStaticShape())
      return std::nullopt;
    int64_t numAxes = type.getNumElements(), rank = from->size();
    auto constants = transfer.getConstants(given);
    // Only a run tells which dimensions go, but how many is known.
    if (!constants && numAxes > 0) {
      int64_t left = getFlag("keepdims", 1) ? rank : rank - numAxes;
      if (left < 0)
        return std::nullopt;
      SymbolicShape result;
      for (int64_t i = 0; i < left; ++i)
        result.push_back(analysis.makeUnknown());
      return result;
    }
    if (constants)
      axes = *constants;
  }
  if (axes.empty() && !getFlag("noop_with_empty_axes", 0))
    reduced.set();
  for (int64_t axis : axes) {
    std::optional<int64_t> at = onnx::normalizeAxis(axis, from->size());
    if (!at)
      return std::nullopt;
    reduced.set(*at);
  }
  SymbolicShape result;
  for (auto [i, dim] : llvm::enumerate(*from)) {
    if (!reduced.test(i))
      result.push_back(dim);
    else if (getFlag("keepdims", 1))
      result.push_back(1);
  }
  return result;
}

MaybeShape inferAttention(ShapeAnalysis &analysis, AttentionOp op) {
  MaybeShape result = copy(analysis.getShape(op.getQ()));
  const SymbolicShape *v = analysis.getShape(op.getV());
  if (!result || !v || result->empty() || v->empty())
    return std::nullopt;
  result->back() = v->back();
  if (op.isPacked())
    result->back() =
        analysis.floorDiv(v->back() * DimExpr(op.getHeads()), op.getKvHeads());
  return result;
}

MaybeShape inferLinear(ShapeAnalysis &analysis, LinearOp op) {
  MaybeShape result = copy(analysis.getShape(op.getX()));
  std::optional<DimExpr> features = analysis.getDim(op.getWeight(), 1);
  if (!result || result->empty() || !features)
    return std::nullopt;
  result->back() = *features;
  return result;
}

/// A convolution whose window is one element long, and so a matrix product at
/// each place: no other size changes than the number of channels.
MaybeShape inferPointwiseConv(ShapeAnalysis &analysis, onnx::ConvOp op) {
  auto areOnly = [](std::optional<ArrayRef<int64_t>> values, int64_t wanted) {
    return !values || llvm::all_of(*values, [&](int64_t value) {
      return value == wanted;
    });
  };
  const SymbolicShape *from = analysis.getShape(op.getX());
  const SymbolicShape *weight = analysis.getShape(op.getW());
  if (!from || !weight || from->size() < 2 || from->size() != weight->size() ||
      !llvm::all_of(ArrayRef(*weight).drop_front(2),
                    [](const DimExpr &dim) { return dim == DimExpr(1); }) ||
      !areOnly(op.getStrides(), 1) || !areOnly(op.getPads(), 0))
    return std::nullopt;
  SymbolicShape result(*from);
  result[1] = weight->front();
  return result;
}

/// Operators on batches of images: the window arithmetic of their other
/// dimensions is left to their types.
bool keepsBatch(Operation *op) {
  return isa<onnx::AveragePoolOp, onnx::ConvOp, onnx::ConvTransposeOp,
             onnx::GlobalAveragePoolOp, onnx::GlobalMaxPoolOp, onnx::LRNOp,
             onnx::MaxPoolOp>(op);
}

} // namespace

std::optional<SmallVector<int64_t>> ShapeTransfer::getConstants(Value value) {
  const SymbolicContents *contents = analysis.getContents(value);
  if (!contents)
    return std::nullopt;
  SmallVector<int64_t> result;
  for (const std::optional<DimExpr> &element : *contents) {
    std::optional<int64_t> constant =
        element ? element->getConstant() : std::nullopt;
    if (!constant)
      return std::nullopt;
    result.push_back(*constant);
  }
  return result;
}

std::optional<SymbolicShape>
ShapeTransfer::inferShape(OpResult result, ArrayRef<DimExpr> declared) {
  Operation *op = result.getOwner();
  if (keepsShape(op))
    return copy(analysis.getShape(op->getOperand(0)));
  if (auto conv = dyn_cast<onnx::ConvOp>(op))
    if (MaybeShape shape = inferPointwiseConv(analysis, conv))
      return shape;
  if (keepsBatch(op) && !declared.empty()) {
    SymbolicShape shape(declared);
    if (std::optional<DimExpr> batch = analysis.getDim(op->getOperand(0), 0))
      shape.front() = *batch;
    return shape;
  }
  if (broadcastsOperands(op))
    return inferBroadcast(analysis, op->getOperands());
  if (isa<onnx::ONNXDialect>(op->getDialect()) &&
      op->getName().stripDialect().starts_with("Reduce"))
    return inferReduce(analysis, *this, op);
  return TypeSwitch<Operation *, MaybeShape>(op)
      .Case([&](onnx::MatMulOp op) { return inferMatMul(analysis, op); })
      .Case([&](onnx::GemmOp op) { return inferGemm(analysis, op); })
      .Case([&](onnx::EinsumOp op) { return inferEinsum(analysis, op); })
      .Case([&](onnx::ReshapeOp op) { return inferReshape(analysis, op); })
      .Case([&](onnx::TransposeOp op) { return inferTranspose(analysis, op); })
      .Case([&](onnx::UnsqueezeOp op) {
        return inferUnsqueeze(analysis, *this, op);
      })
      .Case(
          [&](onnx::SqueezeOp op) { return inferSqueeze(analysis, *this, op); })
      .Case([&](onnx::GatherOp op) { return inferGather(analysis, op); })
      .Case([&](onnx::GatherNDOp op) { return inferGatherND(analysis, op); })
      .Case([&](onnx::GatherElementsOp op) {
        return copy(analysis.getShape(op.getIndices()));
      })
      .Case([&](onnx::FlattenOp op) { return inferFlatten(analysis, op); })
      .Case([&](onnx::ConcatOp op) { return inferConcat(analysis, op); })
      .Case([&](onnx::SplitOp op) {
        return inferSplit(analysis, *this, op, result.getResultNumber());
      })
      .Case([&](onnx::SliceOp op) { return inferSlice(analysis, *this, op); })
      .Case([&](onnx::ExpandOp op) { return inferExpand(analysis, op); })
      .Case<onnx::ScatterNDOp, onnx::ScatterElementsOp, onnx::EyeLikeOp>(
          [&](Operation *op) {
            return copy(analysis.getShape(op->getOperand(0)));
          })
      .Case([&](onnx::ConstantOfShapeOp op) {
        return getShapeOperand(analysis, op.getInput());
      })
      .Case([&](onnx::RangeOp op) { return inferRange(analysis, op); })
      .Case([&](onnx::PadOp op) { return inferPad(analysis, op); })
      .Case([&](onnx::TileOp op) { return inferTile(analysis, op); })
      .Case([&](onnx::LayerNormalizationOp op) -> MaybeShape {
        return result == op.getY() ? copy(analysis.getShape(op.getX()))
                                   : std::nullopt;
      })
      .Case([&](onnx::BatchNormalizationOp op) -> MaybeShape {
        return result == op.getY() ? copy(analysis.getShape(op.getX()))
                                   : std::nullopt;
      })
      .Case([&](AttentionOp op) { return inferAttention(analysis, op); })
      .Case([&](LinearOp op) { return inferLinear(analysis, op); })
      .Default([](Operation *) { return std::nullopt; });
}
