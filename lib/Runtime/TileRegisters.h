//===- TileRegisters.h - Leave to use AMX --------------------- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_RUNTIME_TILEREGISTERS_H
#define SPARSE_OPT_LIB_RUNTIME_TILEREGISTERS_H

namespace sopt::runtime {

/// Asks the system to let this process use AMX's tile registers, which it does
/// for all threads if it does. Only the first call costs anything.
bool requestTileRegisters();

} // namespace sopt::runtime

#endif // SPARSE_OPT_LIB_RUNTIME_TILEREGISTERS_H
