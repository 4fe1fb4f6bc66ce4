//===- Raise.cpp - From an imported graph to whole operations -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Pipelines/Raise.h"
#include "mlir/Pass/PassRegistry.h"
#include "sparse-opt/Conversion/Passes.h"
#include "sparse-opt/Transforms/Passes.h"

using namespace mlir;
using namespace sopt;

/// Sizes that become constants fold further: a scale is 1/sqrt of one.
static void simplify(OpPassManager &passes) {
  passes.addPass(createFoldConstants());
  passes.addPass(createSimplifyONNXShapes());
  passes.addPass(createFoldConstants());
  passes.addPass(createMergeEqual());
}

void sopt::buildRaisePipeline(OpPassManager &passes,
                              const RaisePipelineOptions &options) {
  simplify(passes);
  passes.addPass(createRaiseONNX({options.report}));
  simplify(passes);
  passes.addPass(createConvertOnnxToSopt());
  // A weight that was given transposed is one to convert once it is folded.
  passes.addPass(createFoldConstants());
  passes.addPass(createConvertOnnxToSopt());
  passes.addPass(createMergeEqual());
}

void sopt::registerRaisePipeline() {
  PassPipelineRegistration<RaisePipelineOptions>(
      "sopt-raise",
      "Fold constants and shapes, raise chains of operators to whole ones",
      buildRaisePipeline);
}
