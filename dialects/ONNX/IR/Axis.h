//===- Axis.h - Axes that may count from the back ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_ONNX_IR_AXIS_H
#define SPARSE_OPT_DIALECTS_ONNX_IR_AXIS_H

#include <cstdint>
#include <optional>

namespace sopt::onnx {

/// `axis` of a tensor of so many axes counted from the front, where ONNX counts
/// negative ones from the back; none if it is out of range.
inline std::optional<int64_t> normalizeAxis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return std::nullopt;
  return axis < 0 ? axis + rank : axis;
}

} // namespace sopt::onnx

#endif // SPARSE_OPT_DIALECTS_ONNX_IR_AXIS_H
