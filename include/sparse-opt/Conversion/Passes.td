//===- Passes.td - Passes of lib/Conversion ---------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_CONVERSION_PASSES
#define SPARSE_OPT_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

def ConvertSoptToLinalg : Pass<"convert-sopt-to-linalg"> {
  let summary = "Decompose every sopt op to linalg on tensors";
  let description = [{
    Rewrites each op of the sopt dialect to the linalg, tensor, arith and math
    ops that define it. Batch and sequence may be dynamic, and every mask of
    `sopt.attention` is covered. Half-precision values are widened to f32 as
    they are read and rounded once, when the result is written.

    This is what the ops mean, not the fastest way to run them: attention's
    scores exist in full, and `top_k` compares every pair of keys of a query.
    It refuses nothing that verifies.

    ```mlir
    %0 = sopt.poly %x {coefficients = dense<[0.5, 1.0]> : tensor<2xf32>}
       : tensor<?xf32> -> tensor<?xf32>
    // becomes
    %0 = linalg.generic {...} ins(%x : tensor<?xf32>) outs(%empty : tensor<?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %1 = math.fma %cst_1, %in, %cst_0 : f32
      linalg.yield %1 : f32
    } -> tensor<?xf32>
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

#endif // SPARSE_OPT_CONVERSION_PASSES
