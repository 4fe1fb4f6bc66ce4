//===- Threads.h - How many threads a run may use ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_RUNTIME_THREADS_H
#define SPARSE_OPT_LIB_RUNTIME_THREADS_H

#include <cstdint>

namespace sopt::runtime {

/// `threads`, or for 0, less, and more than there are, the number of CPUs that
/// the process may use.
int32_t clampThreads(int32_t threads);

/// While alive, parallel regions entered from this thread have `threads`
/// threads.
class ThreadScope {
public:
  explicit ThreadScope(int32_t threads);
  ~ThreadScope();

private:
  int previous;
};

} // namespace sopt::runtime

#endif // SPARSE_OPT_LIB_RUNTIME_THREADS_H
