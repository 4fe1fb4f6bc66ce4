//===- OnnxToSopt.cpp - Whole operations to the sopt dialect --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "sparse-opt/Analysis/ShapeListener.h"
#include "sparse-opt/Conversion/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_CONVERTONNXTOSOPT
#include "sparse-opt/Conversion/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

namespace {
struct ConvertOnnxToSopt
    : sopt::impl::ConvertOnnxToSoptBase<ConvertOnnxToSopt> {
  void runOnOperation() override {
    auto &shapes = getAnalysis<ShapeAnalysis>();
    RewritePatternSet patterns(&getContext());
    populateLinearConversion(patterns, shapes);
    populateLayerNormConversion(patterns, shapes);
    ShapeListener listener(shapes);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns),
                                     getGraphRewriteConfig(listener))))
      getOperation()->emitWarning("some layers may not have been converted");
  }
};
} // namespace
