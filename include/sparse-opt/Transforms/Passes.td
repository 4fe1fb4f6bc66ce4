//===- Passes.td - Passes of lib/Transforms ---------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_PASSES
#define SPARSE_OPT_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def PrintONNXShapes : Pass<"onnx-print-shapes"> {
  let summary = "Remark what is known of every tensor's shape";
  let description = [{
    Prints, as a remark at each operation of the onnx and sopt dialects but
    constants, the symbolic shapes of its results as ShapeAnalysis sees them, and the elements
    of results that look like shapes. Changes nothing.

    ```mlir
    // remark: [2] = (batch, seq)
    %0 = onnx.Shape(%x) : (tensor<?x?xf32>) -> tensor<2xi64>
    ```
  }];
}

#endif // SPARSE_OPT_TRANSFORMS_PASSES
