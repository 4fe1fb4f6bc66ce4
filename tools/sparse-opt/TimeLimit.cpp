//===- TimeLimit.cpp - An end to what takes too long ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TimeLimit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"
#include <ctime>
#include <map>
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

/// Of the time for which the program's threads had work, the share for which
/// they had a processor, as far as Linux tells.
static double getShareOfProcessor() {
  double had = 0, waited = 0;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator task("/proc/self/task", error), end;
       !error && task != end; task.increment(error)) {
    auto text =
        llvm::MemoryBuffer::getFileAsStream(task->path() + "/schedstat");
    if (!text)
      continue; // A thread that has ended.
    llvm::SmallVector<llvm::StringRef> fields;
    (*text)->getBuffer().split(fields, ' ');
    double nanoseconds[2] = {};
    for (auto [field, value] : llvm::zip(fields, nanoseconds))
      (void)field.getAsDouble(value);
    had += nanoseconds[0];
    waited += nanoseconds[1];
  }
  return had > 0 ? had / (had + waited) : 1;
}

namespace {
/// Finds out how fast a processor is by a small task like the compiler's, which
/// looks up what lies far apart, every now and then: one of them tells little.
class Pace {
public:
  /// Does the task once more.
  void sample() {
    constexpr int kEntries = 4000;
    Seconds start = getThreadTime();
    std::map<uint32_t, uint32_t> entries;
    uint32_t key = 1;
    for (int i = 0; i < kEntries; ++i) {
      key = key * 1664525 + 1013904223; // as "Numerical Recipes" draws numbers
      entries[key] = i;
    }
    spent += getThreadTime() - start;
    ++numSamples;
  }

  /// How many times longer it takes than on a server of 2023 whose caches
  /// others use as well; at least 1.
  double getSlowness() const {
    constexpr Seconds kUsual = std::chrono::microseconds(1000);
    return std::max(1.0, spent / (kUsual * std::max(numSamples, 1)));
  }

private:
  static Seconds getThreadTime() {
    timespec time = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) +
           std::chrono::nanoseconds(time.tv_nsec);
  }

  Seconds spent{0};
  int numSamples = 0;
};
} // namespace

TimeLimit::TimeLimit(Clock::time_point start, double seconds,
                     std::function<void(double)> expire)
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
  constexpr Seconds kBetweenSamples = std::chrono::milliseconds(100);
  Pace pace;
  std::unique_lock<std::mutex> lock(mutex);
  while (
      !stopping.wait_for(lock, kBetweenSamples, [this] { return isStopped; })) {
    pace.sample();
    // What the clock shows is too much where other programs run, or where a
    // file takes long to come.
    Seconds spent = std::min<Seconds>(
        getProcessorTime(), (Clock::now() - start) * getShareOfProcessor());
    double allowed = seconds * pace.getSlowness();
    if (spent.count() < allowed)
      continue;
    expire(allowed);
    llvm::sys::RunInterruptHandlers();
    _exit(1);
  }
}
