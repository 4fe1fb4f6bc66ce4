//===- Recurrence.h - What recurrent operators share ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the input contributes to the gates is one product for all steps; a loop
// over time then adds what the state contributes, one product per step.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_RECURRENCE_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_RECURRENCE_H

#include "ExactProducts.h"
#include "RecurrentActivation.h"

namespace sopt {

/// Weights of small integers, by which floats are multiplied after they have
/// been quantised by their own range.
struct QuantizedGates {
  /// K × (gates · hidden).
  WholeWeights weights;
  /// One number, or one per column.
  mlir::Value scale;
};

/// What the gates of one direction multiply an input or a state by.
struct GateWeights {
  /// K × (gates · hidden) floats; null if they are quantised.
  mlir::Value floats;
  const QuantizedGates *quantized = nullptr;
};

/// What the operators have in common. Tensors are null where they are absent.
struct Recurrence {
  mlir::Value x, b, lengths;
  /// Directions × (gates · hidden) × K; null if they are quantised.
  mlir::Value w, r;
  /// Then, of each direction.
  llvm::SmallVector<QuantizedGates> quantizedW, quantizedR;
  /// What goes from step to step: h, and c of an LSTM. Directions × batch ×
  /// hidden once `normalizeRecurrence` has seen to it.
  llvm::SmallVector<mlir::Value> initial;
  /// Of an LSTM's peepholes.
  mlir::Value peepholes;
  llvm::SmallVector<RecurrentActivation> activations;
  llvm::StringRef direction;
  std::optional<double> clip;
  bool isBatchFirst = false;
  int64_t numGates, numDirections, hidden;
  mlir::Value steps, batch;
  /// The type in which it is computed.
  mlir::Type type;
};

/// One direction of a recurrence, as a step sees it. Gates are batch × gate ×
/// hidden. Biases are rows of hidden elements: one per gate for what the input
/// contributes, then one per gate for what the state does.
struct Step {
  const Recurrence &recurrence;
  /// What the input contributes.
  mlir::Value input;
  /// Of the state.
  GateWeights weights;
  mlir::Value biases, peepholes;
  llvm::ArrayRef<RecurrentActivation> activations;
};

/// The next states from the present ones.
using StepFunction = llvm::SmallVector<mlir::Value> (*)(
    Emitter &e, const Step &step, llvm::ArrayRef<mlir::Value> states);

// The functions of the operators; two of them have a variant.
llvm::SmallVector<mlir::Value> stepRNN(Emitter &e, const Step &step,
                                       llvm::ArrayRef<mlir::Value> states);
llvm::SmallVector<mlir::Value> stepLSTM(Emitter &e, const Step &step,
                                        llvm::ArrayRef<mlir::Value> states);
llvm::SmallVector<mlir::Value>
stepCoupledLSTM(Emitter &e, const Step &step,
                llvm::ArrayRef<mlir::Value> states);
llvm::SmallVector<mlir::Value> stepGRU(Emitter &e, const Step &step,
                                       llvm::ArrayRef<mlir::Value> states);
llvm::SmallVector<mlir::Value>
stepResetFirstGRU(Emitter &e, const Step &step,
                  llvm::ArrayRef<mlir::Value> states);

/// x · weights, where `x` is at least a matrix.
mlir::Value multiplyGates(Emitter &e, mlir::Value x,
                          const GateWeights &weights);

/// Checks shapes and brings tensors to one order of dimensions and one type.
/// `hidden` must be known if the weights are quantised.
mlir::LogicalResult normalizeRecurrence(Emitter &e, Recurrence &r);

/// Runs all directions. Returns Y, then the last states, as ONNX lays them out.
llvm::SmallVector<mlir::Value> runRecurrence(Emitter &e, const Recurrence &r,
                                             StepFunction function);

/// The results of an operator that somebody asked for, in its types.
llvm::SmallVector<mlir::Value>
selectResults(Emitter &e, llvm::ArrayRef<mlir::Value> results,
              llvm::ArrayRef<mlir::Value> asked, mlir::Type type);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_RECURRENCE_H
