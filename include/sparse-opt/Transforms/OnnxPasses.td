//===- OnnxPasses.td - Passes on ONNX's operators ----------*- tablegen -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_ONNXPASSES
#define SPARSE_OPT_TRANSFORMS_ONNXPASSES

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
    - an If with a constant condition becomes the branch it takes;
    - two Reshapes or two Transposes in a row become one; a Transpose written
      as Reshape, Transpose, Reshape becomes one Transpose.

    Left alone are shapes that no constant with one -1 can spell, and sizes that
    are not sums of a function argument's dimensions and constants.

    ```mlir
    %lead = onnx.Shape(%x) {end = 2 : i64} : (tensor<?x?x64xf32>) -> tensor<2xi64>
    %heads = onnx.Constant() {value = dense<[4, 16]> : tensor<2xi64>} : () -> tensor<2xi64>
    %to = onnx.Concat(%lead, %heads) {axis = 0 : i64} : (tensor<2xi64>, tensor<2xi64>) -> tensor<4xi64>
    %0 = onnx.Reshape(%x, %to) : (tensor<?x?x64xf32>, tensor<4xi64>) -> tensor<?x?x?x?xf32>
    // becomes
    %to = onnx.Constant() {value = dense<[0, 0, 4, 16]> : tensor<4xi64>} : () -> tensor<4xi64>
    %0 = onnx.Reshape(%x, %to) : (tensor<?x?x64xf32>, tensor<4xi64>) -> tensor<?x?x4x16xf32>
    ```
  }];
  let dependentDialects = ["::sopt::onnx::ONNXDialect"];
}

def RaiseONNX : Pass<"onnx-raise"> {
  let summary = "Find whole operations in the chains of small ones";
  let description = [{
    Exporters spell attention, normalisation and activations with small
    operators, each in its own way. This pass compares formulas, not spellings:
    operands may be commuted, a quotient be a product, a square a power, casts
    lie between. It raises

    - x·(1 + erf(x/√2))/2 and its approximation by tanh (or the sigmoid that
      equals it) to onnx.Gelu; x·σ(αx) to onnx.Swish;
    - (x − mean(x))/√(var(x) + ε)·scale + bias to onnx.LayerNormalization,
      x/√(mean(x²) + ε)·scale to onnx.RMSNormalization;
    - exp(x)/sum(exp(x)) to onnx.Softmax;
    - a Gemm on flattened rows to MatMul and Add on the rows as they are, an
      Einsum that multiplies stacks of matrices to MatMul, one that permutes
      to Transpose;
    - softmax(q·kᵀ·scale + mask)·v to sopt.attention, with the scale gathered
      from wherever it was applied, heads left packed where they were split by
      Reshape and Transpose, repeated or broadcast key heads shared, batch and
      heads merged or windows of images apart on the way, a factor for each
      head or query moved to q, and the mask as data:
      padding (from an integer or boolean tensor that is 0 or 1), causal (from
      comparisons of positions, Trilu, constant triangles), or a bias where it
      is neither; more dimensions than batch and heads are merged first;
    - onnx.Attention without cache and cap to sopt.attention.

    Where masked scores are replaced by a large negative number, not added to
    it, `fill` becomes the lowest number, which gives the same result: nothing
    if any key is left, the mean over all keys if none is. So it is where the
    condition is no mask of those, and becomes a bias.

    Where NaN among the weights are replaced by 0, a query whose keys are all
    masked by −∞ gives zeros, be that by a mask or a bias.

    Left alone is what has uses in the middle, sizes that do not provably fit,
    and what differs in the formula; `report` says where and why.

    ```mlir
    %sqrt2 = onnx.Constant() {value = dense<1.41421354> : tensor<f32>} : () -> tensor<f32>
    %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
    %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
    %0 = onnx.Div(%x, %sqrt2) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
    %1 = onnx.Erf(%0) : (tensor<?x8xf32>) -> tensor<?x8xf32>
    %2 = onnx.Add(%1, %one) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
    %3 = onnx.Mul(%x, %2) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %4 = onnx.Mul(%3, %half) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
    // becomes
    %4 = onnx.Gelu(%x) {approximate = "none"} : (tensor<?x8xf32>) -> tensor<?x8xf32>
    ```
  }];
  let options = [
    Option<"report", "report", "bool", /*default=*/"false",
           "Print what was raised and each near miss with its reason">,
  ];
  let dependentDialects = ["::sopt::onnx::ONNXDialect", "::sopt::SoptDialect"];
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

    A `sopt.sparse_constant` counts as a constant. What becomes of it is dense,
    but for its transposition, which stays in its layout if that can store it.

    Folded are Cast, CastLike, DequantizeLinear; Add, Sub, Mul, Div, Mod, Pow,
    Neg, Sqrt, Reciprocal, Not, comparisons, Where; Reshape, Squeeze, Unsqueeze,
    Flatten, Identity, Transpose, Slice, Expand, ConstantOfShape, Concat,
    Gather. Left alone is a result of more than 64 KiB that is more than four
    times its operands, or of more than 4 MiB with more elements than they;
    strings; casts to floats of eight bits or integers of fewer, and of numbers
    that do not fit the integer; division by integer zero;
    and operations that are not well formed, which verification reports.
  }];
  let statistics = [
    Statistic<"numFolded", "num-folded", "Operations replaced by constants">,
  ];
  let dependentDialects = ["::sopt::onnx::ONNXDialect"];
}

def ExpandFunctions : Pass<"onnx-expand-functions", "::mlir::ModuleOp"> {
  let summary = "Replace operators that ONNX defines by others";
  let description = [{
    ONNX defines many operators by functions of simpler ones. Those that no
    lowering takes as wholes (losses, windows, RotaryEmbedding,
    LinearAttention and others) are replaced by the ONNX library's functions,
    at the newest opset and with shapes inferred. Every operation of the
    definition gets the location of the node it defines. Left alone is what the
    library cannot expand, such as operands without a rank.

    ```mlir
    %0 = onnx.NegativeLogLikelihoodLoss(%x, %target) {reduction = "none"}
       : (tensor<?x5xf32>, tensor<?xi64>) -> tensor<?xf32>
    // becomes, besides reshapes,
    %1 = onnx.GatherElements(%x, %column) {axis = 1 : i64}
       : (tensor<?x5xf32>, tensor<?x1xi64>) -> tensor<?x1xf32>
    %2 = onnx.Neg(%1) : (tensor<?x1xf32>) -> tensor<?x1xf32>
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect",
                           "::mlir::tensor::TensorDialect",
                           "::sopt::onnx::ONNXDialect"];
}

#endif // SPARSE_OPT_TRANSFORMS_ONNXPASSES
