//===- Interrupt.h - Ctrl-C while something may end early -------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSE_OPT_INTERRUPT_H
#define SPARSE_OPT_TOOLS_SPARSE_OPT_INTERRUPT_H

#include <csignal>

namespace sopt {

/// While it lives, a first SIGINT is noted and said on standard error. A second
/// one, and any after its life, does what it did before: it ends the program,
/// and takes half-written files with it. One at a time.
class InterruptNote {
public:
  InterruptNote();
  ~InterruptNote();
  InterruptNote(const InterruptNote &) = delete;
  InterruptNote &operator=(const InterruptNote &) = delete;

  bool wasInterrupted() const;

private:
  struct sigaction before;
};

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSE_OPT_INTERRUPT_H
