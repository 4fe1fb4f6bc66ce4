//===- PrintShapes.cpp - Remark what is known of shapes -------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "sparse-opt/Analysis/ShapeAnalysis.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/Support/raw_ostream.h"

namespace sopt {
#define GEN_PASS_DEF_PRINTONNXSHAPES
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

static void print(raw_ostream &os, ShapeAnalysis &analysis, Value value) {
  const SymbolicShape *shape = analysis.getShape(value);
  if (!shape) {
    os << "unknown";
    return;
  }
  analysis.print(os, *shape);
  const SymbolicContents *contents = analysis.getContents(value);
  if (!contents)
    return;
  os << " = (";
  llvm::interleaveComma(*contents, os, [&](const std::optional<DimExpr> &e) {
    if (e)
      analysis.print(os, *e);
    else
      os << '?';
  });
  os << ')';
}

namespace {
struct PrintONNXShapes : sopt::impl::PrintONNXShapesBase<PrintONNXShapes> {
  void runOnOperation() override {
    auto &analysis = getAnalysis<ShapeAnalysis>();
    getOperation()->walk([&](Operation *op) {
      if (!isa_and_nonnull<onnx::ONNXDialect, SoptDialect>(op->getDialect()) ||
          op->getNumResults() == 0 || op->hasTrait<OpTrait::ConstantLike>())
        return;
      std::string text;
      llvm::raw_string_ostream os(text);
      llvm::interleaveComma(op->getResults(), os,
                            [&](Value result) { print(os, analysis, result); });
      emitRemark(op->getLoc(), text);
    });
    markAllAnalysesPreserved();
  }
};
} // namespace
