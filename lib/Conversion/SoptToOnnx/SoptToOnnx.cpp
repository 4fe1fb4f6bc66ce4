//===- SoptToOnnx.cpp - Spell sopt operations in ONNX's operators ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "sparse-opt/Conversion/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_CONVERTSOPTTOONNX
#include "sparse-opt/Conversion/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

namespace {
struct ConvertSoptToOnnx
    : sopt::impl::ConvertSoptToOnnxBase<ConvertSoptToOnnx> {
  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    populateLayerToOnnxPatterns(set);
    populateAttentionToOnnxPatterns(set);
    populatePolyToOnnxPatterns(set);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    walkAndApplyPatterns(getOperation(), patterns);
  }

private:
  FrozenRewritePatternSet patterns;
};
} // namespace
