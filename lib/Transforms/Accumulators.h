//===- Accumulators.h - Keep reductions in registers ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_ACCUMULATORS_H
#define SPARSE_OPT_LIB_TRANSFORMS_ACCUMULATORS_H

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"

namespace sopt {

/// Turns elements that `loop`, the innermost of a linalg operation, reads and
/// writes at a place that does not move into values carried from iteration to
/// iteration. Sums and products of floats among them may then be reassociated,
/// as LLVM must to vectorise them. Buffers of a linalg operation that are
/// written are no others' aliases; this relies on it.
void keepAccumulators(mlir::RewriterBase &rewriter, mlir::scf::ForOp loop);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_ACCUMULATORS_H
