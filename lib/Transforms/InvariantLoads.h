//===- InvariantLoads.h - Load once what a loop loads again -----*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_INVARIANTLOADS_H
#define SPARSE_OPT_LIB_TRANSFORMS_INVARIANTLOADS_H

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace sopt {

/// Moves loads of elements that `loop`, the innermost of a linalg operation,
/// reads at a place that does not move to before it, with what is computed from
/// them: the index of a gather's row, say, without which LLVM does not
/// vectorise the row. It could not do so itself, as it does not know that
/// nobody writes there. Buffers of a linalg operation that are written are no
/// others' aliases; this relies on it. A loop that may run not at all is left
/// alone.
void hoistLoads(mlir::scf::ForOp loop);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_INVARIANTLOADS_H
