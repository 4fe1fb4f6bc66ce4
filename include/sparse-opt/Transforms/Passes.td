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

def FoldConstants : Pass<"onnx-fold-constants", "::mlir::ModuleOp"> {
  let summary = "Compute what is known at compile time";
  let description = [{
    Replaces operations of the onnx dialect whose operands are all constants by
    their value, computed as onnxruntime does, and Shape and Size where the
    type has the answer. A replaced constant that nobody uses any more is freed
    at once, so that weights are held once. So weights that an exporter stored
    as int8 become the fp32 that the graph computes with:

    ```mlir
    %w = onnx.Constant() {value = dense<[1, -2]> : tensor<2xi8>} : () -> tensor<2xi8>
    %s = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
    %0 = onnx.Cast(%w) {to = 1 : i64} : (tensor<2xi8>) -> tensor<2xf32>
    %1 = onnx.Mul(%0, %s) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    // becomes
    %1 = onnx.Constant() {value = dense<[5.0e-01, -1.0]> : tensor<2xf32>} : () -> tensor<2xf32>
    ```

    Folded are Cast, CastLike, DequantizeLinear; Add, Sub, Mul, Div, Mod, Pow,
    Neg, Sqrt, Reciprocal, Not, comparisons, Where; Reshape, Squeeze, Unsqueeze,
    Flatten, Identity, Transpose, Slice, Expand, ConstantOfShape, Concat,
    Gather. Left alone is a result of more than 64 KiB that is more than four
    times its operands; strings; casts to floats of eight bits or integers of
    fewer, and of numbers that do not fit the integer; division by integer zero;
    and operations that are not well formed, which verification reports.
  }];
  let statistics = [
    Statistic<"numFolded", "num-folded", "Operations replaced by constants">,
  ];
  let dependentDialects = ["::sopt::onnx::ONNXDialect"];
}

#endif // SPARSE_OPT_TRANSFORMS_PASSES
