//===- SplitGraph.cpp - A long model as a sequence of functions -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Outline.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_SPLITGRAPH
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

namespace {
struct SplitGraph : sopt::impl::SplitGraphBase<SplitGraph> {
  using SplitGraphBase::SplitGraphBase;

  void runOnOperation() override {
    // Parts that are split have numbers after those that are there.
    size_t numParts = getModelFunctions(getOperation()).size();
    for (func::FuncOp function : getModelFunctions(getOperation()))
      if (function.getBody().hasOneBlock())
        split(function.getBody().front(), numParts);
  }

private:
  void split(Block &block, size_t &numParts) {
    SmallVector<Operation *> ops = getCostlyOperations(block);
    if (ops.size() <= longest)
      return;
    for (size_t begin = 0; begin < ops.size(); begin += length)
      outline(getOperation(), block,
              ArrayRef(ops).slice(begin,
                                  std::min<size_t>(length, ops.size() - begin)),
              isFree, kPartName + Twine(numParts++));
  }
};
} // namespace
