//===- Precision.h - How precise a model is to be ------------- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_PIPELINES_PRECISION_H
#define SPARSE_OPT_PIPELINES_PRECISION_H

#include "mlir/IR/BuiltinOps.h"
#include "sparse-opt/Pipelines/CPU.h"
#include "sparse-opt/Schedule/PrecisionChoice.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

namespace sopt {

/// What --precision says.
struct PrecisionOptions {
  LayerPrecision precision = LayerPrecision::F32;
  std::string calibration; ///< A .npz file, as --prune-search's; or empty.
  /// Inputs of layers in int8 are rounded in ranges that the calibration fixes,
  /// not each row in its own.
  bool hasFixedRanges = false;

  /// From "int8", "int8:c.npz" or "int8-static:c.npz". Fails on what is
  /// unknown.
  static llvm::Expected<PrecisionOptions> parse(llvm::StringRef text);
};

/// How near the outputs in fewer bits are to those in fp32.
struct PrecisionReport {
  size_t items = 0; ///< Of the calibration.
  /// Of the angle between an output and itself in fp32, the mean over items;
  /// that of the output that is furthest away.
  double cosine = 1;
  size_t smoothed = 0; ///< Layers in int8 whose inputs are smoothed.
  size_t raised = 0; ///< Layers that got more bits than their weights ask for.

  /// A line.
  void print(llvm::raw_ostream &os) const;
};

/// Gives the layers of a raised module a precision by running the model on this
/// machine, in fp32 and in fewer bits. Inputs of layers in int8 are smoothed
/// where that makes these lose less. Where the outputs are too far away, the
/// layers whose own outputs move most on the calibration inputs get bf16, an
/// eighth of them, then a quarter and so on, until the cosine is 0.995 or none
/// is left in int8. The module is prepared for, and layers get a schedule
/// and precision, as `cpu` says; `progress` is told each step. Fails if the
/// calibration does not fit the model.
llvm::Expected<PrecisionReport>
choosePrecisions(mlir::ModuleOp module, const PrecisionOptions &options,
                 const CPUPipelineOptions &cpu,
                 llvm::function_ref<void(const llvm::Twine &)> progress);

} // namespace sopt

#endif // SPARSE_OPT_PIPELINES_PRECISION_H
