//===- ShareLoops.cpp - One function for loops that are alike -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Outline.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "sparse-opt/Transforms/Passes.h"
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
    if (numOps > longest)
      llvm::for_each(loops, [this](Operation *loop) { share(loop); });
  }

private:
  /// Calls a function that is the same for all loops that differ in nothing but
  /// what they read and write.
  void share(Operation *loop) {
    auto [function, call] = outline(getOperation(), *loop->getBlock(), loop,
                                    isConstant, kLoopsName);
    auto [known, isNew] = names.try_emplace(
        print(function), (kLoopsName + Twine(names.size())).str());
    call.setCallee(known->second);
    if (isNew)
      function.setName(known->second);
    else
      function.erase();
  }

  llvm::StringMap<std::string> names;
};
} // namespace
