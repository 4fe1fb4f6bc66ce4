//===- Raise.h - From an imported graph to whole operations -----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_PIPELINES_RAISE_H
#define SPARSE_OPT_PIPELINES_RAISE_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace sopt {

/// Options of the pipeline `sopt-raise`.
struct RaisePipelineOptions : mlir::PassPipelineOptions<RaisePipelineOptions> {
  Option<bool> report{
      *this, "report",
      llvm::cl::desc(
          "Print what was raised and each near miss with its reason"),
      llvm::cl::init(false)};
};

/// Folds constants and shapes of a freshly imported module, then raises chains
/// of small operators to whole ones of the onnx and sopt dialects.
void buildRaisePipeline(mlir::OpPassManager &passes,
                        const RaisePipelineOptions &options = {});

/// Registers `sopt-raise`.
void registerRaisePipeline();

} // namespace sopt

#endif // SPARSE_OPT_PIPELINES_RAISE_H
