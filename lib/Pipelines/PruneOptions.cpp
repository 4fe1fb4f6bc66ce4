//===- PruneOptions.cpp - What --prune-search says ------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Pipelines/Prune.h"
#include "sparse-opt/Search/Pruners.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Expected;

Expected<PruneOptions> PruneOptions::parse(StringRef text) {
  PruneOptions options;
  bool hasRatio = false;
  SmallVector<StringRef> words;
  llvm::SplitString(text, words);
  for (StringRef word : words) {
    auto [key, value] = word.split('=');
    if (key == "ratio") {
      if (value.getAsDouble(options.ratio) ||
          !(options.ratio >= 0 && options.ratio < 1))
        return createStringError("ratio: a number from 0 to below 1, not '" +
                                 value + "'");
      hasRatio = true;
    } else if (key == "calibration") {
      options.calibration = value.str();
    } else if (key == "method") {
      options.method = value.str();
      if (!lookUpPruner(value))
        return createStringError(
            "method: admm, obs, wanda or magnitude, not '" + value + "'");
    } else if (key == "only" || key == "keep") {
      (key == "only" ? options.only : options.keep) = value.str();
    } else if (key == "time") {
      double seconds;
      if (!value.consume_back("s") || value.getAsDouble(seconds) ||
          !(seconds >= 0))
        return createStringError("time: seconds as in 60s, not '" +
                                 word.split('=').second + "'");
      options.seconds = seconds;
    } else if (key == "seed") {
      if (value.getAsInteger(10, options.seed))
        return createStringError("seed: a whole number from 0, not '" + value +
                                 "'");
    } else {
      return createStringError(
          "'" + key +
          "' is unknown; there are ratio=0.8, "
          "calibration=FILE.npz, method=obs, only=*query*, keep=*value*, "
          "time=60s and seed=0");
    }
  }
  if (!hasRatio)
    return createStringError("say how many weights shall be zero: ratio=0.8");
  if (options.calibration.empty())
    return createStringError("name inputs to prune by: calibration=FILE.npz");
  return options;
}
