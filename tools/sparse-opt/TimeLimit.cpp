//===- TimeLimit.cpp - An end to what takes too long ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TimeLimit.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"
#include <unistd.h>

using namespace sopt;
using Seconds = std::chrono::duration<double>;

/// How long the program's threads had a processor.
static Seconds getProcessorTime() {
  llvm::sys::TimePoint<> now;
  std::chrono::nanoseconds user, system;
  llvm::sys::Process::GetTimeUsage(now, user, system);
  return user + system;
}

TimeLimit::TimeLimit(Clock::time_point start, double seconds,
                     std::function<void()> expire)
    : expire(std::move(expire)),
      watcher([this, start, seconds] { watch(start, seconds); }) {}

TimeLimit::~TimeLimit() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    isStopped = true;
  }
  stopping.notify_one();
  watcher.join();
}

void TimeLimit::watch(Clock::time_point start, double seconds) {
  std::unique_lock<std::mutex> lock(mutex);
  while (true) {
    // Threads that run at once use more than the clock shows, and a machine
    // that is shared gives less: both times have to be over.
    Seconds spent = std::min<Seconds>(getProcessorTime(), Clock::now() - start);
    Seconds left = Seconds(seconds) - spent;
    if (left <= Seconds::zero())
      break;
    if (stopping.wait_for(lock, left, [this] { return isStopped; }))
      return;
  }
  expire();
  llvm::sys::RunInterruptHandlers();
  _exit(1);
}
