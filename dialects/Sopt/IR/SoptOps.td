//===- SoptOps.td - All operations of the sopt dialect --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_SOPT_IR_SOPTOPS
#define SPARSE_OPT_DIALECTS_SOPT_IR_SOPTOPS

include "dialects/Sopt/IR/AttentionOps.td"
include "dialects/Sopt/IR/PolyOps.td"
include "dialects/Sopt/IR/SignatureAttrs.td"
include "dialects/Sopt/IR/SparseOps.td"

#endif // SPARSE_OPT_DIALECTS_SOPT_IR_SOPTOPS
