//===- Median.h - The middle one of some numbers ----------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_MATH_MEDIAN_H
#define SPARSE_OPT_MATH_MEDIAN_H

#include "llvm/ADT/ArrayRef.h"
#include <algorithm>
#include <cassert>

namespace sopt {

/// The median of `values`, which are put into another order; of an even number
/// the larger of the two in the middle.
inline double getMedian(llvm::MutableArrayRef<double> values) {
  assert(!values.empty() && "nothing has no median");
  auto *middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

} // namespace sopt

#endif // SPARSE_OPT_MATH_MEDIAN_H
