//===- SoptDialect.cpp - The sopt dialect ---------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Sopt/IR/Precision.h"
#include "dialects/Sopt/IR/Schedule.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sopt;

#include "dialects/Sopt/IR/SoptDialect.cpp.inc"
#include "dialects/Sopt/IR/SoptEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Sopt/IR/SoptAttributes.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/Sopt/IR/SoptOps.cpp.inc"

void SoptDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Sopt/IR/SoptAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Sopt/IR/SoptOps.cpp.inc"
      >();
}

Operation *SoptDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                            Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}
