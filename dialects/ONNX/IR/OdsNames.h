//===- OdsNames.h - How ONNX's names are spelt in ODS -----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_ONNX_IR_ODSNAMES_H
#define SPARSE_OPT_DIALECTS_ONNX_IR_ODSNAMES_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace sopt::onnx {

/// The name under which the dialect holds the attribute, operand or region
/// that ONNX calls `name`: the same, unless its accessor would hide a member
/// of every operation (`getType`), which adds an underscore.
inline std::string getODSName(llvm::StringRef name) {
  return name == "type" ? "type_" : name.str();
}

/// The inverse of getODSName.
inline llvm::StringRef getONNXName(llvm::StringRef odsName) {
  return odsName == "type_" ? "type" : odsName;
}

} // namespace sopt::onnx

#endif // SPARSE_OPT_DIALECTS_ONNX_IR_ODSNAMES_H
