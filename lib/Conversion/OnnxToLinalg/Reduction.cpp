//===- Reduction.cpp - Reductions over axes -----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each operator is a row of kReductions: what becomes of an element before it
// is combined, how it is combined, and what becomes of the result.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "RunTimeAxes.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace sopt;

namespace {
enum class Before { Nothing, Abs, Square };
enum class Combine { Add, Mul, Max, Min };
enum class After { Nothing, Divide, Sqrt, Log };

struct ReductionOperator {
  StringLiteral name;
  Before before;
  Combine combine;
  After after;
};
} // namespace

static const ReductionOperator kReductions[] = {
    {"onnx.ReduceL1", Before::Abs, Combine::Add, After::Nothing},
    {"onnx.ReduceL2", Before::Square, Combine::Add, After::Sqrt},
    {"onnx.ReduceLogSum", Before::Nothing, Combine::Add, After::Log},
    {"onnx.ReduceMax", Before::Nothing, Combine::Max, After::Nothing},
    {"onnx.ReduceMean", Before::Nothing, Combine::Add, After::Divide},
    {"onnx.ReduceMin", Before::Nothing, Combine::Min, After::Nothing},
    {"onnx.ReduceProd", Before::Nothing, Combine::Mul, After::Nothing},
    {"onnx.ReduceSum", Before::Nothing, Combine::Add, After::Nothing},
    {"onnx.ReduceSumSquare", Before::Square, Combine::Add, After::Nothing},
};

namespace {
/// The dimensions over which an operator reduces.
struct ReducedAxes {
  /// Sorted, if they are known.
  SmallVector<int64_t> known;
  /// Else for each dimension whether it is one of them.
  SmallVector<Value> flags;
};
} // namespace

/// `axes` is the operand or null.
static FailureOr<ReducedAxes> getReducedAxes(Emitter &e, Operation *op,
                                             Value axes, int64_t rank) {
  auto noop = op->getAttrOfType<IntegerAttr>("noop_with_empty_axes");
  bool isNoop = noop && noop.getInt();
  ReducedAxes result;
  if (axes) {
    std::optional<SmallVector<int64_t>> given = e.constantInts(axes);
    if (!given) {
      if (getRank(axes) > 1 || !isa<IntegerType>(getElementType(axes)))
        return e.refuse("its axes are not a vector of integers");
      result.flags = findAxes(e, axes, rank);
      if (getRank(axes) == 1 && !isNoop) {
        Value isNone = e.equal(e.size(axes, 0), e.index(0));
        for (Value &flag : result.flags)
          flag = e.either(flag, isNone);
      }
      return result;
    }
    result.known = *given;
  }
  if (result.known.empty() && !isNoop)
    result.known = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  for (int64_t &axis : result.known) {
    axis = normalizeAxis(axis, rank);
    if (axis < 0 || axis >= rank)
      return e.refuse("an axis is out of range");
  }
  llvm::sort(result.known);
  result.known.erase(llvm::unique(result.known), result.known.end());
  return result;
}

/// Combines `tensor` over `axes`, which keep size 1.
static Value reduceOver(Emitter &e, Value tensor, const ReducedAxes &axes,
                        Emitter::Reduction reduction) {
  return axes.flags.empty()
             ? e.reduce(tensor, axes.known, /*keepDims=*/true, reduction)
             : reduceAtRunTime(e, tensor, axes.flags, reduction);
}

/// How many elements of a tensor of `sizes` become one.
static Value countReduced(Emitter &e, ArrayRef<Value> sizes,
                          const ReducedAxes &axes) {
  Value count = e.index(1);
  for (int64_t axis : axes.known)
    count = e.mul(count, sizes[axis]);
  for (auto [flag, size] : llvm::zip(axes.flags, sizes))
    count = e.mul(count, e.select(flag, size, e.index(1)));
  return count;
}

/// `result`, in which `axes` have size 1, without them. `rank` is how many
/// dimensions are to remain.
static Value dropAxes(Emitter &e, Value result, const ReducedAxes &axes,
                      int64_t rank) {
  SmallVector<Value> sizes = e.sizes(result), kept;
  if (!axes.flags.empty())
    return e.reshape(result, dropSizes(e, sizes, axes.flags, rank));
  for (auto [dim, size] : llvm::enumerate(sizes))
    if (!llvm::is_contained(axes.known, int64_t(dim)))
      kept.push_back(size);
  return e.reshape(result, kept);
}

static bool keepsDims(Operation *op) {
  auto keep = op->getAttrOfType<IntegerAttr>("keepdims");
  return !keep || keep.getInt();
}

static Value prepare(Emitter &e, Before before, Value x, bool isUnsigned) {
  bool isFloat = isa<FloatType>(x.getType());
  if (before == Before::Square)
    return isFloat ? e.make<arith::MulFOp>(x, x) : e.mul(x, x);
  if (before == Before::Abs && isFloat)
    return e.make<math::AbsFOp>(x);
  if (before == Before::Abs && !isUnsigned)
    return e.make<math::AbsIOp>(x);
  return x;
}

static Value combineElements(Emitter &e, Combine combine, Value x, Value acc,
                             bool isUnsigned) {
  bool isFloat = isa<FloatType>(x.getType());
  switch (combine) {
  case Combine::Add:
    return isFloat ? e.addReassociable(acc, x) : e.add(acc, x);
  case Combine::Mul:
    return isFloat ? e.make<arith::MulFOp>(acc, x) : e.mul(acc, x);
  case Combine::Max:
    return isFloat      ? e.make<arith::MaximumFOp>(acc, x)
           : isUnsigned ? e.make<arith::MaxUIOp>(acc, x)
                        : e.make<arith::MaxSIOp>(acc, x);
  case Combine::Min:
    return isFloat      ? e.make<arith::MinimumFOp>(acc, x)
           : isUnsigned ? e.make<arith::MinUIOp>(acc, x)
                        : e.make<arith::MinSIOp>(acc, x);
  }
  llvm_unreachable("all ways to combine are handled");
}

static Value getInit(Emitter &e, Combine combine, Type type, bool isUnsigned) {
  if (combine == Combine::Add || combine == Combine::Mul)
    return e.constant(type, combine == Combine::Mul);
  return e.extreme(type, isUnsigned, /*least=*/combine == Combine::Max);
}

static Value finish(Emitter &e, After after, Value x, Value count,
                    bool isUnsigned) {
  Type type = x.getType();
  bool isFloat = isa<FloatType>(type);
  switch (after) {
  case After::Nothing:
    return x;
  case After::Divide: {
    Value n = e.fromIndex(count, e.getI64Type());
    if (isFloat)
      return e.make<arith::DivFOp>(x, e.convert(n, type, false, false));
    n = e.convert(e.max(n, e.constantInt(n.getType(), 1)), type, false, false);
    return isUnsigned ? e.make<arith::DivUIOp>(x, n)
                      : e.make<arith::DivSIOp>(x, n);
  }
  case After::Sqrt:
  case After::Log:
    break;
  }
  // Of integers, the root or logarithm is truncated.
  Type wide = isFloat ? type : Type(e.getF64Type());
  Value number = e.convert(x, wide, isUnsigned, false);
  number = after == After::Sqrt ? e.make<math::SqrtOp>(number)
                                : e.make<math::LogOp>(number);
  return e.convert(number, type, false, isUnsigned);
}

static Lowered lowerReduction(const ReductionOperator &entry, Operation *op,
                              ValueRange operands, Emitter &e) {
  Value data = operands[0];
  Type type = getElementType(data);
  bool unsignedData = isUnsigned(op->getOperand(0).getType());
  FailureOr<ReducedAxes> axes = getReducedAxes(
      e, op, operands.size() > 1 ? operands[1] : Value(), getRank(data));
  if (failed(axes))
    return failure();

  // A shape: what its elements are combined to is one scalar.
  if (e.isScalars(data) && getRank(data) == 1 && axes->known.size() == 1 &&
      !isa<FloatType>(type)) {
    Value acc = getInit(e, entry.combine, type, unsignedData);
    SmallVector<Value> elements = e.scalars(data);
    for (Value element : elements)
      acc = combineElements(e, entry.combine,
                            prepare(e, entry.before, element, unsignedData),
                            acc, unsignedData);
    acc = finish(e, entry.after, acc, e.index(elements.size()), unsignedData);
    return e.fromScalars(
        {acc}, keepsDims(op) ? ArrayRef<int64_t>{1} : ArrayRef<int64_t>{},
        type);
  }

  // Half floats are combined in f32.
  Value wide = e.widen(data);
  Type wideType = getElementType(wide);
  Value count = countReduced(e, e.sizes(data), *axes);
  Value result = reduceOver(e, wide, *axes,
                            {getInit(e, entry.combine, wideType, unsignedData),
                             [&](Value x, Value acc) {
                               return combineElements(
                                   e, entry.combine,
                                   prepare(e, entry.before, x, unsignedData),
                                   acc, unsignedData);
                             }});
  int64_t resultRank =
      cast<RankedTensorType>(op->getResult(0).getType()).getRank();
  if (!keepsDims(op))
    result = dropAxes(e, result, *axes, resultRank);
  if (entry.after != After::Nothing)
    result =
        e.map(e.sizes(result), wideType,
              {{result, e.getMultiDimIdentityMap(getRank(result))}},
              [&](ValueRange args) {
                return finish(e, entry.after, args[0], count, unsignedData);
              });
  return e.convertElements(result, type);
}

// log(sum(exp(x))) as m + log(sum(exp(x - m))), which does not overflow.
static Lowered lowerLogSumExp(onnx::ReduceLogSumExpOp op,
                              onnx::ReduceLogSumExpOp::Adaptor operands,
                              Emitter &e) {
  Value data = operands.getData();
  Type type = getElementType(data);
  FailureOr<ReducedAxes> axes =
      getReducedAxes(e, op, operands.getAxes(), getRank(data));
  if (failed(axes))
    return failure();
  if (!isa<FloatType>(type))
    return e.refuse("its elements are integers");
  Value wide = e.widen(data);
  Type wideType = getElementType(wide);
  Value most = reduceOver(
      e, wide, *axes,
      {e.extreme(wideType, false, /*least=*/true),
       [&](Value x, Value acc) { return e.make<arith::MaximumFOp>(x, acc); }});
  AffineMap identity = e.getMultiDimIdentityMap(getRank(data));
  // x - m must not be infinity minus infinity.
  most =
      e.map(e.sizes(most), wideType, {{most, identity}}, [&](ValueRange args) {
        Value size = e.make<math::AbsFOp>(args[0]);
        Value isFinite = e.make<arith::CmpFOp>(arith::CmpFPredicate::OLT, size,
                                               e.constant(wideType, HUGE_VAL));
        return e.select(isFinite, args[0], e.constant(wideType, 0));
      });
  FailureOr<Value> terms =
      e.elementwise({wide, most}, wideType, [&](ValueRange args) {
        return e.make<math::ExpOp>(e.make<arith::SubFOp>(args[0], args[1]));
      });
  if (failed(terms))
    return failure();
  Value sum = reduceOver(e, *terms, *axes,
                         {e.constant(wideType, 0), [&](Value x, Value acc) {
                            return e.addReassociable(acc, x);
                          }});
  Value result = e.map(
      e.sizes(sum), wideType, {{sum, identity}, {most, identity}},
      [&](ValueRange args) {
        return e.make<arith::AddFOp>(e.make<math::LogOp>(args[0]), args[1]);
      });
  result = e.convertElements(result, type);
  if (op.getKeepdims())
    return result;
  return dropAxes(e, result, *axes,
                  cast<RankedTensorType>(op.getReduced().getType()).getRank());
}

//===----------------------------------------------------------------------===//
// ArgMax, ArgMin
//===----------------------------------------------------------------------===//

template <typename OpT, bool isMax>
static Lowered lowerArg(OpT op, typename OpT::Adaptor operands, Emitter &e) {
  Value data = operands.getData();
  Type type = getElementType(data);
  SmallVector<Value> sizes = e.sizes(data), inner;
  int64_t rank = sizes.size(), axis = normalizeAxis(op.getAxis(), rank);
  if (axis < 0 || axis >= rank)
    return e.refuse("axis " + Twine(int64_t(op.getAxis())) +
                    " is out of range");
  bool unsignedData = isUnsigned(op.getData().getType());
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  iterators[axis] = utils::IteratorType::reduction;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (dim != axis)
      inner.push_back(sizes[dim]);
  AffineMap identity = e.getMultiDimIdentityMap(rank);
  AffineMap kept = identity.dropResult(axis);
  Value best = e.full(inner, e.extreme(type, unsignedData, /*least=*/isMax));
  Value where = e.full(inner, e.constantInt(e.getI64Type(), 0));
  auto isBetter = [&](Value x, Value acc) -> Value {
    if (isa<FloatType>(type))
      return e.make<arith::CmpFOp>(isMax ? arith::CmpFPredicate::OGT
                                         : arith::CmpFPredicate::OLT,
                                   x, acc);
    if (unsignedData)
      return e.compare(isMax ? arith::CmpIPredicate::ugt
                             : arith::CmpIPredicate::ult,
                       x, acc);
    return isMax ? e.less(acc, x) : e.less(x, acc);
  };
  auto isEqual = [&](Value x, Value acc) -> Value {
    if (isa<FloatType>(type))
      return e.make<arith::CmpFOp>(arith::CmpFPredicate::OEQ, x, acc);
    return e.equal(x, acc);
  };
  SmallVector<Value> found = e.generic(
      {{data, identity}}, {{best, kept}, {where, kept}}, iterators,
      [&](ValueRange args) {
        Value here =
            e.fromIndex(linalg::IndexOp::create(e, axis), e.getI64Type());
        // Among equals the position decides, in whatever order they come.
        Value wins = op.getSelectLastIndex() ? e.less(args[2], here)
                                             : e.less(here, args[2]);
        Value take = e.either(isBetter(args[0], args[1]),
                              e.both(isEqual(args[0], args[1]), wins));
        return SmallVector<Value>{e.select(take, args[0], args[1]),
                                  e.select(take, here, args[2])};
      });
  if (!op.getKeepdims())
    return found[1];
  sizes[axis] = e.index(1);
  return e.reshape(found[1], sizes);
}

void sopt::populateReductionLowerings(LoweringSet &set) {
  for (const ReductionOperator &entry : kReductions)
    set.patterns.add<NamedPattern<ReductionOperator>>(set, entry.name, entry,
                                                      lowerReduction);
  addLowering<onnx::ReduceLogSumExpOp>(set, lowerLogSumExp);
  addLowering<onnx::ArgMaxOp>(set, lowerArg<onnx::ArgMaxOp, true>);
  addLowering<onnx::ArgMinOp>(set, lowerArg<onnx::ArgMinOp, false>);
}
