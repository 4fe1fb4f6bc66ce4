//===- OpenSizes.cpp - Functions for any size -----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpenSizes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

using namespace mlir;
using namespace sopt;

/// The largest size that stays: as many iterations as are unrolled at most.
static constexpr int64_t kLargestFixed = 16;

OpenFunction::OpenFunction(func::FuncOp original) : function(original.clone()) {
  openBounds();
  openBuffers();
  Block &body = function->getBody().front();
  function->setFunctionType(
      FunctionType::get(function->getContext(), body.getArgumentTypes(),
                        function->getFunctionType().getResults()));
}

/// Whether all that `value` is used for is to end loops.
static bool isUpperBound(Value value) {
  return llvm::all_of(value.getUses(), [&](OpOperand &use) {
    auto loop = dyn_cast<LoopLikeOpInterface>(use.getOwner());
    if (!loop)
      return false;
    auto contains = [&](std::optional<SmallVector<OpFoldResult>> values) {
      return values && llvm::is_contained(*values, OpFoldResult(value));
    };
    return contains(loop.getLoopUpperBounds()) &&
           !contains(loop.getLoopLowerBounds()) &&
           !contains(loop.getLoopSteps());
  });
}

void OpenFunction::openBounds() {
  Block &body = function->getBody().front();
  for (auto constant :
       llvm::make_early_inc_range(body.getOps<arith::ConstantIndexOp>())) {
    if (constant.value() <= kLargestFixed || !isUpperBound(constant))
      continue;
    bounds.push_back(constant.value());
    constant.replaceAllUsesWith(
        body.addArgument(constant.getType(), constant.getLoc()));
    constant.erase();
  }
}

static SmallVector<int64_t> open(ArrayRef<int64_t> sizes) {
  return llvm::map_to_vector(sizes, [](int64_t size) {
    return size > kLargestFixed ? ShapedType::kDynamic : size;
  });
}

/// `type` without its sizes, those of memory around it included. Null if it is
/// not laid out by strides.
static MemRefType open(MemRefType type) {
  SmallVector<int64_t> shape = open(type.getShape());
  MemRefType::Builder builder(type);
  builder.setShape(shape);
  if (auto layout = dyn_cast<StridedLayoutAttr>(type.getLayout()))
    return builder.setLayout(StridedLayoutAttr::get(
        type.getContext(), ShapedType::kDynamic, open(layout.getStrides())));
  return type.getLayout().isIdentity() ? MemRefType(builder) : MemRefType();
}

void OpenFunction::openBuffers() {
  for (BlockArgument argument : function->getBody().front().getArguments()) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (!type || !llvm::all_of(argument.getUsers(),
                               llvm::IsaPred<memref::LoadOp, memref::StoreOp>))
      continue;
    if (MemRefType opened = open(type))
      argument.setType(opened);
  }
}

void OpenFunction::redirect(func::CallOp call, func::FuncOp callee) const {
  OpBuilder builder(call);
  SmallVector<Value> operands;
  for (auto [operand, type] :
       llvm::zip_first(call.getOperands(), callee.getArgumentTypes())) {
    if (operand.getType() != type)
      operand = memref::CastOp::create(builder, call.getLoc(), type, operand);
    operands.push_back(operand);
  }
  for (int64_t bound : bounds)
    operands.push_back(
        arith::ConstantIndexOp::create(builder, call.getLoc(), bound));
  call.getOperandsMutable().assign(operands);
  call.setCallee(callee.getName());
}
