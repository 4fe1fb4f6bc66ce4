//===- Recurrence.cpp - What recurrent operators share
//---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Recurrence.h"
#include "Lowering.h"
#include "Quantization.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sopt;

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// Matrix `which` of a stack of matrices, transposed.
static Value getTransposed(Emitter &e, Value stack, int64_t which) {
  return e.transpose(e.part(stack, which), {1, 0});
}

/// Part `which` of a stack of vectors, as rows of `hidden` elements; null if
/// there is none.
static Value getRows(Emitter &e, Value stack, int64_t which, int64_t hidden) {
  if (!stack)
    return nullptr;
  Value vector = e.part(stack, which);
  int64_t length = *getConstantSize(e.size(vector, 0));
  return e.reshape(vector, {e.index(length / hidden), e.index(hidden)});
}

/// x · weights, with x quantised by the range of all its elements.
static Value multiplyQuantized(Emitter &e, Value x,
                               const QuantizedGates &gates) {
  DynamicRange range = findRange(e, x);
  Type f32 = e.getF32Type();
  FailureOr<Value> centred = centreAsFloats(
      e, quantize(e, x, range), e.fromScalars({range.zero}, {}, e.getI8Type()),
      /*isUnsigned=*/true);
  assert(succeeded(centred) && "one number broadcasts");
  Value product = multiplyExactly(e, *centred, gates.weights);
  FailureOr<Value> result =
      e.elementwise({product, gates.scale}, f32, [&](ValueRange args) {
        Value scale = e.make<arith::MulFOp>(range.scale, args[1]);
        return e.make<arith::MulFOp>(e.convert(args[0], f32, false, false),
                                     scale);
      });
  assert(succeeded(result) && "scales fit");
  return *result;
}

Value sopt::multiplyGates(Emitter &e, Value x, const GateWeights &weights) {
  if (weights.quantized)
    return multiplyQuantized(e, x, *weights.quantized);
  FailureOr<Value> product = makeMatrixProduct(e, x, weights.floats);
  assert(succeeded(product) && "a matrix has no leading dimensions");
  return *product;
}

//===----------------------------------------------------------------------===//
// The loop over time
//===----------------------------------------------------------------------===//

/// `value` where a sequence still lasts at `time`, else `other`.
static Value maskStep(Emitter &e, const Recurrence &r, Value time, Value value,
                      Value other) {
  if (!r.lengths)
    return value;
  AffineMap identity = e.getMultiDimIdentityMap(2);
  AffineMap row = AffineMap::get(2, 0, {e.getAffineDimExpr(0)}, e.getContext());
  return e.map({r.batch, e.index(r.hidden)}, r.type,
               {{value, identity}, {other, identity}, {r.lengths, row}},
               [&](ValueRange args) {
                 return e.select(e.less(time, e.toIndex(args[2])), args[0],
                                 args[1]);
               });
}

/// Part `which` of a stack of states.
static Value getState(Emitter &e, const Recurrence &r, Value stack,
                      int64_t which) {
  Value hidden = e.index(r.hidden);
  Value part = e.slice(stack, {e.index(which), e.index(0), e.index(0)},
                       SmallVector<Value>{e.index(1), r.batch, hidden});
  return e.reshape(part, {r.batch, hidden});
}

/// Writes `state` (batch × hidden) into `all`, whose last two dimensions are
/// these, at `outer` in the others.
static Value putState(Emitter &e, const Recurrence &r, Value state, Value all,
                      ArrayRef<Value> outer) {
  if (getConstantSize(r.batch) == 0)
    return all;
  SmallVector<OpFoldResult> offsets = getAsOpFoldResult(outer);
  SmallVector<OpFoldResult> sizes(outer.size(), e.getIndexAttr(1));
  offsets.append(2, e.getIndexAttr(0));
  sizes.push_back(getAsOpFoldResult(r.batch));
  sizes.push_back(e.getIndexAttr(r.hidden));
  SmallVector<OpFoldResult> steps(sizes.size(), e.getIndexAttr(1));
  SmallVector<Value> known = e.sizes(all);
  Value result = tensor::InsertSliceOp::create(e, e.refine(state), all, offsets,
                                               sizes, steps);
  return e.withSizes(result, known);
}

/// Runs direction `which`: writes its h at every step into `outputs` (steps ×
/// directions × batch × hidden) and returns its last states.
static SmallVector<Value> runDirection(Emitter &e, const Recurrence &r,
                                       int64_t which, StepFunction function,
                                       Value &outputs) {
  Value hidden = e.index(r.hidden), zero = e.index(0), one = e.index(1);
  auto getWeights = [&](Value stack, ArrayRef<QuantizedGates> quantized) {
    return stack ? GateWeights{getTransposed(e, stack, which)}
                 : GateWeights{Value(), &quantized[which]};
  };
  Value input = multiplyGates(e, r.x, getWeights(r.w, r.quantizedW));
  size_t perDirection = r.activations.size() / r.numDirections;
  Step step{r,
            Value(),
            getWeights(r.r, r.quantizedR),
            getRows(e, r.b, which, r.hidden),
            getRows(e, r.peepholes, which, r.hidden),
            ArrayRef(r.activations).slice(which * perDirection, perDirection)};
  SmallVector<Value> carried;
  for (Value stack : r.initial)
    carried.push_back(getState(e, r, stack, which));
  carried.push_back(outputs);
  Value zeros = e.full({r.batch, hidden}, e.constant(r.type, 0));

  bool isReverse = r.direction == "reverse" || which == 1;
  SmallVector<Value> outputSizes = e.sizes(outputs);
  auto loop = scf::ForOp::create(e, zero, r.steps, one, carried);
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(loop.getBody());
  Value time = loop.getInductionVar();
  if (isReverse)
    time = e.sub(e.sub(r.steps, one), time);
  Value gates =
      e.slice(input, {time, zero, zero},
              SmallVector<Value>{one, r.batch, e.index(r.numGates * r.hidden)});
  step.input = e.reshape(gates, {r.batch, e.index(r.numGates), hidden});
  SmallVector<Value> before(loop.getRegionIterArgs().drop_back());
  for (Value state : before)
    e.withSizes(state, {r.batch, hidden});
  Value all = e.withSizes(loop.getRegionIterArgs().back(), outputSizes);
  SmallVector<Value> after = function(e, step, before);
  Value shown = maskStep(e, r, time, after.front(), zeros);
  for (auto [next, old] : llvm::zip_equal(after, before))
    next = maskStep(e, r, time, next, old);
  after.push_back(putState(e, r, shown, all, {time, e.index(which)}));
  scf::YieldOp::create(e, after);

  SmallVector<Value> last(loop.getResults().drop_back());
  for (Value state : last)
    e.withSizes(state, {r.batch, hidden});
  outputs = e.withSizes(loop.getResults().back(), outputSizes);
  return last;
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

LogicalResult sopt::normalizeRecurrence(Emitter &e, Recurrence &r) {
  Type type = getElementType(r.x);
  r.type = isa<FloatType>(type) && type.getIntOrFloatBitWidth() < 32
               ? Type(e.getF32Type())
               : type;
  r.numDirections = r.direction == "bidirectional" ? 2 : 1;
  auto hasRank = [&](Value tensor, int64_t rank) {
    return !tensor || getRank(tensor) == rank;
  };
  if (!isa<FloatType>(type) || !hasRank(r.x, 3) || !hasRank(r.w, 3) ||
      !hasRank(r.r, 3))
    return e.refuse("its operands are not floats of rank 3");
  if (r.r) {
    std::optional<int64_t> hidden = getConstantSize(e.size(r.r, 2));
    if (!hidden || *hidden < 1)
      return e.refuse("its hidden size is not constant, or is 0");
    r.hidden = *hidden;
  }
  if (r.isBatchFirst)
    r.x = e.transpose(r.x, {1, 0, 2});
  SmallVector<Value> sizes = e.sizes(r.x);
  r.steps = sizes[0];
  r.batch = sizes[1];

  Value directions = e.index(r.numDirections), size = e.index(r.hidden);
  Value rows = e.index(r.numGates * r.hidden);
  auto take = [&](Value tensor, ArrayRef<Value> wanted) {
    return e.widen(e.fit(tensor, wanted));
  };
  if (!hasRank(r.b, 2) || !hasRank(r.lengths, 1) || !hasRank(r.peepholes, 2) ||
      !llvm::all_of(r.initial, [&](Value v) { return hasRank(v, 3); }))
    return e.refuse("a bias, length or state has another rank than it must");
  r.x = e.widen(r.x);
  if (r.w)
    r.w = take(r.w, {directions, rows, sizes[2]});
  if (r.r)
    r.r = take(r.r, {directions, rows, size});
  if (r.b)
    r.b = take(r.b, {directions, e.index(2 * r.numGates * r.hidden)});
  if (r.peepholes)
    r.peepholes = take(r.peepholes, {directions, e.index(3 * r.hidden)});
  if (r.lengths)
    r.lengths = e.fit(r.lengths, {r.batch});
  for (Value &state : r.initial) {
    if (!state) {
      state = e.full({directions, r.batch, size}, e.constant(r.type, 0));
      continue;
    }
    if (r.isBatchFirst)
      state = e.transpose(state, {1, 0, 2});
    state = take(state, {directions, r.batch, size});
  }
  return success();
}

SmallVector<Value> sopt::runRecurrence(Emitter &e, const Recurrence &r,
                                       StepFunction function) {
  Value directions = e.index(r.numDirections), size = e.index(r.hidden);
  SmallVector<Value> results = {
      e.empty({r.steps, directions, r.batch, size}, r.type)};
  for (size_t i = 0; i < r.initial.size(); ++i)
    results.push_back(e.empty({directions, r.batch, size}, r.type));
  for (int64_t which = 0; which < r.numDirections; ++which) {
    SmallVector<Value> last = runDirection(e, r, which, function, results[0]);
    for (auto [i, state] : llvm::enumerate(last))
      results[i + 1] = putState(e, r, state, results[i + 1], {e.index(which)});
  }
  if (r.isBatchFirst) {
    results[0] = e.transpose(results[0], {2, 0, 1, 3});
    for (Value &state : MutableArrayRef<Value>(results).drop_front())
      state = e.transpose(state, {1, 0, 2});
  }
  return results;
}

SmallVector<Value> sopt::selectResults(Emitter &e, ArrayRef<Value> results,
                                       ArrayRef<Value> asked, Type type) {
  SmallVector<Value> selected;
  for (auto [result, wanted] : llvm::zip_equal(results, asked))
    if (wanted)
      selected.push_back(e.convertElements(result, type));
  return selected;
}
