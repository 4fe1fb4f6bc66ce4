//===- MaskElements.h - What the elements of a mask can be ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_RAISE_MASKELEMENTS_H
#define SPARSE_OPT_LIB_TRANSFORMS_RAISE_MASKELEMENTS_H

#include "mlir/IR/Value.h"

namespace sopt {

/// Whether `value` is a tensor of booleans, or of integers (booleans are).
bool isBool(mlir::Value value);
bool isInteger(mlir::Value value);

/// Whether all elements are 0 or 1. Integers from outside count as such if
/// `trusting`: an attention mask holds nothing else.
bool isZeroOrOne(mlir::Value value, bool trusting);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_RAISE_MASKELEMENTS_H
