//===- PruneMonitor.h - What a search tells, and is told --------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_PIPELINES_PRUNEMONITOR_H
#define SPARSE_OPT_PIPELINES_PRUNEMONITOR_H

#include "llvm/ADT/Twine.h"

namespace sopt {

/// Watches a search that takes long. This one does not look.
class PruneMonitor {
public:
  virtual ~PruneMonitor() = default;

  /// `step` begins; if it is one of several like it, `done` of `total` are
  /// over.
  virtual void begin(const llvm::Twine &step, unsigned done = 0,
                     unsigned total = 0) {}

  /// A candidate is better than all before, by what `worth` says.
  virtual void improve(const llvm::Twine &worth) {}

  /// Whether to be content with the best so far; or to make the first soon, if
  /// there is none. Once true, it stays so.
  virtual bool isStopped() { return false; }
};

} // namespace sopt

#endif // SPARSE_OPT_PIPELINES_PRUNEMONITOR_H
