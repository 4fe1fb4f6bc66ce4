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
    constants, the symbolic shapes of its results as ShapeAnalysis sees them,
    and the elements of results that look like shapes. Changes nothing.

    ```mlir
    // remark: [2] = (batch, seq)
    %0 = onnx.Shape(%x) : (tensor<?x?xf32>) -> tensor<2xi64>
    ```
  }];
}

def SimplifyONNXShapes : Pass<"onnx-simplify-shapes"> {
  let summary = "Remove the shape arithmetic that exporters write";
  let description = [{
    Uses ShapeAnalysis to make shapes plain:

    - result types get the sizes that are known, and so does the function's;
    - a Reshape takes a constant shape, with 0 for a dynamic dimension it keeps
      and -1 for at most one other;
    - a tensor of sizes becomes a constant, or a Shape of a function argument,
      or a Concat of such;
    - what changes nothing goes: Identity, Dropout (inference drops nothing,
      whatever `training_mode` says), a Cast to the same type, a Reshape,
      Expand, Slice, Transpose, Concat, Squeeze, Unsqueeze that keeps its
      operand, an Expand whose users broadcast anyway;
    - two Reshapes or two Transposes in a row become one; a Transpose written
      as Reshape, Transpose, Reshape becomes one Transpose.

    Left alone are shapes that no constant with one -1 can spell, and sizes that
    are not sums of a function argument's dimensions and constants.

    ```mlir
    %shape = onnx.Shape(%x) : (tensor<?x?x64xf32>) -> tensor<3xi64>
    %lead = onnx.Slice(%shape, %zero, %two) ...  // batch, seq
    %to = onnx.Concat(%lead, %heads) {axis = 0 : i64} ...
    %0 = onnx.Reshape(%x, %to) : (tensor<?x?x64xf32>, tensor<4xi64>) -> tensor<?x?x?x?xf32>
    // becomes
    %to = onnx.Constant() {value = dense<[0, 0, 4, 16]> : tensor<4xi64>} : () -> tensor<4xi64>
    %0 = onnx.Reshape(%x, %to) : (tensor<?x?x64xf32>, tensor<4xi64>) -> tensor<?x?x4x16xf32>
    ```
  }];
  let dependentDialects = ["::sopt::onnx::ONNXDialect"];
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
