//===- ShareLoops.cpp - One function for loops that are alike -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpenSizes.h"
#include "Outline.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

namespace sopt {
#define GEN_PASS_DEF_SHARELOOPS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

static constexpr llvm::StringLiteral kLoopsName = "main_graph_loops";

static std::string print(Operation *op) {
  std::string text;
  llvm::raw_string_ostream os(text);
  op->print(os, OpPrintingFlags().useLocalScope());
  return text;
}

namespace {
struct ShareLoops : sopt::impl::ShareLoopsBase<ShareLoops> {
  using ShareLoopsBase::ShareLoopsBase;

  void runOnOperation() override {
    SmallVector<Operation *> loops;
    size_t numOps = 0;
    for (func::FuncOp function : getModelFunctions(getOperation()))
      for (Block &block : function.getBody())
        for (Operation *op : getCostlyOperations(block)) {
          ++numOps;
          if (isa<LoopLikeOpInterface>(op))
            loops.push_back(op);
        }
    if (numOps <= longest)
      return;
    llvm::for_each(loops, [this](Operation *loop) { share(loop); });
    shareSizes();
  }

private:
  /// A function of loops, and what calls it.
  struct Shared {
    func::FuncOp function;
    SmallVector<func::CallOp> calls;
  };

  /// Calls a function that is the same for all loops that differ in nothing but
  /// what they read and write.
  void share(Operation *loop) {
    auto [function, call] = outline(getOperation(), *loop->getBlock(), loop,
                                    isConstant, kLoopsName);
    auto [known, isNew] = byText.try_emplace(print(function), functions.size());
    if (isNew) {
      functions.push_back({function, {}});
      function.setName((kLoopsName + Twine(known->second)).str());
    } else {
      function.erase();
    }
    Shared &shared = functions[known->second];
    call.setCallee(shared.function.getName());
    shared.calls.push_back(call);
  }

  /// Makes one function of those that differ in nothing but sizes.
  void shareSizes() {
    llvm::MapVector<StringAttr, SmallVector<std::pair<Shared *, OpenFunction>>>
        groups;
    for (Shared &shared : functions) {
      OpenFunction open(shared.function);
      open.get().setName(kLoopsName);
      auto text = StringAttr::get(&getContext(), print(open.get()));
      groups[text].push_back({&shared, std::move(open)});
    }
    for (auto &[text, group] : groups) {
      if (group.size() == 1)
        continue; // Code for sizes that are known is better.
      func::FuncOp callee = group.front().second.release();
      callee.setName(group.front().first->function.getName());
      getOperation().push_back(callee);
      for (auto &[shared, open] : group) {
        for (func::CallOp call : shared->calls)
          open.redirect(call, callee);
        shared->function.erase();
      }
    }
  }

  std::vector<Shared> functions;
  /// Indices into `functions`.
  llvm::StringMap<size_t> byText;
};
} // namespace
