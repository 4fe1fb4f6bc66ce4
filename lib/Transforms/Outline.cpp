//===- Outline.cpp - Operations of a block as a function ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Outline.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace sopt;

SmallVector<func::FuncOp> sopt::getModelFunctions(ModuleOp module) {
  return llvm::filter_to_vector(
      module.getOps<func::FuncOp>(), [](func::FuncOp function) {
        StringRef name = function.getName();
        return !function.isExternal() &&
               (name == kModelName || name.starts_with(kPartName));
      });
}

bool sopt::isConstant(Operation *op) {
  return op->hasTrait<OpTrait::ConstantLike>();
}

bool sopt::isFree(Operation *op) {
  return isConstant(op) || isa<memref::GetGlobalOp>(op);
}

SmallVector<Operation *> sopt::getCostlyOperations(Block &block) {
  SmallVector<Operation *> ops;
  for (Operation &op : block.without_terminator())
    if (!isFree(&op))
      ops.push_back(&op);
  return ops;
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

std::pair<func::FuncOp, func::CallOp>
sopt::outline(ModuleOp module, Block &block, ArrayRef<Operation *> ops,
              llvm::function_ref<bool(Operation *)> isRepeated,
              const Twine &name) {
  return Part(block, ops, isRepeated).outline(module, name);
}
