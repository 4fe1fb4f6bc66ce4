//===- GuessedTypes.h - A mark of custom nodes ------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_ONNX_IR_GUESSEDTYPES_H
#define SPARSE_OPT_DIALECTS_ONNX_IR_GUESSEDTYPES_H

#include "llvm/ADT/StringRef.h"

namespace sopt::onnx {

/// On an `onnx.Custom`: no file said the types of its results, and none is to.
constexpr llvm::StringLiteral guessedTypesAttrName = "guessed_types";

} // namespace sopt::onnx

#endif // SPARSE_OPT_DIALECTS_ONNX_IR_GUESSEDTYPES_H
