//===- Profile.cpp - Time per node of the original model ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Profile.h"
#include <chrono>
#include <fmt/format.h>

using namespace llvm;
using namespace sopt;

namespace {
struct Row {
  int32_t index;
  uint64_t nanoseconds;
};
} // namespace

/// Runs until a second is over, and returns how often.
static Expected<unsigned> runForASecond(Session &session) {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  unsigned runs = 0;
  do {
    if (Error error = session.run())
      return error;
    ++runs;
  } while (std::chrono::steady_clock::now() < end);
  return runs;
}

Error sopt::profile(Session &session) {
  const LoadedModel &model = session.getModel();
  SoptContext *context = session.getContext();
  model.profileEnable(context, 1);
  Expected<unsigned> runs = runForASecond(session);
  if (!runs)
    return runs.takeError();

  std::vector<Row> rows;
  uint64_t total = 0;
  for (int32_t node = 0; node < model.numNodes(); ++node)
    if (uint64_t time = model.profileNanoseconds(context, node)) {
      rows.push_back({node, time});
      total += time;
    }
  model.profileEnable(context, 0);
  llvm::sort(rows, [](const Row &a, const Row &b) {
    return a.nanoseconds != b.nanoseconds ? a.nanoseconds > b.nanoseconds
                                          : a.index < b.index;
  });

  double perRun = 1e-6 / *runs;
  fmt::print("{:>10}{:>8}  node\n", "ms", "share");
  for (const Row &row : rows)
    fmt::print("{:>10.4f}{:>7.1f}%  {}\n", double(row.nanoseconds) * perRun,
               100 * double(row.nanoseconds) / double(total),
               model.nodeName(row.index));
  fmt::print("{:>10.4f}{:>7.1f}%  all, mean of {} runs\n",
             double(total) * perRun, 100.0, *runs);
  return Error::success();
}
