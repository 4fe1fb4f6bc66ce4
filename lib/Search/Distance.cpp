//===- Distance.cpp - How far outputs move --------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Search/Metrics.h"
#include "llvm/ADT/STLExtras.h"

using namespace sopt;

double sopt::measureDistance(const JudgedOutputs &judged) {
  double moved = 0, power = 0;
  for (auto [output, reference] :
       llvm::zip_equal(judged.outputs, judged.references))
    for (auto [y, y0] : llvm::zip(output, reference)) {
      moved += (double(y) - y0) * (double(y) - y0);
      power += double(y0) * y0;
    }
  return power == 0 ? 0 : -moved / power;
}
