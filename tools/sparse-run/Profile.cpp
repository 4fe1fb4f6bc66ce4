//===- Profile.cpp - Time per node of the original model ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Profile.h"
#include <algorithm>
#include <chrono>
#include <fmt/format.h>

using namespace llvm;
using namespace sopt;

namespace {
struct Row {
  int32_t index;
  double nanoseconds;
};
} // namespace

/// What each node took in each run, until a second is over.
static Expected<std::vector<std::vector<uint64_t>>>
runForASecond(Session &session) {
  const LoadedModel &model = session.getModel();
  SoptContext *context = session.getContext();
  std::vector<std::vector<uint64_t>> times(model.numNodes());
  std::vector<uint64_t> before(model.numNodes());
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  do {
    if (Error error = session.run())
      return error;
    for (int32_t node = 0; node < model.numNodes(); ++node) {
      uint64_t now = model.profileNanoseconds(context, node);
      times[node].push_back(now - std::exchange(before[node], now));
    }
  } while (std::chrono::steady_clock::now() < end);
  return times;
}

/// Of what each run took: one that another program held up does not count.
static double getMedian(std::vector<uint64_t> &times) {
  auto middle = times.begin() + times.size() / 2;
  std::nth_element(times.begin(), middle, times.end());
  return double(*middle);
}

Error sopt::profile(Session &session) {
  const LoadedModel &model = session.getModel();
  SoptContext *context = session.getContext();
  model.profileEnable(context, 1);
  Expected<std::vector<std::vector<uint64_t>>> times = runForASecond(session);
  model.profileEnable(context, 0);
  if (!times)
    return times.takeError();

  std::vector<Row> rows;
  double total = 0;
  size_t runs = 0;
  for (auto [node, ofNode] : enumerate(*times)) {
    runs = ofNode.size();
    if (double time = getMedian(ofNode)) {
      rows.push_back({int32_t(node), time});
      total += time;
    }
  }
  llvm::sort(rows, [](const Row &a, const Row &b) {
    return a.nanoseconds != b.nanoseconds ? a.nanoseconds > b.nanoseconds
                                          : a.index < b.index;
  });

  fmt::print("{:>10}{:>8}  node\n", "ms", "share");
  for (const Row &row : rows)
    fmt::print("{:>10.4f}{:>7.1f}%  {}\n", row.nanoseconds * 1e-6,
               100 * row.nanoseconds / total, model.nodeName(row.index));
  fmt::print("{:>10.4f}{:>7.1f}%  all, medians of {} runs\n", total * 1e-6,
             100.0, runs);
  return Error::success();
}
