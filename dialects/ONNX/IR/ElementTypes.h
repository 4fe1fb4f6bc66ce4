//===- ElementTypes.h - ONNX's data types and MLIR's ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Data types are given by their number in ONNX's TensorProto.DataType, so that
// users of the dialect need not link the ONNX library.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_ONNX_IR_ELEMENTTYPES_H
#define SPARSE_OPT_DIALECTS_ONNX_IR_ELEMENTTYPES_H

#include "mlir/IR/Types.h"
#include <cstdint>
#include <optional>

namespace sopt::onnx {

/// The element type that stands for `dataType`, or null if there is none.
/// Signed integers are signless, bool is i1, strings are !onnx.string.
mlir::Type getElementType(mlir::MLIRContext *context, int32_t dataType);

/// The inverse of getElementType; none for a type ONNX does not have.
std::optional<int32_t> getDataType(mlir::Type elementType);

/// ONNX's name of a data type, e.g. "float16", as its documentation has it;
/// "undefined" for a number that stands for none.
llvm::StringRef getDataTypeName(int32_t dataType);

/// Bits that one element takes in ONNX's raw data; 0 for strings and for a
/// number that stands for no type.
unsigned getDataTypeBits(int32_t dataType);

} // namespace sopt::onnx

#endif // SPARSE_OPT_DIALECTS_ONNX_IR_ELEMENTTYPES_H
