//===- PlaceConstants.cpp - Constants have places in the model's order ----===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferUtils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_PLACECONSTANTS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;

namespace {
struct PlaceConstants : sopt::impl::PlaceConstantsBase<PlaceConstants> {
  using PlaceConstantsBase::PlaceConstantsBase;

  void runOnOperation() override {
    SymbolTableCollection tables;
    WalkResult result = getOperation().walk([&](arith::ConstantOp constant) {
      bool isTensor = isa<RankedTensorType>(constant.getType());
      return isTensor && failed(bufferization::getGlobalFor(constant, tables,
                                                            alignment))
                 ? WalkResult::interrupt()
                 : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
