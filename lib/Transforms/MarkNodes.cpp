//===- MarkNodes.cpp - Which of the model's nodes is running ------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Outline.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"

namespace sopt {
#define GEN_PASS_DEF_MARKNODES
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

static constexpr llvm::StringLiteral markName = "sopt_rt_node";

/// Whether `op` can take time that a user wants to see.
static bool isWork(Operation *op) {
  if (auto call = dyn_cast<func::CallOp>(op))
    return !call.getCallee().starts_with("sopt_rt_") &&
           !call.getCallee().starts_with(kPartName);
  return isa<LoopLikeOpInterface, memref::CopyOp>(op) || op->getNumRegions();
}

namespace {
struct MarkNodes : sopt::impl::MarkNodesBase<MarkNodes> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<func::FuncOp> functions = getModelFunctions(module);
    if (functions.empty())
      return;
    OpBuilder builder(&getContext());
    if (!module.lookupSymbol(markName)) {
      builder.setInsertionPointToEnd(module.getBody());
      func::FuncOp::create(builder, module.getLoc(), markName,
                           builder.getFunctionType(builder.getI64Type(), {}))
          .setPrivate();
    }

    llvm::MapVector<StringRef, int64_t> nodes;
    for (func::FuncOp function : functions)
      mark(function, nodes);
    SmallVector<StringRef> names(llvm::make_first_range(nodes));
    module->setAttr(SoptDialect::getNodesAttrName(),
                    builder.getStrArrayAttr(names));
  }

private:
  /// Marks in `function` where another node begins, and numbers new ones.
  static void mark(func::FuncOp function,
                   llvm::MapVector<StringRef, int64_t> &nodes) {
    OpBuilder builder(function);
    StringRef running;
    for (Operation &op : llvm::make_early_inc_range(function.getOps())) {
      StringRef name = sopt::onnx::getNodeName(op.getLoc());
      if (!isWork(&op) || name.empty() || name == running)
        continue;
      running = name;
      int64_t index = nodes.try_emplace(name, nodes.size()).first->second;
      builder.setInsertionPoint(&op);
      Value argument = arith::ConstantOp::create(
          builder, op.getLoc(), builder.getI64IntegerAttr(index));
      func::CallOp::create(builder, op.getLoc(), markName, TypeRange(),
                           argument);
    }
  }
};
} // namespace
