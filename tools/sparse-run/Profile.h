//===- Profile.h - Time per node of the original model ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSERUN_PROFILE_H
#define SPARSE_OPT_TOOLS_SPARSERUN_PROFILE_H

#include "sparse-opt/Execution/LoadedModel.h"

namespace sopt {

/// Runs `session` for a second or so and prints the nodes, slowest first.
llvm::Error profile(Session &session);

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSERUN_PROFILE_H
