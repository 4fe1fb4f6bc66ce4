//===- Bench.cpp - Time runs ----------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bench.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <thread>

using namespace llvm;
using namespace sopt;

/// The sides take turns this often, so that both see the machine alike: in a
/// short bench less, as it would consist of rests.
static unsigned countBlocks(double seconds) {
  return unsigned(std::clamp(seconds * 10, 4., 8.));
}
/// Runs at the start of a block that are not counted.
static unsigned getWarmUps(unsigned runs) { return 1 + runs / 10; }
/// Threads of either side wait for work at full speed for up to 0.2 s after a
/// run: the other's turn begins when they sleep.
static constexpr auto rest = std::chrono::milliseconds(250);

Timing::Timing(std::vector<double> nanoseconds)
    : sorted(std::move(nanoseconds)) {
  llvm::sort(sorted);
}

double Timing::getQuantile(double share) const {
  double position = share * double(sorted.size() - 1);
  auto below = size_t(position);
  size_t above = std::min(below + 1, sorted.size() - 1);
  double part = position - double(below);
  return (sorted[below] * (1 - part) + sorted[above] * part) * 1e-6;
}

static Expected<double> timeOnce(Session &session) {
  auto start = std::chrono::steady_clock::now();
  if (Error error = session.run())
    return error;
  std::chrono::duration<double, std::nano> time =
      std::chrono::steady_clock::now() - start;
  return time.count();
}

static Error timeBlock(Session &session, unsigned runs,
                       std::vector<double> &times) {
  unsigned warmUps = getWarmUps(runs);
  for (unsigned run = 0; run < warmUps + runs; ++run) {
    Expected<double> time = timeOnce(session);
    if (!time)
      return time.takeError();
    if (run >= warmUps)
      times.push_back(*time);
  }
  return Error::success();
}

static Error timeBlock(Reference &reference, unsigned runs,
                       std::vector<double> &times) {
  unsigned warmUps = getWarmUps(runs);
  Expected<std::vector<double>> block = reference.time(warmUps + runs);
  if (!block)
    return block.takeError();
  times.insert(times.end(), block->begin() + warmUps, block->end());
  return Error::success();
}

/// How many runs fill a block.
static Expected<unsigned> countRuns(Session &session, double seconds,
                                    unsigned blocks) {
  double least = INFINITY;
  for (int run = 0; run < 3; ++run) {
    Expected<double> time = timeOnce(session);
    if (!time)
      return time.takeError();
    least = std::min(least, std::max(*time, 1.0));
  }
  return unsigned(std::clamp(seconds * 1e9 / blocks / least, 1.0, 1e6));
}

static json::Object toJson(const Timing &timing) {
  return json::Object{{"median_ms", timing.getMedian()},
                      {"p5_ms", timing.getQuantile(0.05)},
                      {"p95_ms", timing.getQuantile(0.95)},
                      {"runs", int64_t(timing.getRuns())}};
}

namespace {
struct Report {
  const Session &session;
  const Options &options;
  Timing ours;
  std::optional<Timing> theirs;
  std::string version; ///< Of onnxruntime.

  double getGflops(const Timing &timing) const {
    double flops = double(session.getModel().flops(session.getContext()));
    return flops / timing.getMedian() * 1e-6;
  }
  double getRatio() const { return ours.getMedian() / theirs->getMedian(); }

  void printRow(StringRef name, const Timing &timing) const {
    double gflops = getGflops(timing);
    fmt::print(
        "{:<20}{:>10.3f}{:>10.3f}{:>10.3f}{:>10}{:>8}\n", name,
        timing.getMedian(), timing.getQuantile(0.05), timing.getQuantile(0.95),
        gflops > 0 ? fmt::format("{:.1f}", gflops) : "-", timing.getRuns());
  }
  void print() const;
  Error writeJson() const;
};
} // namespace

void Report::print() const {
  fmt::print("{:<20}{:>10}{:>10}{:>10}{:>10}{:>8}\n",
             fmt::format("{} thread{}", session.getThreads(),
                         session.getThreads() == 1 ? "" : "s"),
             "median ms", "p5 ms", "p95 ms", "GFLOP/s", "runs");
  printRow("sparse-opt", ours);
  if (theirs) {
    printRow("onnxruntime " + version, *theirs);
    fmt::print("ratio of medians {:.3f}\n", getRatio());
  }
}

Error Report::writeJson() const {
  json::Object object = toJson(ours);
  object["model"] = options.model;
  object["threads"] = session.getThreads();
  object["gflops"] = getGflops(ours);
  if (theirs) {
    json::Object other = toJson(*theirs);
    other["version"] = version;
    object["onnxruntime"] = std::move(other);
    object["ratio"] = getRatio();
  }
  json::Value value = std::move(object);
  StringRef path = *options.json;
  Error error = writeToOutput(path, [&](raw_ostream &out) {
    out << formatv("{0:2}\n", value);
    return Error::success();
  });
  return error ? createFileError(path, std::move(error)) : Error::success();
}

Error sopt::bench(Session &session, Reference *reference,
                  const Options &options) {
  unsigned blocks = countBlocks(options.benchSeconds);
  Expected<unsigned> runs = countRuns(session, options.benchSeconds, blocks);
  if (!runs)
    return runs.takeError();
  std::vector<double> ours, theirs;
  for (unsigned block = 0; block < blocks; ++block) {
    if (reference)
      std::this_thread::sleep_for(rest);
    if (Error error = timeBlock(session, *runs, ours))
      return error;
    if (!reference)
      continue;
    std::this_thread::sleep_for(rest);
    if (Error error = timeBlock(*reference, *runs, theirs))
      return error;
  }
  Report report{session, options, Timing(std::move(ours)), std::nullopt, ""};
  if (reference) {
    report.theirs.emplace(std::move(theirs));
    report.version = reference->getVersion();
  }
  if (!options.isQuiet())
    report.print();
  return options.json ? report.writeJson() : Error::success();
}
