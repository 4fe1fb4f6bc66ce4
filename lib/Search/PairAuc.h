//===- PairAuc.h - Whether raters see the same pairs ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_SEARCH_PAIRAUC_H
#define SPARSE_OPT_LIB_SEARCH_PAIRAUC_H

#include "llvm/ADT/ArrayRef.h"

namespace sopt {

/// What measurePairAuc gives one rater, who finds two items the same or not, by
/// the classes of the other; the mean of both directions. See Metric::agree.
double agreeOnPairs(llvm::ArrayRef<unsigned> first,
                    llvm::ArrayRef<unsigned> second,
                    llvm::ArrayRef<double> weights);

} // namespace sopt

#endif // SPARSE_OPT_LIB_SEARCH_PAIRAUC_H
