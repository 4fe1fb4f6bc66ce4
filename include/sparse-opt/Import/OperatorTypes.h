//===- OperatorTypes.h - What ONNX lets an operator work on -----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_IMPORT_OPERATORTYPES_H
#define SPARSE_OPT_IMPORT_OPERATORTYPES_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace sopt {

/// The element types, by ONNX's names, that the newest version of ONNX's
/// operator `name` allows: those of the operand, or for one without operands,
/// of the result, that may have the most. Empty for a name that ONNX lacks.
std::vector<std::string> getElementTypeNames(llvm::StringRef name);

} // namespace sopt

#endif // SPARSE_OPT_IMPORT_OPERATORTYPES_H
