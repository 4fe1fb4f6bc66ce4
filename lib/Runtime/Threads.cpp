//===- Threads.cpp - How many threads a run may use -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Threads.h"
#include <omp.h>
#include <sched.h>

using namespace sopt::runtime;

static int32_t countUsableCpus() {
  // Room for the largest machines Linux is built for (8192 CPUs).
  cpu_set_t sets[8];
  if (sched_getaffinity(0, sizeof(sets), sets))
    return 1;
  return CPU_COUNT_S(sizeof(sets), sets);
}

int32_t sopt::runtime::clampThreads(int32_t threads) {
  int32_t usable = countUsableCpus();
  return threads > 0 && threads < usable ? threads : usable;
}

ThreadScope::ThreadScope(int32_t threads) : previous(omp_get_max_threads()) {
  omp_set_num_threads(threads);
}

ThreadScope::~ThreadScope() { omp_set_num_threads(previous); }
