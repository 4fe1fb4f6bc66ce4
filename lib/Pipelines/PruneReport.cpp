//===- PruneReport.cpp - What became of a pruned model --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Pipelines/Prune.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

using namespace sopt;

void PruneReport::print(llvm::raw_ostream &os) const {
  size_t width = 5;
  for (const PrunedLayerReport &layer : layers)
    width = std::max(width, layer.name.size());
  os << llvm::left_justify("layer", width) << "      weight   zeros   error\n";
  double zeros = 0, weights = 0;
  for (const PrunedLayerReport &layer : layers) {
    os << llvm::left_justify(layer.name, width)
       << llvm::right_justify(
              llvm::formatv("{0}x{1}", layer.inputs, layer.outputs).str(), 12)
       << llvm::format("%6.1f %%%8.4f\n", 100 * layer.zeros, layer.error);
    zeros += layer.zeros * double(layer.inputs * layer.outputs);
    weights += double(layer.inputs * layer.outputs);
  }
  os << llvm::left_justify("all", width) << llvm::right_justify("", 12)
     << llvm::format("%6.1f %%", 100 * zeros / weights)
     << "   outputs moved by " << llvm::format("%.4f", loss)
     << " of their square, " << allocation << '\n';
  if (!reached.empty())
    os << reached;
  if (latency)
    os << llvm::format(": promised %.3f ms, measured %.3f ms, dense %.3f ms",
                       latency->promised, latency->measured, latency->dense);
  if (!reached.empty())
    os << '\n';
}

double PruneReport::getZeros() const {
  double zeros = 0, weights = 0;
  for (const PrunedLayerReport &layer : layers) {
    zeros += layer.zeros * double(layer.inputs * layer.outputs);
    weights += double(layer.inputs * layer.outputs);
  }
  return weights > 0 ? zeros / weights : 0;
}
