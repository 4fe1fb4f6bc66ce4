//===- Cosines.h - Cosines of embeddings ------------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_SEARCH_COSINES_H
#define SPARSE_OPT_LIB_SEARCH_COSINES_H

#include "sparse-opt/Search/Metrics.h"

namespace sopt {

/// The cosines of embeddings; that of one which is all zero and any other is 0.
class Cosines {
public:
  explicit Cosines(const Embeddings &embeddings);

  double get(unsigned first, unsigned second) const;

  /// Of item `first` and each that follows it.
  std::vector<double> getWithLater(unsigned first) const;

private:
  int64_t width;
  std::vector<double> rows; ///< Of length 1.
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_SEARCH_COSINES_H
