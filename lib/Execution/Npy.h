//===- Npy.h - One array in the .npy format ---------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_EXECUTION_NPY_H
#define SPARSE_OPT_LIB_EXECUTION_NPY_H

#include "sparse-opt/Execution/Tensor.h"
#include "llvm/Support/Error.h"

namespace sopt {

/// The array that `bytes` are, see numpy.lib.format.
llvm::Expected<Tensor> parseNpy(llvm::StringRef name,
                                llvm::ArrayRef<char> bytes);

/// The inverse of parseNpy, for the types that a model computes with.
std::vector<char> printNpy(const Tensor &tensor);

} // namespace sopt

#endif // SPARSE_OPT_LIB_EXECUTION_NPY_H
