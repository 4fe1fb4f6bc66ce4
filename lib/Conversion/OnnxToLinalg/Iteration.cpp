//===- Iteration.cpp - Loop and Scan as loops of scf ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A loop that only its count ends and in which nothing grows is an scf.for, any
// other an scf.while. Both carry ONNX's loop-carried values, then a stack for
// each scan output, to which every iteration adds a slice (see SliceStack.h).
//
// The op is converted before its body is. So the loop is made around the old
// body, and the onnx.Yield in there becomes the loop's own when its operands
// have been converted; LoweringState::loops tells it how.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "SliceStack.h"
#include "dialects/ONNX/IR/Condition.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sopt;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// The tensor type of all `types`: static where they agree. Null unless they
/// agree in rank and element type.
static RankedTensorType joinTypes(ArrayRef<Type> types) {
  auto joined = dyn_cast_or_null<RankedTensorType>(types.front());
  if (!joined)
    return nullptr;
  SmallVector<int64_t> shape(joined.getShape());
  for (Type type : types.drop_front()) {
    auto other = dyn_cast_or_null<RankedTensorType>(type);
    if (!other || other.getRank() != joined.getRank() ||
        other.getElementType() != joined.getElementType())
      return nullptr;
    for (auto [size, otherSize] : llvm::zip_equal(shape, other.getShape()))
      if (size != otherSize)
        size = ShapedType::kDynamic;
  }
  return RankedTensorType::get(shape, joined.getElementType());
}

//===----------------------------------------------------------------------===//
// The loop around a body
//===----------------------------------------------------------------------===//

namespace {
/// A loop to be made of an op with a body.
struct LoopRequest {
  Operation *op;
  Region &body;
  /// What is carried into the first iteration.
  SmallVector<Value> initial;
  /// How many iterations there are at most.
  Value count;
  /// Whether the first takes place, and the body decides on the next; null for
  /// a loop that only `count` ends.
  Value condition;
  /// Operands of the body's onnx.Yield before those that are carried.
  unsigned firstCarried;
  /// The arguments of the body before (or, of a Scan, after) those carried.
  function_ref<SmallVector<Value>(Emitter &, Value iteration, Value condition)>
      makeLeading, makeTrailing;
};

/// What comes out of a loop: the carried values, and the stacks of slices.
struct LoopResults {
  SmallVector<Value> carried, stacks;
};
} // namespace

/// Types of the values and stacks that the loop carries; failure if those that
/// enter an iteration and those that leave it do not fit.
static FailureOr<SmallVector<RankedTensorType>>
getCarriedTypes(Emitter &e, const LoopRequest &request,
                const TypeConverter &converter, unsigned numLeading) {
  Block &body = request.body.front();
  ValueRange yielded = body.getTerminator()->getOperands();
  yielded = yielded.drop_front(request.firstCarried);
  SmallVector<RankedTensorType> types;
  for (auto [i, initial] : llvm::enumerate(request.initial)) {
    types.push_back(joinTypes(
        {initial.getType(),
         converter.convertType(body.getArgument(numLeading + i).getType()),
         converter.convertType(yielded[i].getType()),
         converter.convertType(request.op->getResult(i).getType())}));
    if (!types.back())
      return e.refuse("a value that it carries changes its rank or type");
  }
  for (Value slice : yielded.drop_front(request.initial.size())) {
    auto type = dyn_cast_or_null<RankedTensorType>(
        converter.convertType(slice.getType()));
    if (!type)
      return e.refuse("the rank of a scan output is not known");
    types.push_back(getStackType(type));
  }
  return types;
}

/// Moves the body into `block`, at whose end the loop's arguments `iteration`,
/// `condition` and `carried` are known.
static LogicalResult moveBody(Emitter &e, const LoopRequest &request,
                              Block *block, Value iteration, Value condition,
                              ValueRange carried,
                              const TypeConverter &converter,
                              ConversionPatternRewriter &rewriter) {
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToEnd(block);
  SmallVector<Value> arguments = request.makeLeading(e, iteration, condition);
  llvm::append_range(arguments, carried);
  llvm::append_range(arguments, request.makeTrailing(e, iteration, condition));
  Block &body = request.body.front();
  for (auto [value, argument] :
       llvm::zip_equal(arguments, body.getArguments())) {
    auto type = dyn_cast_or_null<RankedTensorType>(
        converter.convertType(argument.getType()));
    FailureOr<Value> conforming =
        type ? conform(e, value, type) : FailureOr<Value>(failure());
    if (failed(conforming))
      return e.refuse("an argument of its body has another type");
    value = *conforming;
  }
  rewriter.inlineBlockBefore(&body, block, block->end(), arguments);
  return success();
}

static FailureOr<Operation *> makeFor(Emitter &e, const LoopRequest &request,
                                      ArrayRef<Value> carried,
                                      const TypeConverter &converter,
                                      ConversionPatternRewriter &rewriter) {
  auto loop =
      scf::ForOp::create(e, e.index(0), request.count, e.index(1), carried);
  auto values =
      ValueRange(loop.getRegionIterArgs()).take_front(request.initial.size());
  if (failed(moveBody(e, request, loop.getBody(), loop.getInductionVar(),
                      Value(), values, converter, rewriter)))
    return failure();
  return loop.getOperation();
}

static FailureOr<Operation *> makeWhile(Emitter &e, const LoopRequest &request,
                                        ArrayRef<Value> carried,
                                        const TypeConverter &converter,
                                        ConversionPatternRewriter &rewriter) {
  SmallVector<Value> initial = {e.index(0), request.condition};
  llvm::append_range(initial, carried);
  SmallVector<Type> types(ValueRange(initial).getTypes());
  SmallVector<Location> locations(types.size(), e.getLoc());
  auto loop = scf::WhileOp::create(e, types, initial);
  OpBuilder::InsertionGuard guard(e);
  Block *before = e.createBlock(&loop.getBefore(), {}, types, locations);
  Value isLeft = e.less(before->getArgument(0), request.count);
  scf::ConditionOp::create(e, e.both(isLeft, before->getArgument(1)),
                           before->getArguments());
  Block *after = e.createBlock(&loop.getAfter(), {}, types, locations);
  auto values =
      after->getArguments().drop_front(2).take_front(request.initial.size());
  if (failed(moveBody(e, request, after, after->getArgument(0),
                      after->getArgument(1), values, converter, rewriter)))
    return failure();
  return loop.getOperation();
}

/// Whether iterations may leave other sizes than the types of what enters the
/// first one say.
static bool mayGrow(const LoopRequest &request,
                    ArrayRef<RankedTensorType> types) {
  auto carried = types.take_front(request.initial.size());
  auto stacks = types.drop_front(request.initial.size());
  return !llvm::equal(ValueRange(request.initial).getTypes(), carried) ||
         !llvm::all_of(stacks, hasStaticSlices);
}

static FailureOr<LoopResults> makeLoop(Emitter &e, LoopRequest request,
                                       unsigned numLeading,
                                       const TypeConverter &converter,
                                       ConversionPatternRewriter &rewriter) {
  FailureOr<SmallVector<RankedTensorType>> types =
      getCarriedTypes(e, request, converter, numLeading);
  if (failed(types))
    return failure();
  // An scf.for whose result has one use is canonicalised to carry the type that
  // enters it, whatever it grows to; scf.while is left alone.
  if (!request.condition && mayGrow(request, *types))
    request.condition = e.constantInt(e.getI1Type(), 1);
  size_t numCarried = request.initial.size();
  SmallVector<Value> carried;
  for (auto [value, type] : llvm::zip(request.initial, *types))
    carried.push_back(value.getType() == type
                          ? value
                          : tensor::CastOp::create(e, type, value).getResult());
  for (auto [type, result] :
       llvm::zip_equal(ArrayRef(*types).drop_front(numCarried),
                       request.op->getResults().drop_front(numCarried)))
    carried.push_back(makeStack(e, type,
                                cast<RankedTensorType>(result.getType()),
                                request.count, !request.condition));

  FailureOr<Operation *> loop =
      request.condition ? makeWhile(e, request, carried, converter, rewriter)
                        : makeFor(e, request, carried, converter, rewriter);
  if (failed(loop))
    return failure();
  e.getState().loops[*loop] = {request.firstCarried, unsigned(numCarried)};

  ValueRange results = (*loop)->getResults();
  Value count = request.count;
  if (request.condition) {
    count = results.front();
    results = results.drop_front(2);
  }
  LoopResults found{SmallVector<Value>(results.take_front(numCarried)), {}};
  for (Value stack : results.drop_front(numCarried)) {
    SmallVector<Value> sizes = e.sizes(stack);
    if (!request.condition && hasStaticSlices(getTensorType(stack))) {
      sizes.front() = count;
      found.stacks.push_back(e.withSizes(stack, sizes));
      continue;
    }
    // It may have grown beyond what it holds.
    sizes.front() = count;
    SmallVector<Value> offsets(sizes.size(), e.index(0));
    found.stacks.push_back(e.slice(stack, offsets, sizes));
  }
  return found;
}

//===----------------------------------------------------------------------===//
// The end of an iteration
//===----------------------------------------------------------------------===//

namespace {
/// onnx.Yield in an scf.for or scf.while → scf.yield of the next iteration's
/// arguments
struct LoopYieldLowering : OpConversionPattern<onnx::YieldOp> {
  LoopYieldLowering(const LoweringSet &set)
      : OpConversionPattern(set.converter, set.patterns.getContext()),
        state(set.state) {}

  LogicalResult
  matchAndRewrite(onnx::YieldOp op, OpAdaptor operands,
                  ConversionPatternRewriter &rewriter) const override {
    Operation *loop = op->getParentOp();
    auto plan = state.loops.find(loop);
    if (plan == state.loops.end())
      return failure();
    state.sizes.begin();
    Emitter e(op, rewriter, state);
    Block *block = op->getBlock();
    bool isCounted = isa<scf::ForOp>(loop);
    Value iteration = block->getArgument(0);
    ValueRange carried = block->getArguments().drop_front(isCounted ? 1 : 2);
    SmallVector<Value> given = stripCasts(operands.getOutputs());

    SmallVector<Value> next;
    if (!isCounted) {
      next.push_back(e.add(iteration, e.index(1)));
      // A Scan says nothing of its next iteration.
      next.push_back(plan->second.firstCarried
                         ? e.single(given.front())
                         : e.constantInt(e.getI1Type(), 1));
    }
    given.erase(given.begin(), given.begin() + plan->second.firstCarried);
    for (auto [i, value, old] : llvm::enumerate(given, carried)) {
      RankedTensorType type = getTensorType(old);
      if (i >= plan->second.numCarried)
        value = pushSlice(e, value, old, iteration,
                          isCounted && hasStaticSlices(type));
      FailureOr<Value> fitted = fitTo(e, value, type);
      if (failed(fitted)) {
        state.sizes.abort();
        return failure();
      }
      next.push_back(*fitted);
    }
    rewriter.replaceOpWithNewOp<scf::YieldOp>(op, next);
    return success();
  }

private:
  LoweringState &state;
};
} // namespace

//===----------------------------------------------------------------------===//
// Loop
//===----------------------------------------------------------------------===//

/// Whether `condition`, computed in `body`, is true whenever the iteration took
/// place: the constant, or the body's own argument handed on.
static bool isAlwaysTrue(Value condition, Block *body) {
  while (auto identity = condition.getDefiningOp<onnx::IdentityOp>())
    condition = identity.getInput();
  return (body && condition == body->getArgument(1)) ||
         onnx::getConstantCondition(condition) == true;
}

namespace {
/// An operator with a body, lowered by `lower`; the sizes that a failure has
/// noted are forgotten.
template <typename Op> struct IterationLowering : OpConversionPattern<Op> {
  using OpAdaptor = typename Op::Adaptor;

  IterationLowering(const LoweringSet &set)
      : OpConversionPattern<Op>(set.converter, set.patterns.getContext()),
        state(set.state) {}

  LogicalResult
  matchAndRewrite(Op op, OpAdaptor operands,
                  ConversionPatternRewriter &rewriter) const override {
    Emitter e(op, rewriter, state);
    state.sizes.begin();
    if (failed(lower(op, operands, rewriter, e))) {
      state.sizes.abort();
      return failure();
    }
    return success();
  }

private:
  virtual LogicalResult lower(Op op, OpAdaptor operands,
                              ConversionPatternRewriter &rewriter,
                              Emitter &e) const = 0;

  LoweringState &state;
};

struct LoopLowering : IterationLowering<onnx::LoopOp> {
  using IterationLowering::IterationLowering;

private:
  LogicalResult lower(onnx::LoopOp op, OpAdaptor operands,
                      ConversionPatternRewriter &rewriter,
                      Emitter &e) const override {
    if (!op.getBody().hasOneBlock() || failed(checkTypes(e, op)))
      return e.refuse("it works on sequences, or a rank is not known");
    Block &body = op.getBody().front();
    auto yield = dyn_cast<onnx::YieldOp>(body.getTerminator());
    size_t numCarried = operands.getVInitial().size();
    if (!yield || yield.getNumOperands() != op.getNumResults() + 1 ||
        op.getNumResults() < numCarried ||
        body.getNumArguments() != numCarried + 2)
      return e.refuse("its body takes or gives another number of values");
    bool isCounted = (!op.getCond() || isAlwaysTrue(op.getCond(), nullptr)) &&
                     isAlwaysTrue(yield.getOperand(0), &body);
    Value most = e.index(std::numeric_limits<int64_t>::max());
    Value count = operands.getM() ? e.toIndex(e.single(operands.getM())) : most;
    Value always = e.constantInt(e.getI1Type(), 1);
    auto makeLeading = [](Emitter &e, Value iteration, Value condition) {
      Type i1 = e.getI1Type(), i64 = e.getI64Type();
      if (!condition)
        condition = e.constantInt(i1, 1);
      return SmallVector<Value>{
          e.fromScalars({e.fromIndex(iteration, i64)}, {}, i64),
          e.fromScalars({condition}, {}, i1)};
    };
    auto makeTrailing = [](Emitter &, Value, Value) {
      return SmallVector<Value>();
    };
    LoopRequest request{op,
                        op.getBody(),
                        SmallVector<Value>(operands.getVInitial()),
                        e.max(count, e.index(0)),
                        isCounted      ? Value()
                        : op.getCond() ? e.single(operands.getCond())
                                       : always,
                        /*firstCarried=*/1,
                        makeLeading,
                        makeTrailing};
    FailureOr<LoopResults> results =
        makeLoop(e, request, /*numLeading=*/2, *getTypeConverter(), rewriter);
    if (failed(results))
      return failure();
    llvm::append_range(results->carried, results->stacks);
    return replace(e, op, Lowered(results->carried), *getTypeConverter(),
                   rewriter);
  }
};

//===----------------------------------------------------------------------===//
// Scan
//===----------------------------------------------------------------------===//

/// Axes and directions of a Scan's inputs or outputs.
struct ScanOrder {
  SmallVector<int64_t> axes;
  SmallVector<bool> isReverse;
};

struct ScanLowering : IterationLowering<onnx::ScanOp> {
  using IterationLowering::IterationLowering;

private:
  LogicalResult lower(onnx::ScanOp op, OpAdaptor operands,
                      ConversionPatternRewriter &rewriter,
                      Emitter &e) const override;
};
} // namespace

/// The order for tensors of `ranks`; failure if an axis is out of range.
static FailureOr<ScanOrder>
readOrder(std::optional<ArrayRef<int64_t>> axes,
          std::optional<ArrayRef<int64_t>> directions,
          ArrayRef<int64_t> ranks) {
  ScanOrder order{SmallVector<int64_t>(ranks.size(), 0),
                  SmallVector<bool>(ranks.size(), false)};
  if (axes && axes->size() == ranks.size())
    order.axes.assign(axes->begin(), axes->end());
  if (directions && directions->size() == ranks.size())
    for (auto [i, direction] : llvm::enumerate(*directions))
      order.isReverse[i] = direction != 0;
  for (auto [axis, rank] : llvm::zip_equal(order.axes, ranks)) {
    axis = normalizeAxis(axis, rank);
    if (axis < 0 || axis >= rank)
      return failure();
  }
  return order;
}

/// Slice `position` of `tensor` along `axis`, without that dimension.
static Value takeSlice(Emitter &e, Value tensor, int64_t axis, Value position) {
  SmallVector<Value> sizes = e.sizes(tensor);
  SmallVector<Value> offsets(sizes.size(), e.index(0)), kept(sizes);
  offsets[axis] = position;
  sizes[axis] = e.index(1);
  kept.erase(kept.begin() + axis);
  return e.reshape(e.slice(tensor, offsets, sizes), kept);
}

/// `stack` with its first dimension reversed and moved to `axis`.
static Value orderStack(Emitter &e, Value stack, int64_t axis, bool isReverse) {
  SmallVector<Value> sizes = e.sizes(stack);
  if (isReverse)
    stack = e.generate(sizes, getElementType(stack), [&](ValueRange loops) {
      SmallVector<Value> position(loops);
      position[0] = e.sub(e.sub(sizes[0], e.index(1)), loops[0]);
      return e.element(stack, position);
    });
  if (axis == 0)
    return stack;
  SmallVector<int64_t> perm;
  for (int64_t dim = 1, rank = sizes.size(); dim < rank; ++dim)
    perm.push_back(dim);
  perm.insert(perm.begin() + axis, 0);
  return e.transpose(stack, perm);
}

LogicalResult ScanLowering::lower(onnx::ScanOp op, OpAdaptor operands,
                                  ConversionPatternRewriter &rewriter,
                                  Emitter &e) const {
  if (!op.getBody().hasOneBlock() || failed(checkTypes(e, op)))
    return e.refuse("it works on sequences, or a rank is not known");
  SmallVector<Value> values =
      stripCasts(operands.getInitialStateAndScanInputs());
  Block &body = op.getBody().front();
  int64_t numInputs = op.getNumScanInputs();
  int64_t numCarried = int64_t(values.size()) - numInputs;
  int64_t numStacks = int64_t(op.getNumResults()) - numCarried;
  if (numInputs < 1 || numCarried < 0 || numStacks < 0 ||
      body.getNumArguments() != values.size() ||
      body.getTerminator()->getNumOperands() != op.getNumResults())
    return e.refuse("its body takes or gives another number of values");
  ArrayRef<Value> inputs = ArrayRef<Value>(values).drop_front(numCarried);
  FailureOr<ScanOrder> inputOrder =
      readOrder(op.getScanInputAxes(), op.getScanInputDirections(),
                llvm::map_to_vector(inputs, getRank));
  FailureOr<ScanOrder> outputOrder = readOrder(
      op.getScanOutputAxes(), op.getScanOutputDirections(),
      llvm::map_to_vector(op.getResults().drop_front(numCarried), getRank));
  if (failed(inputOrder) || failed(outputOrder))
    return e.refuse("an axis is out of range");

  Value count = e.size(inputs.front(), inputOrder->axes.front());
  SmallVector<Value> sequences;
  for (auto [input, axis] : llvm::zip_equal(inputs, inputOrder->axes)) {
    SmallVector<Value> sizes = e.sizes(input);
    sizes[axis] = count;
    sequences.push_back(e.fit(input, sizes));
  }
  auto makeLeading = [](Emitter &, Value, Value) {
    return SmallVector<Value>();
  };
  auto makeTrailing = [&](Emitter &e, Value iteration, Value) {
    SmallVector<Value> slices;
    for (auto [input, axis, isReverse] :
         llvm::zip_equal(sequences, inputOrder->axes, inputOrder->isReverse)) {
      Value position =
          isReverse ? e.sub(e.sub(count, e.index(1)), iteration) : iteration;
      slices.push_back(takeSlice(e, input, axis, position));
    }
    return slices;
  };
  LoopRequest request{
      op,
      op.getBody(),
      SmallVector<Value>(ArrayRef<Value>(values).take_front(numCarried)),
      count,
      /*condition=*/Value(),
      /*firstCarried=*/0,
      makeLeading,
      makeTrailing};
  FailureOr<LoopResults> results =
      makeLoop(e, request, /*numLeading=*/0, *getTypeConverter(), rewriter);
  if (failed(results))
    return failure();
  for (auto [stack, axis, isReverse] : llvm::zip_equal(
           results->stacks, outputOrder->axes, outputOrder->isReverse))
    results->carried.push_back(orderStack(e, stack, axis, isReverse));
  return replace(e, op, Lowered(results->carried), *getTypeConverter(),
                 rewriter);
}

void sopt::populateIterationLowerings(LoweringSet &set) {
  set.patterns.add<LoopLowering, LoopYieldLowering, ScanLowering>(set);
}
