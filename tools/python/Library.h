//===- Library.h - A compiled model in this process -------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_PYTHON_LIBRARY_H
#define SPARSE_OPT_TOOLS_PYTHON_LIBRARY_H

#include "sparse-opt/Runtime/Model.h"
#include <stdexcept>
#include <string>
#include <vector>

namespace sopt {

struct RunError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The elements stay those of whoever made the tensor.
struct Tensor {
  int32_t type; ///< A SoptType.
  std::vector<int64_t> shape;
  const void *data;
  size_t bytes;
};

/// An emitted library with one context. What it has opened is never closed:
/// other objects may be using it.
class Library {
public:
  /// Throws RunError if `path` is not a library of ours.
  Library(const std::string &path, int32_t threads);
  Library(const Library &) = delete;
  Library &operator=(const Library &) = delete;
  ~Library();

  /// The outputs of `inputs`, both in the model's order; valid until the next
  /// run. Throws RunError. Not for two threads at once.
  std::vector<Tensor> run(const std::vector<Tensor> &inputs);

  std::vector<const SoptTensorInfo *> getInputs() const;
  std::vector<const SoptTensorInfo *> getOutputs() const;
  int32_t getThreads() const { return contextThreads(context); }

private:
  template <typename F> void find(const char *name, F &function);

  void *library;
  SoptContext *context = nullptr;
  decltype(&sopt_num_inputs) numInputs;
  decltype(&sopt_num_outputs) numOutputs;
  decltype(&sopt_input_info) inputInfo;
  decltype(&sopt_output_info) outputInfo;
  decltype(&sopt_context_create) contextCreate;
  decltype(&sopt_context_destroy) contextDestroy;
  decltype(&sopt_context_threads) contextThreads;
  decltype(&sopt_last_error) lastError;
  decltype(&sopt_run) runModel;
};

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_PYTHON_LIBRARY_H
