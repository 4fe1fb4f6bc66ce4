//===- Recurrent.cpp - LSTM, GRU and RNN
//-----------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The three operators differ in how many gates they have and in what a step
// makes of them, which is a function each.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "Recurrence.h"

using namespace mlir;
using namespace sopt;

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

static Lowered lowerRNN(onnx::RNNOp op, onnx::RNNOp::Adaptor operands,
                        Emitter &e) {
  FailureOr<Recurrence> r = readRecurrence(op, operands, 1, {"Tanh"}, e);
  if (failed(r) || failed(normalizeRecurrence(e, *r)))
    return failure();
  return selectResults(e, runRecurrence(e, *r, stepRNN),
                       {op.getY(), op.getYH()},
                       getElementType(operands.getX()));
}

static Lowered lowerGRU(onnx::GRUOp op, onnx::GRUOp::Adaptor operands,
                        Emitter &e) {
  FailureOr<Recurrence> r =
      readRecurrence(op, operands, 3, {"Sigmoid", "Tanh"}, e);
  if (failed(r) || failed(normalizeRecurrence(e, *r)))
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
  if (failed(normalizeRecurrence(e, *r)))
    return failure();
  StepFunction step = op.getInputForget() ? stepCoupledLSTM : stepLSTM;
  return selectResults(e, runRecurrence(e, *r, step),
                       {op.getY(), op.getYH(), op.getYC()},
                       getElementType(operands.getX()));
}

void sopt::populateRecurrentLowerings(LoweringSet &set) {
  addLowering<onnx::GRUOp>(set, lowerGRU);
  addLowering<onnx::LSTMOp>(set, lowerLSTM);
  addLowering<onnx::RNNOp>(set, lowerRNN);
}
