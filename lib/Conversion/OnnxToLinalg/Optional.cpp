//===- Optional.cpp - Optionals that are known at compile time ------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

using namespace mlir;
using namespace sopt;

// A tensor is there, and an operand that is absent is not.
static Lowered
lowerOptionalHasElement(onnx::OptionalHasElementOp op,
                        onnx::OptionalHasElementOp::Adaptor operands,
                        Emitter &e) {
  Type i1 = e.getI1Type();
  return e.fromScalars({e.constantInt(i1, bool(operands.getInput()))}, {}, i1);
}

static Lowered
lowerOptionalGetElement(onnx::OptionalGetElementOp op,
                        onnx::OptionalGetElementOp::Adaptor operands,
                        Emitter &) {
  return operands.getInput();
}

void sopt::populateOptionalLowerings(LoweringSet &set) {
  addLowering<onnx::OptionalGetElementOp>(set, lowerOptionalGetElement);
  addLowering<onnx::OptionalHasElementOp>(set, lowerOptionalHasElement);
}
