//===- FeatureSets.h - Features without an order of their own ---*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_ANALYSIS_FEATURESETS_H
#define SPARSE_OPT_ANALYSIS_FEATURESETS_H

#include "dialects/Sopt/IR/Sopt.h"
#include <vector>

namespace sopt {

/// Layers between which features may have any order: permuted alike in the
/// outputs of the producers and the inputs of the readers, they change nothing
/// else but the order of sums.
///
/// Features are permuted inside of `parts` parts of `size` of them. A layer has
/// parts × repeats × size outputs or inputs, the repeats of a part all in the
/// same order: query heads that share a key head. Of other layers there is one.
struct FeatureSet {
  int64_t parts, size;
  llvm::SmallVector<LinearOp, 2> producers; ///< Of constant weight and bias.
  llvm::SmallVector<LinearOp, 2> readers;   ///< Of constant weight.
};

/// All of them under `root`. They are, with no other user of what lies between:
///   layers, elementwise operations between or not, and the layers behind, with
///   one part of all features;
///   the layers that make an attention's q and k, with a part for each key head
///   and no reader, since scores are sums over features;
///   the layer that makes its v and those that read its result, likewise.
/// An attention must be packed, and none of its q, k and v a part of another
/// layer's product. A layer may belong to one set by its outputs and to another
/// by its inputs.
std::vector<FeatureSet> findFeatureSets(mlir::Operation *root);

} // namespace sopt

#endif // SPARSE_OPT_ANALYSIS_FEATURESETS_H
