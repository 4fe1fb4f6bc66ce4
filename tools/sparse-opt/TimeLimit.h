//===- TimeLimit.h - An end to what takes too long --------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSE_OPT_TIMELIMIT_H
#define SPARSE_OPT_TOOLS_SPARSE_OPT_TIMELIMIT_H

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace sopt {

/// While it lives, ends the program with exit status 1 once it has run for some
/// seconds, by the clock and by the time its threads had a processor, and more
/// on a processor that is slow: a busy or old machine gives a model no less.
/// Files that a signal would remove are removed.
class TimeLimit {
public:
  using Clock = std::chrono::steady_clock;

  /// Counts from `start`, about when the program started. `expire` is called
  /// from another thread, with the seconds allowed, to say why the program
  /// ends.
  TimeLimit(Clock::time_point start, double seconds,
            std::function<void(double)> expire);
  ~TimeLimit();
  TimeLimit(const TimeLimit &) = delete;
  TimeLimit &operator=(const TimeLimit &) = delete;

private:
  void watch(Clock::time_point start, double seconds);

  std::function<void(double)> expire;
  std::mutex mutex;
  std::condition_variable stopping;
  bool isStopped = false;
  std::thread watcher;
};

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSE_OPT_TIMELIMIT_H
