//===- Passes.td - Passes of lib/Transforms ------------------*- tablegen -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_PASSES
#define SPARSE_OPT_TRANSFORMS_PASSES

include "sparse-opt/Transforms/BufferPasses.td"
include "sparse-opt/Transforms/LayerPasses.td"
include "sparse-opt/Transforms/LimitPasses.td"
include "sparse-opt/Transforms/LoopPasses.td"
include "sparse-opt/Transforms/OnnxPasses.td"
include "sparse-opt/Transforms/TensorPasses.td"

#endif // SPARSE_OPT_TRANSFORMS_PASSES
