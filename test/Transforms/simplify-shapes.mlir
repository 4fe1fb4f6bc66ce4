// RUN: sparse-opt %s --onnx-simplify-shapes -split-input-file | FileCheck %s

// A computed shape becomes a constant that keeps dynamic dimensions, and types
// say what is known.
// CHECK-LABEL: func.func @computed_shape
// CHECK-SAME: -> tensor<?x?x4x16xf32>
func.func @computed_shape(%x: tensor<?x?x64xf32>) -> tensor<?x?x?x?xf32> {
  %zero = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %two = onnx.Constant() {value = dense<2> : tensor<1xi64>} : () -> tensor<1xi64>
  %heads = onnx.Constant() {value = dense<[4, 16]> : tensor<2xi64>} : () -> tensor<2xi64>
  %shape = onnx.Shape(%x) : (tensor<?x?x64xf32>) -> tensor<3xi64>
  %lead = onnx.Slice(%shape, %zero, %two) {operandSegmentSizes = array<i32: 1, 1, 1, 0, 0>}
        : (tensor<3xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %to = onnx.Concat(%lead, %heads) {axis = 0 : i64} : (tensor<2xi64>, tensor<2xi64>) -> tensor<4xi64>
  // CHECK-NOT: onnx.Shape
  // CHECK: %[[TO:.*]] = onnx.Constant() {value = dense<[0, 0, 4, 16]>
  // CHECK: onnx.Reshape(%{{.*}}, %[[TO]])
  %y = onnx.Reshape(%x, %to) : (tensor<?x?x64xf32>, tensor<4xi64>) -> tensor<?x?x?x?xf32>
  return %y : tensor<?x?x?x?xf32>
}

// -----

// What inference does not do goes.
// CHECK-LABEL: func.func @no_ops
// CHECK-NEXT: %[[R:.*]] = onnx.Relu
// CHECK-NEXT: return %[[R]]
func.func @no_ops(%x: tensor<?x8xf32>, %ratio: tensor<f32>, %training: tensor<i1>) -> tensor<?x8xf32> {
  %shape = onnx.Shape(%x) : (tensor<?x8xf32>) -> tensor<2xi64>
  %0 = onnx.Relu(%x) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = onnx.Dropout(%0, %ratio, %training) {operandSegmentSizes = array<i32: 1, 1, 1>, resultSegmentSizes = array<i32: 1, 0>}
     : (tensor<?x8xf32>, tensor<f32>, tensor<i1>) -> tensor<?x8xf32>
  %2 = onnx.Identity(%1) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %3 = onnx.Reshape(%2, %shape) : (tensor<?x8xf32>, tensor<2xi64>) -> tensor<?x8xf32>
  %4 = onnx.Expand(%3, %shape) : (tensor<?x8xf32>, tensor<2xi64>) -> tensor<?x8xf32>
  %5 = onnx.Cast(%4) {to = 1 : i64} : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %5 : tensor<?x8xf32>
}

// -----

// An argument is not returned: a graph's output is a node's.
// CHECK-LABEL: func.func @passed_through
// CHECK: onnx.Identity
func.func @passed_through(%x: tensor<?xi64>) -> tensor<?xi64> {
  %0 = onnx.Identity(%x) : (tensor<?xi64>) -> tensor<?xi64>
  return %0 : tensor<?xi64>
}

// -----

// The last two dimensions swapped by way of a merged batch, as some exporters
// write k's transposition.
// CHECK-LABEL: func.func @transpose_by_reshapes
// CHECK-NEXT: %[[T:.*]] = onnx.Transpose(%{{.*}}) {perm = array<i64: 0, 2, 3, 1>}
// CHECK-NEXT: return %[[T]]
func.func @transpose_by_reshapes(%k: tensor<2x12x4x16xf32>) -> tensor<2x4x16x12xf32> {
  %merged = onnx.Constant() {value = dense<[-1, 12, 16]> : tensor<3xi64>} : () -> tensor<3xi64>
  %split = onnx.Constant() {value = dense<[2, 4, 16, 12]> : tensor<4xi64>} : () -> tensor<4xi64>
  %0 = onnx.Transpose(%k) {perm = array<i64: 0, 2, 1, 3>} : (tensor<2x12x4x16xf32>) -> tensor<2x4x12x16xf32>
  %1 = onnx.Reshape(%0, %merged) : (tensor<2x4x12x16xf32>, tensor<3xi64>) -> tensor<8x12x16xf32>
  %2 = onnx.Transpose(%1) {perm = array<i64: 0, 2, 1>} : (tensor<8x12x16xf32>) -> tensor<8x16x12xf32>
  %3 = onnx.Reshape(%2, %split) : (tensor<8x16x12xf32>, tensor<4xi64>) -> tensor<2x4x16x12xf32>
  return %3 : tensor<2x4x16x12xf32>
}

// -----

// Token types of a sentence alone: all zero, expanded to the batch only for the
// sum to broadcast them.
// CHECK-LABEL: func.func @expanded_indices
// CHECK-SAME: (%[[X:.*]]: tensor<?x?x8xf32> {{.*}}, %[[I:.*]]: tensor<1x?xi64> {{.*}}, %[[T:.*]]: tensor<2x8xf32>)
// CHECK-NEXT: %[[G:.*]] = onnx.Gather(%[[T]], %[[I]])
// CHECK-NEXT: onnx.Add(%[[X]], %[[G]])
func.func @expanded_indices(%x: tensor<?x?x8xf32> {onnx.dims = ["batch", "seq", ""]},
                            %i: tensor<1x?xi64> {onnx.dims = ["", "seq"]}, %table: tensor<2x8xf32>) -> tensor<?x?x8xf32> {
  %to = onnx.Shape(%x) {end = 2 : i64} : (tensor<?x?x8xf32>) -> tensor<2xi64>
  %0 = onnx.Expand(%i, %to) : (tensor<1x?xi64>, tensor<2xi64>) -> tensor<?x?xi64>
  %1 = onnx.Gather(%table, %0) : (tensor<2x8xf32>, tensor<?x?xi64>) -> tensor<?x?x8xf32>
  %2 = onnx.Add(%x, %1) : (tensor<?x?x8xf32>, tensor<?x?x8xf32>) -> tensor<?x?x8xf32>
  return %2 : tensor<?x?x8xf32>
}

// -----

// Sizes of the arguments are read from the arguments.
// CHECK-LABEL: func.func @plain_sizes
// CHECK-SAME: (%[[IDS:.*]]: tensor<?x?xi64> {{.*}}, %[[X:.*]]: tensor<1xf32>)
// CHECK-NEXT: %[[S:.*]] = onnx.Shape(%[[IDS]])
// CHECK-NEXT: onnx.Expand(%[[X]], %[[S]])
func.func @plain_sizes(%ids: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]}, %x: tensor<1xf32>) -> tensor<?x?xf32> {
  %minus = onnx.Constant() {value = dense<-1> : tensor<2xi64>} : () -> tensor<2xi64>
  %ones = onnx.Constant() {value = dense<1> : tensor<2xi64>} : () -> tensor<2xi64>
  %s = onnx.Shape(%ids) : (tensor<?x?xi64>) -> tensor<2xi64>
  // What TorchScript writes for expand(), where -1 means "as it is".
  %c = onnx.Equal(%s, %minus) : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi1>
  %to = onnx.Where(%c, %ones, %s) : (tensor<2xi1>, tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  %0 = onnx.Expand(%x, %to) : (tensor<1xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----

// No constant with one -1 spells two new dynamic dimensions.
// CHECK-LABEL: func.func @two_unknowns
// CHECK: onnx.Concat
func.func @two_unknowns(%x: tensor<?xf32> {onnx.dims = ["n"]}, %y: tensor<?x?xf32> {onnx.dims = ["a", "b"]}) -> tensor<?x?xf32> {
  %a = onnx.Shape(%y) {end = 1 : i64} : (tensor<?x?xf32>) -> tensor<1xi64>
  %b = onnx.Shape(%y) {start = 1 : i64} : (tensor<?x?xf32>) -> tensor<1xi64>
  %to = onnx.Concat(%b, %a) {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %0 = onnx.Reshape(%x, %to) : (tensor<?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}
