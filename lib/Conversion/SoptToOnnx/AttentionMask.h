//===- AttentionMask.h - Attention's masks as tensors of onnx ---*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOONNX_ATTENTIONMASK_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOONNX_ATTENTIONMASK_H

#include "NodeBuilder.h"
#include "dialects/Sopt/IR/Sopt.h"

namespace sopt {

/// Which keys all masks of `op` but top_k hide: booleans, true where masked,
/// that broadcast to B × heads × Sq × Sk and have all keys. Null if no mask
/// says anything.
mlir::Value createMask(NodeBuilder &b, AttentionOp op);

/// Adds to `mask` (may be null) what top_k hides of `scores`.
mlir::Value addTopK(NodeBuilder &b, AttentionOp op, mlir::Value scores,
                    mlir::Value mask);

/// What is added to the scores: `fill` where `mask` is true, else 0.
mlir::Value createAdditiveMask(NodeBuilder &b, AttentionOp op,
                               mlir::Value mask);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOONNX_ATTENTIONMASK_H
