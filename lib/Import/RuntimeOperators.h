//===- RuntimeOperators.h - Operators of onnxruntime's own ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_RUNTIMEOPERATORS_H
#define SPARSE_OPT_LIB_IMPORT_RUNTIMEOPERATORS_H

namespace sopt {

/// Tells the ONNX library of the operators that onnxruntime's quantiser writes
/// into files, as far as targets take them: it then checks them, and infers
/// shapes through them. Once; further calls do nothing.
void registerRuntimeOperators();

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_RUNTIMEOPERATORS_H
