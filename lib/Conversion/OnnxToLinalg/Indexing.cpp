//===- Indexing.cpp - Operators that read or write at indices -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace sopt;

//===----------------------------------------------------------------------===//
// Gather, GatherElements, GatherND
//===----------------------------------------------------------------------===//

static Lowered lowerGather(onnx::GatherOp op, onnx::GatherOp::Adaptor operands,
                           Emitter &e) {
  Value data = operands.getData(), indices = operands.getIndices();
  SmallVector<Value> dataSizes = e.sizes(data);
  SmallVector<Value> indexSizes = e.sizes(indices);
  int64_t axis = normalizeAxis(op.getAxis(), dataSizes.size());
  if (axis < 0 || axis >= int64_t(dataSizes.size()))
    return e.refuse("axis " + Twine(int64_t(op.getAxis())) +
                    " is out of range");
  Value size = dataSizes[axis];
  bool unsignedIndex = isUnsigned(op.getIndices().getType());

  // Picking sizes from a shape.
  if (e.isScalars(data) && dataSizes.size() == 1)
    if (std::optional<SmallVector<int64_t>> known = e.constantInts(indices)) {
      int64_t limit = *getConstantSize(size);
      SmallVector<Value> elements;
      for (int64_t index : *known) {
        int64_t position = normalizeAxis(index, limit);
        if (position < 0 || position >= limit)
          return e.refuse("index " + Twine(index) + " is out of range");
        elements.push_back(e.scalar(data, position));
      }
      return e.fromScalars(elements, getTensorType(indices).getShape(),
                           getElementType(data));
    }

  e.checkIndices(indices, unsignedIndex, size);
  SmallVector<Value> resultSizes(dataSizes.begin(), dataSizes.begin() + axis);
  llvm::append_range(resultSizes, indexSizes);
  resultSizes.append(dataSizes.begin() + axis + 1, dataSizes.end());
  int64_t rank = resultSizes.size(), indexRank = indexSizes.size();
  SmallVector<AffineExpr> indexLoops;
  for (int64_t dim = 0; dim < indexRank; ++dim)
    indexLoops.push_back(e.getAffineDimExpr(axis + dim));
  return e.map(resultSizes, getElementType(data),
               {{indices, AffineMap::get(rank, 0, indexLoops, e.getContext())}},
               [&](ValueRange args) {
                 SmallVector<Value> position;
                 for (int64_t dim = 0; dim < axis; ++dim)
                   position.push_back(linalg::IndexOp::create(e, dim));
                 position.push_back(e.safeIndex(args[0], unsignedIndex, size));
                 for (int64_t dim = axis + indexRank; dim < rank; ++dim)
                   position.push_back(linalg::IndexOp::create(e, dim));
                 return e.element(data, position);
               });
}

static Lowered lowerGatherElements(onnx::GatherElementsOp op,
                                   onnx::GatherElementsOp::Adaptor operands,
                                   Emitter &e) {
  Value data = operands.getData(), indices = operands.getIndices();
  SmallVector<Value> dataSizes = e.sizes(data), sizes = e.sizes(indices);
  int64_t rank = dataSizes.size(), axis = normalizeAxis(op.getAxis(), rank);
  if (axis < 0 || axis >= rank || int64_t(sizes.size()) != rank)
    return e.refuse("its axis is out of range, or its operands' ranks differ");
  bool unsignedIndex = isUnsigned(op.getIndices().getType());
  e.checkIndices(indices, unsignedIndex, dataSizes[axis]);
  return e.map(
      sizes, getElementType(data), {{indices, e.getMultiDimIdentityMap(rank)}},
      [&](ValueRange args) {
        SmallVector<Value> position;
        for (int64_t dim = 0; dim < rank; ++dim) {
          Value here = linalg::IndexOp::create(e, dim);
          bool isInside = isSameSize(sizes[dim], dataSizes[dim]);
          Value last = e.sub(dataSizes[dim], e.index(1));
          position.push_back(
              dim == axis ? e.safeIndex(args[0], unsignedIndex, dataSizes[dim])
              : isInside  ? here
                          : e.clamp(here, last));
        }
        return e.element(data, position);
      });
}

/// Reports indices of a GatherND or ScatterND that are out of range: element k
/// of the last dimension of `indices` is about dimension `first` + k of data.
static void checkTuples(Emitter &e, Value indices, ArrayRef<Value> dataSizes,
                        int64_t first, int64_t tupleSize) {
  SmallVector<Value> sizes = e.sizes(indices);
  sizes.back() = e.index(1);
  SmallVector<Value> offsets(sizes.size(), e.index(0));
  for (int64_t k = 0; k < tupleSize; ++k) {
    offsets.back() = e.index(k);
    e.checkIndices(e.slice(indices, offsets, sizes), /*isUnsigned=*/false,
                   dataSizes[first + k]);
  }
}

static Lowered lowerGatherND(onnx::GatherNDOp op,
                             onnx::GatherNDOp::Adaptor operands, Emitter &e) {
  Value data = operands.getData(), indices = operands.getIndices();
  SmallVector<Value> dataSizes = e.sizes(data), indexSizes = e.sizes(indices);
  int64_t batch = op.getBatchDims();
  if (indexSizes.empty() || !getConstantSize(indexSizes.back()))
    return e.refuse("the last dimension of its indices is not constant");
  int64_t tupleSize = *getConstantSize(indexSizes.back());
  if (batch < 0 || batch >= int64_t(indexSizes.size()) ||
      batch + tupleSize > int64_t(dataSizes.size()))
    return e.refuse("its indices have more numbers than its data dimensions");
  checkTuples(e, indices, dataSizes, batch, tupleSize);

  auto outer = ArrayRef<Value>(indexSizes).drop_back();
  SmallVector<Value> sizes(outer);
  sizes.append(dataSizes.begin() + batch + tupleSize, dataSizes.end());
  return e.generate(sizes, getElementType(data), [&](ValueRange loops) {
    SmallVector<Value> position;
    for (int64_t dim = 0; dim < batch; ++dim)
      position.push_back(
          e.clamp(loops[dim], e.sub(dataSizes[dim], e.index(1))));
    SmallVector<Value> tuple(loops.take_front(outer.size()));
    tuple.push_back({});
    for (int64_t k = 0; k < tupleSize; ++k) {
      tuple.back() = e.index(k);
      position.push_back(
          e.safeIndex(e.element(indices, tuple), false, dataSizes[batch + k]));
    }
    llvm::append_range(position, loops.drop_front(outer.size()));
    return e.element(data, position);
  });
}

//===----------------------------------------------------------------------===//
// ScatterElements, ScatterND
//===----------------------------------------------------------------------===//

/// How an update meets the element that is there; null for an unknown name.
static Value combineUpdate(Emitter &e, StringRef reduction, Value old,
                           Value update, bool unsignedData) {
  bool isFloat = isa<FloatType>(old.getType());
  if (reduction == "none")
    return update;
  if (reduction == "add")
    return isFloat ? e.make<arith::AddFOp>(old, update) : e.add(old, update);
  if (reduction == "mul")
    return isFloat ? e.make<arith::MulFOp>(old, update) : e.mul(old, update);
  if (reduction == "max")
    return isFloat        ? e.make<arith::MaximumFOp>(old, update)
           : unsignedData ? e.make<arith::MaxUIOp>(old, update)
                          : e.max(old, update);
  if (reduction == "min")
    return isFloat        ? e.make<arith::MinimumFOp>(old, update)
           : unsignedData ? e.make<arith::MinUIOp>(old, update)
                          : e.min(old, update);
  return nullptr;
}

/// One update after the other, since two may meet: for each position of
/// `sizes`, writes to the element of `data` that `locate` gives.
static Value scatter(Emitter &e, Value data, Value updates,
                     ArrayRef<Value> sizes, StringRef reduction,
                     bool unsignedData,
                     function_ref<SmallVector<Value>(ValueRange)> locate) {
  SmallVector<Value> dataSizes = e.sizes(data);
  SmallVector<Value> zeros(sizes.size(), e.index(0));
  SmallVector<Value> ones(sizes.size(), e.index(1));
  scf::LoopNest nest = scf::buildLoopNest(
      e, e.getLoc(), zeros, sizes, ones, ValueRange{data},
      [&](OpBuilder &, Location, ValueRange loops, ValueRange carried) {
        SmallVector<Value> position = locate(loops);
        Value old = e.element(carried.front(), position);
        Value value = combineUpdate(e, reduction, old,
                                    e.element(updates, loops), unsignedData);
        return scf::ValueVector{
            tensor::InsertOp::create(e, value, carried.front(), position)};
      });
  return e.withSizes(nest.results.front(), dataSizes);
}

static bool isKnownReduction(StringRef name) {
  return name == "none" || name == "add" || name == "mul" || name == "max" ||
         name == "min";
}

static Lowered lowerScatterElements(onnx::ScatterElementsOp op,
                                    onnx::ScatterElementsOp::Adaptor operands,
                                    Emitter &e) {
  Value data = e.refine(operands.getData()), indices = operands.getIndices();
  SmallVector<Value> dataSizes = e.sizes(data), sizes = e.sizes(indices);
  int64_t rank = dataSizes.size(), axis = normalizeAxis(op.getAxis(), rank);
  if (axis < 0 || axis >= rank || int64_t(sizes.size()) != rank ||
      !isKnownReduction(op.getReduction()))
    return e.refuse("its axis, ranks or reduction do not fit");
  Value updates = e.fit(operands.getUpdates(), sizes);
  bool unsignedIndex = isUnsigned(op.getIndices().getType());
  e.checkIndices(indices, unsignedIndex, dataSizes[axis]);
  return scatter(e, data, updates, sizes, op.getReduction(),
                 isUnsigned(op.getData().getType()), [&](ValueRange loops) {
                   SmallVector<Value> position;
                   for (int64_t dim = 0; dim < rank; ++dim)
                     position.push_back(e.clamp(
                         loops[dim], e.sub(dataSizes[dim], e.index(1))));
                   position[axis] = e.safeIndex(e.element(indices, loops),
                                                unsignedIndex, dataSizes[axis]);
                   return position;
                 });
}

static Lowered lowerScatterND(onnx::ScatterNDOp op,
                              onnx::ScatterNDOp::Adaptor operands, Emitter &e) {
  Value data = e.refine(operands.getData()), indices = operands.getIndices();
  SmallVector<Value> dataSizes = e.sizes(data), indexSizes = e.sizes(indices);
  if (indexSizes.empty() || !getConstantSize(indexSizes.back()) ||
      !isKnownReduction(op.getReduction()))
    return e.refuse("the last dimension of its indices is not constant, or its "
                    "reduction is not known");
  int64_t tupleSize = *getConstantSize(indexSizes.back());
  if (tupleSize > int64_t(dataSizes.size()))
    return e.refuse("its indices have more numbers than its data dimensions");
  checkTuples(e, indices, dataSizes, 0, tupleSize);
  size_t outer = indexSizes.size() - 1;
  SmallVector<Value> sizes(ArrayRef<Value>(indexSizes).drop_back());
  sizes.append(dataSizes.begin() + tupleSize, dataSizes.end());
  Value updates = e.fit(operands.getUpdates(), sizes);
  return scatter(e, data, updates, sizes, op.getReduction(),
                 isUnsigned(op.getData().getType()), [&](ValueRange loops) {
                   SmallVector<Value> position;
                   SmallVector<Value> tuple(loops.take_front(outer));
                   tuple.push_back({});
                   for (int64_t k = 0; k < tupleSize; ++k) {
                     tuple.back() = e.index(k);
                     position.push_back(e.safeIndex(e.element(indices, tuple),
                                                    false, dataSizes[k]));
                   }
                   llvm::append_range(position, loops.drop_front(outer));
                   return position;
                 });
}

//===----------------------------------------------------------------------===//
// NonZero, Compress
//===----------------------------------------------------------------------===//

static Value isNonZero(Emitter &e, Value x) {
  return e.convert(x, e.getI1Type(), false, false);
}

/// Positions of the elements that are not zero, in row-major order; their
/// number is what the first of two passes counts.
static Lowered lowerNonZero(onnx::NonZeroOp op,
                            onnx::NonZeroOp::Adaptor operands, Emitter &e) {
  Value x = operands.getX();
  SmallVector<Value> sizes = e.sizes(x);
  int64_t rank = sizes.size();
  if (rank == 0)
    return e.refuse("its operand is a scalar");
  AffineMap identity = e.getMultiDimIdentityMap(rank);
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::reduction);
  Value total = e.generic({{x, identity}},
                          {{e.full({}, e.index(0)),
                            AffineMap::get(rank, 0, e.getContext())}},
                          iterators,
                          [&](ValueRange args) {
                            Value next = e.add(args[1], e.index(1));
                            return SmallVector<Value>{
                                e.select(isNonZero(e, args[0]), next, args[1])};
                          })
                    .front();
  SmallVector<Value> resultSizes = {e.index(rank), e.element(total, {})};
  Value init = e.empty(resultSizes, e.getI64Type());
  SmallVector<Value> zeros(rank, e.index(0)), ones(rank, e.index(1));
  scf::LoopNest nest = scf::buildLoopNest(
      e, e.getLoc(), zeros, sizes, ones, ValueRange{init, e.index(0)},
      [&](OpBuilder &, Location, ValueRange loops, ValueRange carried) {
        Value found = isNonZero(e, e.element(x, loops));
        auto branch = scf::IfOp::create(e, carried.getTypes(), found,
                                        /*withElseRegion=*/true);
        e.setInsertionPointToStart(branch.thenBlock());
        Value written = carried[0];
        for (auto [dim, loop] : llvm::enumerate(loops))
          written = tensor::InsertOp::create(
              e, e.fromIndex(loop, e.getI64Type()), written,
              ValueRange{e.index(dim), carried[1]});
        scf::YieldOp::create(
            e, ValueRange{written, e.add(carried[1], e.index(1))});
        e.setInsertionPointToStart(branch.elseBlock());
        scf::YieldOp::create(e, carried);
        e.setInsertionPointAfter(branch);
        return scf::ValueVector(branch.getResults());
      });
  return e.withSizes(nest.results.front(), resultSizes);
}

/// Positions of the elements of a vector of booleans that are true.
static Value findTrue(Emitter &e, Value condition) {
  Value size = e.size(condition, 0), zero = e.index(0), one = e.index(1);
  condition = e.refine(condition);
  auto loop = scf::ForOp::create(
      e, zero, size, one, ValueRange{e.empty({size}, e.getIndexType()), zero});
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(loop.getBody());
  Value at = loop.getInductionVar(), count = loop.getRegionIterArgs()[1];
  // What is written for a false element is overwritten, or beyond the end.
  Value written =
      tensor::InsertOp::create(e, at, loop.getRegionIterArgs()[0], count);
  Value next = e.select(e.element(condition, at), e.add(count, one), count);
  scf::YieldOp::create(e, ValueRange{written, next});
  e.setInsertionPointAfter(loop);
  Value all = e.withSizes(loop.getResult(0), {size});
  return e.slice(all, {zero}, loop.getResult(1));
}

static Lowered lowerCompress(onnx::CompressOp op,
                             onnx::CompressOp::Adaptor operands, Emitter &e) {
  Value input = operands.getInput(), condition = operands.getCondition();
  if (getRank(condition) != 1)
    return e.refuse("its condition is not a vector");
  SmallVector<Value> sizes = e.sizes(input);
  int64_t axis = 0;
  if (op.getAxis()) {
    axis = normalizeAxis(*op.getAxis(), sizes.size());
    if (axis < 0 || axis >= int64_t(sizes.size()))
      return e.refuse("its axis is out of range");
  } else {
    input = e.reshape(input, {e.product(sizes)});
    sizes = e.sizes(input);
  }
  Value size = sizes[axis], length = e.size(condition, 0);
  e.reportIf(e.less(size, length), kReportBadShape, length, size);
  Value positions =
      findTrue(e, e.slice(condition, {e.index(0)}, e.min(length, size)));
  sizes[axis] = e.size(positions, 0);
  int64_t rank = sizes.size();
  return e.map(
      sizes, getElementType(input),
      {{positions,
        AffineMap::get(rank, 0, {e.getAffineDimExpr(axis)}, e.getContext())}},
      [&](ValueRange args) {
        SmallVector<Value> position;
        for (int64_t dim = 0; dim < rank; ++dim)
          position.push_back(dim == axis
                                 ? args[0]
                                 : linalg::IndexOp::create(e, dim).getResult());
        return e.element(input, position);
      });
}

void sopt::populateIndexingLowerings(LoweringSet &set) {
  addLowering<onnx::CompressOp>(set, lowerCompress);
  addLowering<onnx::GatherElementsOp>(set, lowerGatherElements);
  addLowering<onnx::GatherNDOp>(set, lowerGatherND);
  addLowering<onnx::GatherOp>(set, lowerGather);
  addLowering<onnx::NonZeroOp>(set, lowerNonZero);
  addLowering<onnx::ScatterElementsOp>(set, lowerScatterElements);
  addLowering<onnx::ScatterNDOp>(set, lowerScatterND);
}
