//===- Context.h - State of the runs of one thread --------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_RUNTIME_CONTEXT_H
#define SPARSE_OPT_LIB_RUNTIME_CONTEXT_H

#include "Arena.h"
#include "sparse-opt/Runtime/Model.h"
#include <atomic>
#include <csetjmp>

/// Lives in zeroed memory; everything a run needs besides tensors is allocated
/// with it.
struct SoptContext {
  sopt::runtime::Arena arena;
  int32_t threads;
  std::atomic<bool> isBusy;

  SoptStatus status;
  char error[512];
  /// Where generated code is left that cannot go on.
  std::jmp_buf exit;

  bool isProfiling;
  int64_t node; ///< That runs, -1 for none.
  uint64_t nodeStart;
  uint64_t *nodeNanoseconds;
  uint64_t flops;

  int64_t *inputDescriptors; ///< Memrefs, one after the other.
  void **arguments;          ///< Where each of them starts.
  int64_t *results;          ///< Memrefs of the outputs.
  int64_t *inputShapes;      ///< Sizes of all inputs' dimensions.
  int64_t *outputShapes;
};

namespace sopt::runtime {

/// The context that runs on this thread. Initial-exec: read on hot paths, and
/// a pointer fits the space that the loader keeps for such variables. Not
/// thread_local, whose initialisation would be checked at each use.
extern __thread SoptContext *current
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/// Keeps the first failure since clearError.
void setError(SoptContext &context, SoptStatus status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void clearError(SoptContext &context);

/// Words in a memref descriptor: two pointers, an offset, sizes and strides.
constexpr int64_t descriptorWords(int32_t rank) {
  return 3 + 2 * int64_t(rank);
}

} // namespace sopt::runtime

#endif // SPARSE_OPT_LIB_RUNTIME_CONTEXT_H
