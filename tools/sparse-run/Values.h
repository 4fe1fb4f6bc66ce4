//===- Values.h - Elements of any type as numbers ---------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSERUN_VALUES_H
#define SPARSE_OPT_TOOLS_SPARSERUN_VALUES_H

#include "sparse-opt/Execution/Tensor.h"

namespace sopt {

/// Reads the elements of a tensor. A complex element is two numbers; types
/// below 16 bits that are no integers are read as their bits.
class Values {
public:
  explicit Values(const Tensor &tensor);

  size_t size() const { return count; }

  /// Whether numbers may differ by rounding.
  bool areFloats() const { return isFloat; }

  /// Exact but for integers beyond 2^53.
  double get(size_t index) const;

  /// The bits of number `index`; equal for equal integers.
  uint64_t getBits(size_t index) const;

  std::string format(size_t index) const;

private:
  const Tensor &tensor;
  int32_t type; ///< Of a number: that of a complex element's parts.
  bool isFloat, isSigned;
  size_t width; ///< Bytes of a number.
  size_t count;
};

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSERUN_VALUES_H
