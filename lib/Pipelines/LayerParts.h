//===- LayerParts.h - Neurons and heads between layers ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_PIPELINES_LAYERPARTS_H
#define SPARSE_OPT_LIB_PIPELINES_LAYERPARTS_H

#include "mlir/IR/BuiltinOps.h"
#include "sparse-opt/Analysis/PrunableLayers.h"
#include "sparse-opt/Search/PruneSearch.h"

namespace sopt {

/// Fills in which layers' inputs are neurons or heads, and what makes them, by
/// raising a copy of the module. A layer that makes another's inputs has no
/// parts of its own. Fails if no layer has any.
llvm::Error findParts(mlir::ModuleOp module,
                      llvm::MutableArrayRef<PrunableLayer> layers);

/// Sets to zero what makes inputs that no layer reads any more.
void clearProducers(llvm::ArrayRef<PrunableLayer> layers,
                    llvm::MutableArrayRef<PrunedWeights> weights);

/// The layer's weight without the inputs and outputs that are gone with their
/// parts, which compiled code does not have either.
struct LiveWeight {
  int64_t inputs, outputs;
  std::vector<float> weight;
};
LiveWeight takeLive(const PrunableLayer &layer, llvm::ArrayRef<float> weight);

} // namespace sopt

#endif // SPARSE_OPT_LIB_PIPELINES_LAYERPARTS_H
