// RUN: sparse-opt %s --onnx-raise -split-input-file | FileCheck %s

// Queries by keys, batch and heads in front, as XLNet has them.

// CHECK-LABEL: @scores
// CHECK:       %[[Q:.*]] = onnx.Transpose(%arg0) {perm = array<i64: 1, 2, 0, 3>}
// CHECK:       %[[K:.*]] = onnx.Transpose(%arg1) {perm = array<i64: 1, 2, 3, 0>}
// CHECK:       %[[S:.*]] = onnx.MatMul(%[[Q]], %[[K]])
// CHECK:       return %[[S]]
func.func @scores(%q: tensor<?x2x4x8xf32>, %k: tensor<?x2x4x8xf32>) -> tensor<2x4x?x?xf32> {
  %0 = onnx.Einsum(%q, %k) {equation = "ibnd,jbnd->bnij"} : (tensor<?x2x4x8xf32>, tensor<?x2x4x8xf32>) -> tensor<2x4x?x?xf32>
  return %0 : tensor<2x4x?x?xf32>
}

// -----

// An outer product is none of matrices.

// CHECK-LABEL: @outer
// CHECK:       onnx.Einsum
func.func @outer(%x: tensor<?xf32>, %y: tensor<4xf32>) -> tensor<?x4xf32> {
  %0 = onnx.Einsum(%x, %y) {equation = "i , j -> i j"} : (tensor<?xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// CHECK-LABEL: @permuted
// CHECK:       onnx.Transpose(%{{.*}}) {perm = array<i64: 2, 3, 0, 1>}
func.func @permuted(%x: tensor<?x?x2x1xf32>) -> tensor<2x1x?x?xf32> {
  %0 = onnx.Einsum(%x) {equation = "ijbn->bnij"} : (tensor<?x?x2x1xf32>) -> tensor<2x1x?x?xf32>
  return %0 : tensor<2x1x?x?xf32>
}
