//===- RecurrentSteps.cpp - Steps of LSTM, GRU and RNN
//---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Recurrence.h"

using namespace mlir;
using namespace sopt;

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
                           const GateWeights &weights, int64_t numGates) {
  const Recurrence &r = step.recurrence;
  return e.reshape(multiplyGates(e, state, weights),
                   {r.batch, e.index(numGates), e.index(r.hidden)});
}

// h' = f(x·Wᵀ + h·Rᵀ + b)
SmallVector<Value> sopt::stepRNN(Emitter &e, const Step &step,
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
static SmallVector<Value> stepAnyLSTM(Emitter &e, const Step &step,
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

SmallVector<Value> sopt::stepLSTM(Emitter &e, const Step &step,
                                  ArrayRef<Value> states) {
  return stepAnyLSTM(e, step, states, /*isCoupled=*/false);
}

SmallVector<Value> sopt::stepCoupledLSTM(Emitter &e, const Step &step,
                                         ArrayRef<Value> states) {
  return stepAnyLSTM(e, step, states, /*isCoupled=*/true);
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
SmallVector<Value> sopt::stepGRU(Emitter &e, const Step &step,
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
SmallVector<Value> sopt::stepResetFirstGRU(Emitter &e, const Step &step,
                                           ArrayRef<Value> states) {
  const Recurrence &rec = step.recurrence;
  auto columns = [&](int64_t first, int64_t count) {
    return GateWeights{e.slice(
        step.weights.floats, {e.index(0), e.index(first * rec.hidden)},
        SmallVector<Value>{e.index(rec.hidden), e.index(count * rec.hidden)})};
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
