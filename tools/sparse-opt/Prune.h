//===- Prune.h - Search for zeros on the user's behalf ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSE_OPT_PRUNE_H
#define SPARSE_OPT_TOOLS_SPARSE_OPT_PRUNE_H

#include "Options.h"
#include "Progress.h"
#include "sparse-opt/Pipelines/Prune.h"

namespace sopt {

/// What --prune-search says, none where it is absent. Fails after telling what
/// is wrong with it, or with it and the `output` that is asked for.
mlir::FailureOr<std::optional<PruneOptions>>
parsePruneSearch(const Options &options, llvm::StringRef output,
                 mlir::Location loc);

/// Whether the search writes files of its own, and no output.
bool writesItself(const PruneOptions &search);

/// Prunes `module` and prints what became of it, or writes what else is asked
/// for. Ctrl-C ends the search, not the program.
mlir::LogicalResult prune(mlir::ModuleOp module, const PruneOptions &search,
                          ReportFormat report, Progress &progress);

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSE_OPT_PRUNE_H
