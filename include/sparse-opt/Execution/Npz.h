//===- Npz.h - Arrays in files, as numpy writes them ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_EXECUTION_NPZ_H
#define SPARSE_OPT_EXECUTION_NPZ_H

#include "sparse-opt/Execution/Tensor.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace sopt {

/// All arrays of a .npz file. Fails, naming the file and the array, on what
/// numpy would not write, on Fortran order and on types ONNX does not have.
llvm::Expected<std::vector<Tensor>> readNpz(llvm::StringRef path);
/// The same from the bytes of a file; errors name the buffer.
llvm::Expected<std::vector<Tensor>> readNpz(llvm::MemoryBufferRef bytes);

/// Writes the file, or on failure none.
llvm::Error writeNpz(llvm::StringRef path, llvm::ArrayRef<Tensor> tensors);

/// Whether a file stores both types the same way: numpy has no bfloat16, and
/// 8 bits for all types of 8 bits and fewer.
bool areStoredAlike(int32_t first, int32_t second);

} // namespace sopt

#endif // SPARSE_OPT_EXECUTION_NPZ_H
