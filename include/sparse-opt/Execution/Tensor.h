//===- Tensor.h - A named array ---------------------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_EXECUTION_TENSOR_H
#define SPARSE_OPT_EXECUTION_TENSOR_H

#include "sparse-opt/Runtime/Model.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace sopt {

/// Elements in row-major order with what a model calls them.
struct Tensor {
  std::string name;
  int32_t type; ///< A SoptType.
  std::vector<int64_t> shape;
  std::vector<char> bytes;

  template <typename T> llvm::ArrayRef<T> get() const {
    return {reinterpret_cast<const T *>(bytes.data()),
            bytes.size() / sizeof(T)};
  }
};

/// The tensor called `name`, or null.
inline const Tensor *findTensor(llvm::ArrayRef<Tensor> tensors,
                                llvm::StringRef name) {
  for (const Tensor &tensor : tensors)
    if (tensor.name == name)
      return &tensor;
  return nullptr;
}

} // namespace sopt

#endif // SPARSE_OPT_EXECUTION_TENSOR_H
