//===- Report.cpp - What was chosen for each layer, and why ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/Report.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace sopt;

static constexpr double kNanosecondsPerMicrosecond = 1000;

static double toMicroseconds(double nanoseconds) {
  return nanoseconds / kNanosecondsPerMicrosecond;
}

void sopt::printTable(ArrayRef<ScheduledLayer> layers, int64_t tokens,
                      raw_ostream &os) {
  size_t width = 5;
  for (const ScheduledLayer &layer : layers)
    width = std::max(width, layer.name.size());
  auto printLine = [&](StringRef name, StringRef size, StringRef kernel,
                       StringRef time, StringRef dense, StringRef reason) {
    os << left_justify(name, width) << right_justify(size, 12) << "  "
       << left_justify(kernel, 10) << right_justify(time, 9)
       << right_justify(dense, 9) << "  " << reason << '\n';
  };

  os << "predicted for " << tokens << " tokens on one thread:\n";
  printLine("layer", "weight", "kernel", "us", "dense us", "why");
  double time = 0, denseTime = 0;
  for (const ScheduledLayer &layer : layers) {
    const KernelChoice &choice = layer.choice;
    printLine(layer.name,
              formatv("{0}x{1}", layer.pattern.k, layer.pattern.n).str(),
              getName(choice.kernel),
              formatv("{0:f1}", toMicroseconds(choice.time)).str(),
              formatv("{0:f1}", toMicroseconds(choice.denseTime)).str(),
              choice.reason);
    time += choice.time;
    denseTime += choice.denseTime;
  }
  printLine("all", "", "", formatv("{0:f1}", toMicroseconds(time)).str(),
            formatv("{0:f1}", toMicroseconds(denseTime)).str(), "");
}

void sopt::printJSON(ArrayRef<ScheduledLayer> layers, int64_t tokens,
                     raw_ostream &os) {
  json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("tokens", tokens);
    json.attributeArray("layers", [&] {
      for (const ScheduledLayer &layer : layers)
        json.object([&] {
          json.attribute("name", json::fixUTF8(layer.name));
          json.attribute("k", layer.pattern.k);
          json.attribute("n", layer.pattern.n);
          json.attribute("non_zeros", layer.pattern.nonZeros);
          json.attribute("blocks_4x1", layer.pattern.blocksOf4);
          json.attribute("kernel", getName(layer.choice.kernel));
          json.attribute("predicted_us", toMicroseconds(layer.choice.time));
          json.attribute("dense_us", toMicroseconds(layer.choice.denseTime));
          json.attribute("why", layer.choice.reason);
        });
    });
  });
  os << '\n';
}
