//===- Sopt.h - The sopt dialect --------------------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_SOPT_IR_SOPT_H
#define SPARSE_OPT_DIALECTS_SOPT_IR_SOPT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/TilingInterface.h"
#include <limits>

#include "dialects/Sopt/IR/SoptDialect.h.inc"
#include "dialects/Sopt/IR/SoptEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Sopt/IR/SoptAttributes.h.inc"

namespace sopt {
struct PackedMatrix;
} // namespace sopt

#define GET_OP_CLASSES
#include "dialects/Sopt/IR/SoptOps.h.inc"

#endif // SPARSE_OPT_DIALECTS_SOPT_IR_SOPT_H
