//===- SizeTable.cpp - Sizes of tensors as SSA values ---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SizeTable.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include <numeric>

using namespace mlir;
using namespace sopt;

//===----------------------------------------------------------------------===//
// SizeTable
//===----------------------------------------------------------------------===//

void SizeTable::set(Value tensor, ArrayRef<Value> tensorSizes) {
  assert(cast<RankedTensorType>(tensor.getType()).getRank() ==
         int64_t(tensorSizes.size()));
  if (sizes.insert_or_assign(tensor, llvm::to_vector(tensorSizes)).second)
    sinceBegin.push_back(tensor);
}

void SizeTable::abort() {
  for (Value tensor : sinceBegin)
    sizes.erase(tensor);
  for (Symbol symbol : symbolsSinceBegin)
    symbols.erase(symbol);
  begin();
}

/// The names of the dimensions of an argument: its `onnx.dims`, or what the
/// module's signature says of the model's input.
static ArrayAttr getDimNames(FunctionOpInterface function, unsigned argument) {
  if (auto dims = function.getArgAttrOfType<ArrayAttr>(
          argument, onnx::ONNXDialect::getDimsAttrName()))
    return dims;
  auto signature = function->getParentOp()->getAttrOfType<SignatureAttr>(
      SoptDialect::getSignatureAttrName());
  if (!signature || SymbolTable::getSymbolName(function) != "main_graph" ||
      argument >= signature.getInputs().size())
    return nullptr;
  return signature.getInputs()[argument].getDims();
}

Value SizeTable::getArgumentSize(OpBuilder &builder, BlockArgument argument,
                                 unsigned dim) {
  Location loc = argument.getLoc();
  auto make = [&] {
    return builder.createOrFold<tensor::DimOp>(loc, argument, int64_t(dim));
  };
  auto function =
      dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
  if (!function || !argument.getOwner()->isEntryBlock())
    return make();
  ArrayAttr dims = getDimNames(function, argument.getArgNumber());
  if (!dims || dims.size() <= dim || cast<StringAttr>(dims[dim]).empty())
    return make();
  Symbol symbol(argument.getOwner(), dims[dim]);
  Value &known = symbols[symbol];
  if (!known) {
    known = make();
    symbolsSinceBegin.push_back(symbol);
  }
  return known;
}

SmallVector<Value> SizeTable::get(OpBuilder &builder, Value tensor) {
  auto it = sizes.find(tensor);
  if (it != sizes.end())
    return it->second;
  auto type = cast<RankedTensorType>(tensor.getType());
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointAfterValue(tensor);
  SmallVector<Value> result;
  for (auto [dim, size] : llvm::enumerate(type.getShape())) {
    if (!ShapedType::isDynamic(size))
      result.push_back(
          arith::ConstantIndexOp::create(builder, tensor.getLoc(), size));
    else if (auto argument = dyn_cast<BlockArgument>(tensor))
      result.push_back(getArgumentSize(builder, argument, dim));
    else
      result.push_back(builder.createOrFold<tensor::DimOp>(
          tensor.getLoc(), tensor, int64_t(dim)));
  }
  set(tensor, result);
  return result;
}

//===----------------------------------------------------------------------===//
// Equality of sizes
//===----------------------------------------------------------------------===//

std::optional<int64_t> sopt::getConstantSize(Value size) {
  return getConstantIntValue(size);
}

/// Whether `op` computes its result from its operands alone, by arithmetic.
static bool isArithmetic(Operation *op) {
  return op && op->getNumResults() == 1 && op->getNumRegions() == 0 &&
         isa<arith::ArithDialect>(op->getDialect());
}

static bool isSame(Value a, Value b, unsigned depth) {
  if (a == b)
    return true;
  std::optional<int64_t> constantA = getConstantSize(a);
  std::optional<int64_t> constantB = getConstantSize(b);
  if (constantA || constantB)
    return constantA == constantB;
  Operation *opA = a.getDefiningOp(), *opB = b.getDefiningOp();
  if (depth == 0 || !isArithmetic(opA) || !isArithmetic(opB) ||
      opA->getName() != opB->getName() || a.getType() != b.getType() ||
      opA->getNumOperands() != opB->getNumOperands() ||
      opA->getPropertiesAsAttribute() != opB->getPropertiesAsAttribute())
    return false;
  return llvm::all_of(
      llvm::zip_equal(opA->getOperands(), opB->getOperands()), [&](auto pair) {
        return isSame(std::get<0>(pair), std::get<1>(pair), depth - 1);
      });
}

bool sopt::isSameSize(Value a, Value b) {
  if (isSame(a, b, /*depth=*/6))
    return true;
  SizeProduct productA, productB;
  productA.multiply(a);
  productB.multiply(b);
  if (productA.factors.empty() || productB.factors.empty())
    return false;
  SizeProduct::cancel(productA, productB);
  return productA.isOne() && productB.isOne();
}

static bool isNonNegative(Value size, unsigned depth) {
  if (std::optional<int64_t> value = getConstantSize(size))
    return *value >= 0;
  Operation *op = size.getDefiningOp();
  if (isa_and_nonnull<tensor::DimOp>(op))
    return true;
  if (depth == 0 || !op)
    return false;
  auto isOperandNonNegative = [&](Value operand) {
    return isNonNegative(operand, depth - 1);
  };
  if (isa<arith::MaxSIOp>(op))
    return llvm::any_of(op->getOperands(), isOperandNonNegative);
  if (auto select = dyn_cast<arith::SelectOp>(op))
    return isOperandNonNegative(select.getTrueValue()) &&
           isOperandNonNegative(select.getFalseValue());
  return isa<arith::AddIOp, arith::MulIOp, arith::DivSIOp, arith::MinSIOp,
             arith::IndexCastOp>(op) &&
         llvm::all_of(op->getOperands(), isOperandNonNegative);
}

bool sopt::isKnownNonNegative(Value size) {
  return isNonNegative(size, /*depth=*/6);
}

void SizeProduct::multiply(Value size) {
  if (std::optional<int64_t> value = getConstantSize(size)) {
    // Wraps like the arithmetic that it stands for.
    constant = int64_t(uint64_t(constant) * uint64_t(*value));
  } else if (auto product = size.getDefiningOp<arith::MulIOp>()) {
    multiply(product.getLhs());
    multiply(product.getRhs());
  } else {
    factors.push_back(size);
  }
}

void SizeProduct::cancel(SizeProduct &a, SizeProduct &b) {
  llvm::erase_if(a.factors, [&](Value factor) {
    auto *it = llvm::find_if(
        b.factors, [&](Value other) { return isSame(factor, other, 6); });
    if (it == b.factors.end())
      return false;
    b.factors.erase(it);
    return true;
  });
  if (int64_t common = std::gcd(a.constant, b.constant)) {
    a.constant /= common;
    b.constant /= common;
  }
}
