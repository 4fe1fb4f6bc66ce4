//===- Opset.h - The oldest opset that has a model's operators --*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_EXPORT_OPSET_H
#define SPARSE_OPT_LIB_EXPORT_OPSET_H

#include "GraphExporter.h"

namespace sopt {

/// The smallest opset, `oldest` or newer, in which each of `nodes`, which are
/// spelt for the newest, means the same. Older runtimes know older opsets.
int64_t chooseOpset(llvm::ArrayRef<ExportedNode> nodes, int64_t oldest);

/// The smallest version of the file format that goes with `opset`.
int64_t getIRVersion(int64_t opset);

} // namespace sopt

#endif // SPARSE_OPT_LIB_EXPORT_OPSET_H
