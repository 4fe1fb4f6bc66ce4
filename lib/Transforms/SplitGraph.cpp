//===- SplitGraph.cpp - A long model as a sequence of functions -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"

namespace sopt {
#define GEN_PASS_DEF_SPLITGRAPH
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;

static bool isConstant(Operation *op) {
  return op->hasTrait<OpTrait::ConstantLike>();
}

/// Whether `op` costs nothing, so that it is repeated rather than handed over.
static bool isFree(Operation *op) {
  return isConstant(op) || isa<memref::GetGlobalOp>(op);
}

namespace {
/// Consecutive operations of a block that become a function.
class Part {
public:
  /// What `isRepeated` and the operations use, the function has a copy of.
  Part(Block &block, ArrayRef<Operation *> ops,
       llvm::function_ref<bool(Operation *)> isRepeated)
      : block(block), ops(ops), members(ops.begin(), ops.end()),
        isRepeated(isRepeated) {
    for (Operation *op : ops) {
      op->walk([&](Operation *inner) {
        for (Value operand : inner->getOperands())
          addOperand(operand);
      });
      for (Value result : op->getResults())
        if (llvm::any_of(result.getUsers(), [&](Operation *user) {
              return !members.contains(block.findAncestorOpInBlock(*user));
            }))
          results.push_back(result);
    }
  }

  /// Replaces the operations by a call of a function that holds them.
  std::pair<func::FuncOp, func::CallOp> outline(ModuleOp module,
                                                const Twine &name);

private:
  void addOperand(Value value) {
    if (value.getParentBlock() != &block)
      return;
    Operation *op = value.getDefiningOp();
    if (op && isRepeated(op))
      repeated.insert(op);
    else if (!op || !members.contains(op))
      operands.insert(value);
  }

  Block &block;
  ArrayRef<Operation *> ops;
  llvm::SmallDenseSet<Operation *> members;
  llvm::function_ref<bool(Operation *)> isRepeated;
  llvm::SetVector<Operation *> repeated;
  llvm::SetVector<Value> operands;
  SmallVector<Value> results;
};
} // namespace

std::pair<func::FuncOp, func::CallOp> Part::outline(ModuleOp module,
                                                    const Twine &name) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Location loc = block.getParentOp()->getLoc();
  ValueRange inputs = operands.getArrayRef(), outputs = results;
  auto function = func::FuncOp::create(
      builder, loc, name.str(),
      builder.getFunctionType(TypeRange(inputs), TypeRange(outputs)));
  function.setPrivate();
  // LLVM inlines what is called once, and would make it one function again.
  function->setAttr("passthrough", builder.getStrArrayAttr({"noinline"}));
  Block *body = function.addEntryBlock();

  builder.setInsertionPointAfter(ops.back());
  auto call = func::CallOp::create(builder, loc, function, inputs);
  for (Operation *op : ops)
    op->moveBefore(body, body->end());
  auto isInside = [&](OpOperand &use) {
    return function->isProperAncestor(use.getOwner());
  };
  for (auto [operand, argument] : llvm::zip_equal(inputs, body->getArguments()))
    operand.replaceUsesWithIf(argument, isInside);
  builder.setInsertionPointToStart(body);
  for (Operation *op : repeated)
    op->getResult(0).replaceUsesWithIf(builder.clone(*op)->getResult(0),
                                       isInside);
  for (auto [result, outcome] : llvm::zip_equal(outputs, call.getResults()))
    result.replaceUsesWithIf(outcome,
                             [&](OpOperand &use) { return !isInside(use); });
  builder.setInsertionPointToEnd(body);
  func::ReturnOp::create(builder, loc, outputs);
  return {function, call};
}

static std::string print(Operation *op) {
  std::string text;
  llvm::raw_string_ostream os(text);
  op->print(os, OpPrintingFlags().useLocalScope());
  return text;
}

/// Makes each loop nest a function, the same for all that differ in nothing but
/// what they read and write: layers of a model are alike.
static void shareLoops(ModuleOp module, Block &block) {
  SmallVector<Operation *> loops;
  for (Operation &op : block)
    if (isa<LoopLikeOpInterface>(op))
      loops.push_back(&op);
  llvm::StringMap<std::string> names;
  for (Operation *loop : loops) {
    auto [function, call] =
        Part(block, loop, isConstant).outline(module, "main_graph_loops");
    auto [known, isNew] = names.try_emplace(
        print(function), "main_graph_loops" + std::to_string(names.size()));
    call.setCallee(known->second);
    if (isNew)
      function.setName(known->second);
    else
      function.erase();
  }
}

namespace {
struct SplitGraph : sopt::impl::SplitGraphBase<SplitGraph> {
  using SplitGraphBase::SplitGraphBase;

  void runOnOperation() override {
    auto model = getOperation().lookupSymbol<func::FuncOp>("main_graph");
    if (!model || !model.getBody().hasOneBlock())
      return;
    Block &block = model.getBody().front();
    auto mustMove = [](Operation &op) { return !isFree(&op); };
    if (size_t(llvm::count_if(block.without_terminator(), mustMove)) <= longest)
      return;
    shareLoops(getOperation(), block);
    SmallVector<Operation *> ops;
    for (Operation &op : block.without_terminator())
      if (mustMove(op))
        ops.push_back(&op);
    for (size_t begin = 0; begin < ops.size(); begin += length)
      Part(block,
           ArrayRef(ops).slice(begin,
                               std::min<size_t>(length, ops.size() - begin)),
           isFree)
          .outline(getOperation(), "main_graph_part" + Twine(begin / length));
  }
};
} // namespace
