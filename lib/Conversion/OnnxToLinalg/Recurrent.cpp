//===- Recurrent.cpp - LSTM, GRU and RNN ----------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the input contributes to the gates is one product for all steps; a loop
// over time then adds what the state contributes, one product per step. The
// three operators differ in how many gates they have and in what a step makes
// of them, which is a function each.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "RecurrentActivation.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sopt;

namespace {
/// What the operators have in common. Tensors are null where they are absent.
struct Recurrence {
  Value x, w, r, b, lengths;
  /// What goes from step to step: h, and c of an LSTM. Directions × batch ×
  /// hidden once `normalize` has seen to it.
  SmallVector<Value> initial;
  /// Of an LSTM's peepholes.
  Value peepholes;
  SmallVector<RecurrentActivation> activations;
  StringRef direction;
  std::optional<double> clip;
  bool isBatchFirst;
  int64_t numGates, numDirections, hidden;
  Value steps, batch;
  /// The type in which it is computed.
  Type type;
};

/// One direction of a recurrence, as a step sees it. Gates are batch × gate ×
/// hidden. Biases are rows of hidden elements: one per gate for what the input
/// contributes, then one per gate for what the state does.
struct Step {
  const Recurrence &recurrence;
  /// What the input contributes.
  Value input;
  /// Hidden × (gates · hidden).
  Value weights;
  Value biases, peepholes;
  ArrayRef<RecurrentActivation> activations;
};

/// The next states from the present ones.
using StepFunction = SmallVector<Value> (*)(Emitter &e, const Step &step,
                                            ArrayRef<Value> states);
} // namespace

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

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

namespace {
/// One linalg.generic over batch × hidden: collects what it reads, then runs.
class CellLoop {
public:
  CellLoop(Emitter &e, const Step &step) : e(e), step(step) {}

  /// Reads a state, batch × hidden. Like all of these, gives the number of the
  /// body's argument.
  unsigned readState(Value tensor) { return read(tensor, {batch(), hidden()}); }
  /// Reads one gate of a tensor of gates.
  unsigned readGate(Value tensor, int64_t gate) {
    return read(tensor, {batch(), e.getAffineConstantExpr(gate), hidden()});
  }
  /// Reads one row of biases or peepholes; nothing if they are absent.
  std::optional<unsigned> readRow(Value tensor, int64_t row) {
    if (!tensor)
      return std::nullopt;
    return read(tensor, {e.getAffineConstantExpr(row), hidden()});
  }
  std::optional<unsigned> readInputBias(int64_t gate) {
    return readRow(step.biases, gate);
  }
  std::optional<unsigned> readStateBias(int64_t gate) {
    return readRow(step.biases, step.recurrence.numGates + gate);
  }

  SmallVector<Value>
  run(unsigned numResults,
      function_ref<SmallVector<Value>(ValueRange args)> body) {
    const Recurrence &r = step.recurrence;
    SmallVector<Emitter::Access> outputs;
    for (unsigned i = 0; i < numResults; ++i)
      outputs.push_back({e.empty({r.batch, e.index(r.hidden)}, r.type),
                         e.getMultiDimIdentityMap(2)});
    return e.generic(
        inputs, outputs,
        SmallVector<utils::IteratorType>(2, utils::IteratorType::parallel),
        body);
  }

  /// `activation` of a gate's `value`, which is limited before if the operator
  /// says so. (A cell's is not, in onnxruntime, and so not here.)
  Value activate(unsigned activation, Value value, bool isGate = true) {
    if (isGate && step.recurrence.clip) {
      Value limit = e.constant(value.getType(), *step.recurrence.clip);
      value = e.make<arith::MinimumFOp>(value, limit);
      value = e.make<arith::MaximumFOp>(value, e.make<arith::NegFOp>(limit));
    }
    return applyActivation(e, step.activations[activation], value);
  }

  Value add(Value a, Value b) { return e.make<arith::AddFOp>(a, b); }
  Value mul(Value a, Value b) { return e.make<arith::MulFOp>(a, b); }
  /// `sum` and the argument `term`, if there is one, perhaps times `factor`.
  Value addRow(Value sum, ValueRange args, std::optional<unsigned> term,
               Value factor = Value()) {
    if (!term)
      return sum;
    return add(sum, factor ? mul(args[*term], factor) : args[*term]);
  }

private:
  AffineExpr batch() { return e.getAffineDimExpr(0); }
  AffineExpr hidden() { return e.getAffineDimExpr(1); }
  unsigned read(Value tensor, ArrayRef<AffineExpr> exprs) {
    inputs.push_back({tensor, AffineMap::get(2, 0, exprs, e.getContext())});
    return inputs.size() - 1;
  }

  Emitter &e;
  const Step &step;
  SmallVector<Emitter::Access> inputs;
};
} // namespace

/// What `state` contributes to the gates of which `weights` holds the columns.
static Value multiplyState(Emitter &e, const Step &step, Value state,
                           Value weights, int64_t numGates) {
  FailureOr<Value> product = makeMatrixProduct(e, state, weights);
  assert(succeeded(product) && "matrices have no leading dimensions");
  const Recurrence &r = step.recurrence;
  return e.reshape(*product, {r.batch, e.index(numGates), e.index(r.hidden)});
}

// h' = f(x·Wᵀ + h·Rᵀ + b)
static SmallVector<Value> stepRNN(Emitter &e, const Step &step,
                                  ArrayRef<Value> states) {
  Value state = multiplyState(e, step, states[0], step.weights, 1);
  CellLoop loop(e, step);
  unsigned fromInput = loop.readGate(step.input, 0);
  unsigned fromState = loop.readGate(state, 0);
  auto inputBias = loop.readInputBias(0);
  auto stateBias = loop.readStateBias(0);
  return loop.run(1, [&](ValueRange args) {
    Value sum = loop.add(args[fromInput], args[fromState]);
    sum = loop.addRow(loop.addRow(sum, args, inputBias), args, stateBias);
    return SmallVector<Value>{loop.activate(0, sum)};
  });
}

// i, o, f = f(x·Wᵀ + h·Rᵀ + b + p·c); c' = f·c + i·g(…); h' = o·h(c')
static SmallVector<Value> stepLSTM(Emitter &e, const Step &step,
                                   ArrayRef<Value> states, bool isCoupled) {
  enum Gate { Input, Output, Forget, Cell };
  Value state = multiplyState(e, step, states[0], step.weights, 4);
  CellLoop loop(e, step);
  unsigned previous = loop.readState(states[1]);
  SmallVector<unsigned> fromInput, fromState;
  SmallVector<std::optional<unsigned>> inputBias, stateBias, peephole;
  for (int64_t gate : {Input, Output, Forget, Cell}) {
    fromInput.push_back(loop.readGate(step.input, gate));
    fromState.push_back(loop.readGate(state, gate));
    inputBias.push_back(loop.readInputBias(gate));
    stateBias.push_back(loop.readStateBias(gate));
    peephole.push_back(gate == Cell ? std::nullopt
                                    : loop.readRow(step.peepholes, gate));
  }
  return loop.run(2, [&](ValueRange args) {
    auto getGate = [&](Gate gate, Value cell) {
      Value sum = loop.add(args[fromInput[gate]], args[fromState[gate]]);
      sum = loop.addRow(loop.addRow(sum, args, inputBias[gate]), args,
                        stateBias[gate]);
      return loop.activate(gate == Cell ? 1 : 0,
                           loop.addRow(sum, args, peephole[gate], cell));
    };
    Value old = args[previous];
    Value input = getGate(Input, old);
    Value forget =
        isCoupled ? e.make<arith::SubFOp>(e.constant(input.getType(), 1), input)
                  : getGate(Forget, old);
    Value cell =
        loop.add(loop.mul(forget, old), loop.mul(input, getGate(Cell, old)));
    Value output = getGate(Output, cell);
    return SmallVector<Value>{
        loop.mul(output, loop.activate(2, cell, /*isGate=*/false)), cell};
  });
}

static SmallVector<Value> stepPlainLSTM(Emitter &e, const Step &step,
                                        ArrayRef<Value> states) {
  return stepLSTM(e, step, states, /*isCoupled=*/false);
}

static SmallVector<Value> stepCoupledLSTM(Emitter &e, const Step &step,
                                          ArrayRef<Value> states) {
  return stepLSTM(e, step, states, /*isCoupled=*/true);
}

namespace {
/// The gates of a GRU, in ONNX's order.
enum GRUGate { Update, Reset, Candidate };
} // namespace

/// Reads the terms x·Wᵀ + h·Rᵀ + b of a gate, of which `state` holds h·Rᵀ as
/// its gate `stateGate`.
static SmallVector<unsigned> readTerms(CellLoop &loop, const Step &step,
                                       Value state, int64_t stateGate,
                                       GRUGate gate) {
  SmallVector<unsigned> terms = {loop.readGate(step.input, gate),
                                 loop.readGate(state, stateGate)};
  for (auto bias : {loop.readInputBias(gate), loop.readStateBias(gate)})
    if (bias)
      terms.push_back(*bias);
  return terms;
}

static Value sumUp(CellLoop &loop, ValueRange args, ArrayRef<unsigned> terms) {
  Value sum = args[terms.front()];
  for (unsigned term : terms.drop_front())
    sum = loop.add(sum, args[term]);
  return sum;
}

// z, r = f(x·Wᵀ + h·Rᵀ + b); h' = (1 - z)·g(x·Wᵀ + r·(h·Rᵀ + b) + b) + z·h
static SmallVector<Value> stepGRU(Emitter &e, const Step &step,
                                  ArrayRef<Value> states) {
  Value state = multiplyState(e, step, states[0], step.weights, 3);
  CellLoop loop(e, step);
  unsigned previous = loop.readState(states[0]);
  SmallVector<unsigned> update = readTerms(loop, step, state, Update, Update);
  SmallVector<unsigned> reset = readTerms(loop, step, state, Reset, Reset);
  unsigned fromInput = loop.readGate(step.input, Candidate);
  unsigned fromState = loop.readGate(state, Candidate);
  auto inputBias = loop.readInputBias(Candidate);
  auto stateBias = loop.readStateBias(Candidate);
  return loop.run(1, [&](ValueRange args) {
    Value z = loop.activate(0, sumUp(loop, args, update));
    Value r = loop.activate(0, sumUp(loop, args, reset));
    Value past = loop.mul(r, loop.addRow(args[fromState], args, stateBias));
    Value sum = loop.addRow(loop.add(args[fromInput], past), args, inputBias);
    Value candidate = loop.activate(1, sum);
    Value share = e.make<arith::SubFOp>(e.constant(z.getType(), 1), z);
    return SmallVector<Value>{
        loop.add(loop.mul(share, candidate), loop.mul(z, args[previous]))};
  });
}

// The same, but for h' = (1 - z)·g(x·Wᵀ + (r·h)·Rᵀ + b) + z·h: two products.
static SmallVector<Value> stepResetFirstGRU(Emitter &e, const Step &step,
                                            ArrayRef<Value> states) {
  const Recurrence &rec = step.recurrence;
  auto columns = [&](int64_t first, int64_t count) {
    return e.slice(
        step.weights, {e.index(0), e.index(first * rec.hidden)},
        SmallVector<Value>{e.index(rec.hidden), e.index(count * rec.hidden)});
  };
  Value state = multiplyState(e, step, states[0], columns(Update, 2), 2);
  CellLoop gates(e, step);
  unsigned previous = gates.readState(states[0]);
  SmallVector<unsigned> update = readTerms(gates, step, state, Update, Update);
  SmallVector<unsigned> reset = readTerms(gates, step, state, Reset, Reset);
  SmallVector<Value> found = gates.run(2, [&](ValueRange args) {
    Value r = gates.activate(0, sumUp(gates, args, reset));
    return SmallVector<Value>{gates.activate(0, sumUp(gates, args, update)),
                              gates.mul(r, args[previous])};
  });

  Value past = multiplyState(e, step, found[1], columns(Candidate, 1), 1);
  CellLoop loop(e, step);
  unsigned old = loop.readState(states[0]), share = loop.readState(found[0]);
  SmallVector<unsigned> candidate = readTerms(loop, step, past, 0, Candidate);
  return loop.run(1, [&](ValueRange args) {
    Value z = args[share];
    Value rest = e.make<arith::SubFOp>(e.constant(z.getType(), 1), z);
    Value made = loop.activate(1, sumUp(loop, args, candidate));
    return SmallVector<Value>{
        loop.add(loop.mul(rest, made), loop.mul(z, args[old]))};
  });
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
  FailureOr<Value> input =
      makeMatrixProduct(e, r.x, getTransposed(e, r.w, which));
  assert(succeeded(input) && "a matrix has no leading dimensions");
  size_t perDirection = r.activations.size() / r.numDirections;
  Step step{r,
            Value(),
            getTransposed(e, r.r, which),
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
      e.slice(*input, {time, zero, zero},
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
// Operators
//===----------------------------------------------------------------------===//

/// Checks shapes and brings tensors to one order of dimensions and one type.
static LogicalResult normalize(Emitter &e, Recurrence &r) {
  Type type = getElementType(r.x);
  r.type = isa<FloatType>(type) && type.getIntOrFloatBitWidth() < 32
               ? Type(e.getF32Type())
               : type;
  r.numDirections = r.direction == "bidirectional" ? 2 : 1;
  if (!isa<FloatType>(type) || getRank(r.x) != 3 || getRank(r.w) != 3 ||
      getRank(r.r) != 3)
    return e.refuse("its operands are not floats of rank 3");
  std::optional<int64_t> hidden = getConstantSize(e.size(r.r, 2));
  if (!hidden || *hidden < 1)
    return e.refuse("its hidden size is not constant, or is 0");
  r.hidden = *hidden;
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
  auto hasRank = [&](Value tensor, int64_t rank) {
    return !tensor || getRank(tensor) == rank;
  };
  if (!hasRank(r.b, 2) || !hasRank(r.lengths, 1) || !hasRank(r.peepholes, 2) ||
      !llvm::all_of(r.initial, [&](Value v) { return hasRank(v, 3); }))
    return e.refuse("a bias, length or state has another rank than it must");
  r.x = e.widen(r.x);
  r.w = take(r.w, {directions, rows, sizes[2]});
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

/// Runs all directions. Returns Y, then the last states, as ONNX lays them out.
static SmallVector<Value> runRecurrence(Emitter &e, const Recurrence &r,
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

/// What all three operators say alike.
template <typename OpT>
static FailureOr<Recurrence>
readRecurrence(OpT op, typename OpT::Adaptor operands, int64_t numGates,
               ArrayRef<StringRef> activations, Emitter &e) {
  Recurrence r;
  r.x = operands.getX();
  r.w = operands.getW();
  r.r = operands.getR();
  r.b = operands.getB();
  r.lengths = operands.getSequenceLens();
  r.initial = {operands.getInitialH()};
  r.numGates = numGates;
  r.direction = op.getDirection();
  r.isBatchFirst = op.getLayout();
  if (op.getClip())
    r.clip = op.getClip()->convertToDouble();
  if (r.direction != "forward" && r.direction != "reverse" &&
      r.direction != "bidirectional")
    return e.refuse("direction '" + r.direction + "' is not known");
  FailureOr<SmallVector<RecurrentActivation>> given = readActivations(
      e, op.getActivations(), op.getActivationAlpha(), op.getActivationBeta(),
      activations, r.direction == "bidirectional" ? 2 : 1);
  if (failed(given))
    return failure();
  r.activations = *given;
  return r;
}

/// The results of `op` that somebody asked for, in its types.
static SmallVector<Value> selectResults(Emitter &e, ArrayRef<Value> results,
                                        ArrayRef<Value> asked, Type type) {
  SmallVector<Value> selected;
  for (auto [result, wanted] : llvm::zip_equal(results, asked))
    if (wanted)
      selected.push_back(e.convertElements(result, type));
  return selected;
}

static Lowered lowerRNN(onnx::RNNOp op, onnx::RNNOp::Adaptor operands,
                        Emitter &e) {
  FailureOr<Recurrence> r = readRecurrence(op, operands, 1, {"Tanh"}, e);
  if (failed(r) || failed(normalize(e, *r)))
    return failure();
  return selectResults(e, runRecurrence(e, *r, stepRNN),
                       {op.getY(), op.getYH()},
                       getElementType(operands.getX()));
}

static Lowered lowerGRU(onnx::GRUOp op, onnx::GRUOp::Adaptor operands,
                        Emitter &e) {
  FailureOr<Recurrence> r =
      readRecurrence(op, operands, 3, {"Sigmoid", "Tanh"}, e);
  if (failed(r) || failed(normalize(e, *r)))
    return failure();
  StepFunction step = op.getLinearBeforeReset() ? stepGRU : stepResetFirstGRU;
  return selectResults(e, runRecurrence(e, *r, step), {op.getY(), op.getYH()},
                       getElementType(operands.getX()));
}

static Lowered lowerLSTM(onnx::LSTMOp op, onnx::LSTMOp::Adaptor operands,
                         Emitter &e) {
  FailureOr<Recurrence> r =
      readRecurrence(op, operands, 4, {"Sigmoid", "Tanh", "Tanh"}, e);
  if (failed(r))
    return failure();
  r->initial.push_back(operands.getInitialC());
  r->peepholes = operands.getP();
  if (failed(normalize(e, *r)))
    return failure();
  StepFunction step = op.getInputForget() ? stepCoupledLSTM : stepPlainLSTM;
  return selectResults(e, runRecurrence(e, *r, step),
                       {op.getY(), op.getYH(), op.getYC()},
                       getElementType(operands.getX()));
}

void sopt::populateRecurrentLowerings(LoweringSet &set) {
  addLowering<onnx::GRUOp>(set, lowerGRU);
  addLowering<onnx::LSTMOp>(set, lowerLSTM);
  addLowering<onnx::RNNOp>(set, lowerRNN);
}
