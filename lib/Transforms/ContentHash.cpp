//===- ContentHash.cpp - A hash of an operation and its regions -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContentHash.h"

using namespace mlir;

static llvm::hash_code
hashAlone(Operation *op, llvm::function_ref<llvm::hash_code(Value)> operands) {
  return OperationEquivalence::computeHash(
      op, operands, OperationEquivalence::ignoreHashValue,
      OperationEquivalence::IgnoreLocations);
}

llvm::hash_code
sopt::hashContent(Operation *op,
                  llvm::function_ref<llvm::hash_code(Value)> hashOuter) {
  llvm::hash_code result = hashAlone(op, hashOuter);
  auto hashOperand = [&](Value value) {
    Operation *owner = value.getParentBlock()->getParentOp();
    return owner && op->isAncestor(owner) ? llvm::hash_code{}
                                          : hashOuter(value);
  };
  for (Region &region : op->getRegions())
    region.walk([&](Operation *inner) {
      result = llvm::hash_combine(result, hashAlone(inner, hashOperand));
    });
  return result;
}
