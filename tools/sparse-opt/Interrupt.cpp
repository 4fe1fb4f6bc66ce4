//===- Interrupt.cpp - Ctrl-C while something may end early ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Interrupt.h"
#include <unistd.h>

using namespace sopt;

// What a signal's handler may touch: no more than this.
static volatile sig_atomic_t interrupted = 0;
static struct sigaction previous;

static void note(int signal) {
  static constexpr char kText[] =
      "\ninterrupted: ends the search, and keeps the best model so far (once "
      "more: ends at once)\n";
  interrupted = 1;
  sigaction(signal, &previous, nullptr);
  (void)!write(STDERR_FILENO, kText, sizeof(kText) - 1);
}

InterruptNote::InterruptNote() {
  interrupted = 0;
  sigaction(SIGINT, nullptr, &before);
  previous = before;
  struct sigaction action = {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
}

InterruptNote::~InterruptNote() { sigaction(SIGINT, &before, nullptr); }

bool InterruptNote::wasInterrupted() const { return interrupted != 0; }
