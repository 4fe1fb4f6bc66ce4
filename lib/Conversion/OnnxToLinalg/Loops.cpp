//===- Loops.cpp - linalg.generic: maps, broadcasts and reductions --------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace sopt;

SmallVector<Value>
Emitter::generic(ArrayRef<Access> inputs, ArrayRef<Access> outputs,
                 ArrayRef<utils::IteratorType> iterators,
                 function_ref<SmallVector<Value>(ValueRange)> body) {
  SmallVector<Value> ins, outs;
  SmallVector<AffineMap> maps;
  for (const Access &input : inputs) {
    ins.push_back(refine(input.tensor));
    maps.push_back(input.map);
  }
  for (const Access &output : outputs) {
    outs.push_back(output.tensor);
    maps.push_back(output.map);
  }
  auto op = linalg::GenericOp::create(
      *this, TypeRange(ValueRange(outs)), ins, outs, maps, iterators,
      [&](OpBuilder &, Location, ValueRange args) {
        linalg::YieldOp::create(*this, body(args));
      });
  for (auto [result, output] : llvm::zip_equal(op.getResults(), outputs))
    withSizes(result, sizes(output.tensor));
  return llvm::to_vector_of<Value>(op.getResults());
}

Value Emitter::map(ArrayRef<Value> tensorSizes, Type elementType,
                   ArrayRef<Access> inputs,
                   function_ref<Value(ValueRange)> body) {
  int64_t rank = tensorSizes.size();
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  return generic(
             inputs,
             {{empty(tensorSizes, elementType), getMultiDimIdentityMap(rank)}},
             iterators,
             [&](ValueRange args) {
               return SmallVector<Value>{body(args.drop_back())};
             })
      .front();
}

Value Emitter::generate(ArrayRef<Value> tensorSizes, Type elementType,
                        function_ref<Value(ValueRange)> body) {
  return map(tensorSizes, elementType, {}, [&](ValueRange) {
    SmallVector<Value> indices;
    for (size_t dim = 0; dim < tensorSizes.size(); ++dim)
      indices.push_back(linalg::IndexOp::create(*this, dim));
    return body(indices);
  });
}

Value Emitter::convertElements(Value tensor, Type type) {
  if (getElementType(tensor) == type)
    return tensor;
  return map(sizes(tensor), type,
             {{tensor, getMultiDimIdentityMap(getRank(tensor))}},
             [&](ValueRange args) { return changePrecision(args[0], type); });
}

Value Emitter::widen(Value tensor) {
  Type type = getElementType(tensor);
  bool isSmall = isa<FloatType>(type) && type.getIntOrFloatBitWidth() < 32;
  return isSmall ? convertElements(tensor, getF32Type()) : tensor;
}

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

/// The size of the broadcast of dimensions of sizes `a` and `b`, at run time
/// where it must be. Sizes that do not fit give the smaller one, so that no
/// access leaves its tensor.
static FailureOr<Value> broadcastSize(Emitter &e, Value a, Value b) {
  std::optional<int64_t> constantA = getConstantSize(a);
  std::optional<int64_t> constantB = getConstantSize(b);
  if (constantA == 1 || isSameSize(a, b))
    return b;
  if (constantB == 1)
    return a;
  if (constantA && constantB)
    return failure();
  // A size that is neither 1 nor unknown is what the other must become.
  if (constantA)
    return a;
  if (constantB)
    return b;
  Value one = e.index(1);
  return e.select(e.equal(a, one), b,
                  e.select(e.equal(b, one), a, e.min(a, b)));
}

FailureOr<SmallVector<Value>>
Emitter::broadcastSizes(ArrayRef<SmallVector<Value>> operands) {
  size_t rank = 0;
  for (ArrayRef<Value> operand : operands)
    rank = std::max(rank, operand.size());
  SmallVector<Value> result(rank, index(1));
  for (ArrayRef<Value> operand : operands) {
    auto tail = MutableArrayRef<Value>(result).take_back(operand.size());
    for (auto [known, size] : llvm::zip_equal(tail, operand)) {
      FailureOr<Value> both = broadcastSize(*this, known, size);
      if (failed(both))
        return failure();
      known = *both;
    }
  }
  return result;
}

namespace {
/// How one operand of a broadcast is read in loops over the result.
struct BroadcastRead {
  Value tensor;
  /// Each dimension is a loop or the constant 0.
  AffineMap map;
  /// Where a dimension may be 1 at run time: for each of the tensor's
  /// dimensions the factor, 0 or 1, of its loop. Empty if the map says it all.
  SmallVector<Value> steps;
};
} // namespace

static BroadcastRead planRead(Emitter &e, Value tensor,
                              ArrayRef<Value> resultSizes) {
  BroadcastRead read{tensor, {}, {}};
  SmallVector<Value> own = e.sizes(tensor);
  size_t firstLoop = resultSizes.size() - own.size();
  SmallVector<AffineExpr> exprs;
  SmallVector<Value> steps;
  bool isAffine = true;
  for (auto [dim, size] : llvm::enumerate(own)) {
    size_t loop = firstLoop + dim;
    Value resultSize = resultSizes[loop];
    exprs.push_back(e.getAffineDimExpr(loop));
    steps.push_back(e.index(1));
    if (isSameSize(size, resultSize))
      continue;
    if (getConstantSize(size) == 1) {
      exprs.back() = e.getAffineConstantExpr(0);
      steps.back() = e.index(0);
      continue;
    }
    isAffine = false;
    Value same = e.equal(size, resultSize);
    Value fits = e.either(same, e.equal(size, e.index(1)));
    e.reportIf(e.negate(fits), kReportBadShape, size, resultSize);
    steps.back() = e.select(same, e.index(1), e.index(0));
  }
  read.map = AffineMap::get(resultSizes.size(), 0, exprs, e.getContext());
  if (!isAffine)
    read.steps = steps;
  return read;
}

FailureOr<Value> Emitter::elementwise(ValueRange tensors, Type elementType,
                                      function_ref<Value(ValueRange)> body) {
  FailureOr<SmallVector<Value>> resultSizes = broadcastSizes(
      llvm::map_to_vector(tensors, [&](Value t) { return sizes(t); }));
  if (failed(resultSizes))
    return failure();
  SmallVector<BroadcastRead> reads;
  SmallVector<Access> inputs;
  for (Value tensor : tensors) {
    reads.push_back(planRead(*this, tensor, *resultSizes));
    if (reads.back().steps.empty())
      inputs.push_back({tensor, reads.back().map});
  }
  return map(*resultSizes, elementType, inputs, [&](ValueRange args) {
    SmallVector<Value> operands;
    auto next = args.begin();
    for (BroadcastRead &read : reads) {
      if (read.steps.empty()) {
        operands.push_back(*next++);
        continue;
      }
      SmallVector<Value> indices;
      size_t firstLoop = resultSizes->size() - read.steps.size();
      for (auto [dim, step] : llvm::enumerate(read.steps))
        indices.push_back(
            mul(linalg::IndexOp::create(*this, firstLoop + dim), step));
      operands.push_back(element(read.tensor, indices));
    }
    return body(operands);
  });
}

Value Emitter::broadcastTo(Value tensor, ArrayRef<Value> resultSizes) {
  BroadcastRead read = planRead(*this, tensor, resultSizes);
  Type type = getElementType(tensor);
  if (read.steps.empty()) {
    if (read.map.isIdentity())
      return tensor;
    return map(resultSizes, type, {{tensor, read.map}},
               [](ValueRange args) { return args[0]; });
  }
  size_t firstLoop = resultSizes.size() - read.steps.size();
  return generate(resultSizes, type, [&](ValueRange loops) {
    SmallVector<Value> indices;
    for (auto [loop, step] :
         llvm::zip_equal(loops.drop_front(firstLoop), read.steps))
      indices.push_back(mul(loop, step));
    return element(tensor, indices);
  });
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

Value Emitter::reduce(Value tensor, ArrayRef<int64_t> axes, bool keepDims,
                      Reduction reduction) {
  SmallVector<Value> own = sizes(tensor), kept;
  SmallVector<AffineExpr> keptDims;
  SmallVector<utils::IteratorType> iterators;
  for (auto [dim, size] : llvm::enumerate(own)) {
    bool reduced = llvm::is_contained(axes, int64_t(dim));
    iterators.push_back(reduced ? utils::IteratorType::reduction
                                : utils::IteratorType::parallel);
    if (!reduced)
      keptDims.push_back(getAffineDimExpr(dim));
    if (!reduced)
      kept.push_back(size);
    else if (keepDims)
      kept.push_back(index(1));
  }
  // Size-1 dimensions come back by a reshape: an affine 0 in the output map
  // would hide from other passes that this is a reduction.
  SmallVector<Value> inner;
  for (auto [dim, size] : llvm::enumerate(own))
    if (!llvm::is_contained(axes, int64_t(dim)))
      inner.push_back(size);
  Value result =
      generic({{tensor, getMultiDimIdentityMap(own.size())}},
              {{full(inner, reduction.init),
                AffineMap::get(own.size(), 0, keptDims, getContext())}},
              iterators,
              [&](ValueRange args) {
                return SmallVector<Value>{reduction.body(args[0], args[1])};
              })
          .front();
  return keepDims ? reshape(result, kept) : result;
}
