//===- SimplifyShapes.cpp - Remove exporters' shape arithmetic ------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "sparse-opt/Analysis/ShapeListener.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_SIMPLIFYONNXSHAPES
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

/// Writes the sizes that `analysis` knows into the type of `value`.
static void refineType(ShapeAnalysis &analysis, Value value) {
  auto type = dyn_cast<TensorType>(value.getType());
  const SymbolicShape *shape = analysis.getShape(value);
  if (!type || !shape)
    return;
  SmallVector<int64_t> sizes;
  for (const DimExpr &dim : *shape) {
    std::optional<int64_t> size = dim.getConstant();
    // A negative size is a model's mistake; its type keeps saying nothing.
    sizes.push_back(size && *size >= 0 ? *size : ShapedType::kDynamic);
  }
  value.setType(RankedTensorType::get(sizes, type.getElementType()));
}

/// Refines the types of all results in the body of `function` and its own. The
/// subgraphs of If and Loop keep theirs: their types meet at the yields.
static void refineTypes(ShapeAnalysis &analysis, func::FuncOp function) {
  if (function.isExternal() || !function.getBody().hasOneBlock())
    return;
  Block &body = function.getBody().front();
  for (Operation &op : body)
    if (isa<onnx::ONNXDialect>(op.getDialect()) && op.getNumRegions() == 0 &&
        !op.hasTrait<OpTrait::ConstantLike>())
      for (Value result : op.getResults())
        refineType(analysis, result);
  function.setType(FunctionType::get(function.getContext(),
                                     function.getArgumentTypes(),
                                     body.getTerminator()->getOperandTypes()));
}

namespace {
struct SimplifyONNXShapes
    : sopt::impl::SimplifyONNXShapesBase<SimplifyONNXShapes> {
  void runOnOperation() override {
    auto &analysis = getAnalysis<ShapeAnalysis>();
    getOperation()->walk(
        [&](func::FuncOp function) { refineTypes(analysis, function); });

    RewritePatternSet patterns(&getContext());
    populateNoOpPatterns(patterns, analysis);
    populateReshapePatterns(patterns, analysis);
    populateExpandPatterns(patterns, analysis);
    populateSizePatterns(patterns, analysis);

    ShapeListener listener(analysis);
    // Every pattern makes the graph smaller or plainer, so a limit on the
    // iterations would only be met by a mistake.
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns),
                                     getGraphRewriteConfig(listener))))
      getOperation()->emitWarning("shapes are not as simple as they could be");
  }
};
} // namespace
