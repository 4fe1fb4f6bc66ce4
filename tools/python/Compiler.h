//===- Compiler.h - From a model to a library -------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_PYTHON_COMPILER_H
#define SPARSE_OPT_TOOLS_PYTHON_COMPILER_H

#include <stdexcept>
#include <string>

namespace sopt {

/// What the compiler said, a line for each diagnostic.
struct CompileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Compiles the model in the file `input` to the shared library `output` for
/// the processor `cpu`; throws CompileError.
void compile(const std::string &input, const std::string &output,
             const std::string &cpu);

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_PYTHON_COMPILER_H
