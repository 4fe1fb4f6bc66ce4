// RUN: sparse-opt %s --pass-pipeline='builtin.module(convert-onnx-to-sopt,onnx-fold-constants,convert-onnx-to-sopt)' -split-input-file | FileCheck %s

// Product, bias and activation are one layer.
// CHECK-LABEL: func.func @layer
// CHECK: %[[Y:.*]] = sopt.linear %arg0, %{{.*}} bias %arg1 activation <relu>
// CHECK-NEXT: return %[[Y]]
func.func @layer(%x: tensor<?x2xf32>, %b: tensor<3xf32>) -> tensor<?x3xf32> {
  %w = onnx.Constant() {value = dense<1.0> : tensor<2x3xf32>} : () -> tensor<2x3xf32>
  %0 = onnx.MatMul(%x, %w) : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  %1 = onnx.Add(%b, %0) : (tensor<3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  %2 = onnx.Relu(%1) : (tensor<?x3xf32>) -> tensor<?x3xf32>
  return %2 : tensor<?x3xf32>
}

// -----

// A Gemm's weight is transposed once, now.
// CHECK-LABEL: func.func @gemm
// CHECK: %[[W:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 2.000000e+00]]> : tensor<1x2xf32>}
// CHECK: sopt.linear %arg0, %[[W]] bias %arg1 :
func.func @gemm(%x: tensor<?x1xf32>, %b: tensor<2xf32>) -> tensor<?x2xf32> {
  %w = onnx.Constant() {value = dense<[[1.0], [2.0]]> : tensor<2x1xf32>} : () -> tensor<2x1xf32>
  %0 = onnx.Gemm(%x, %w, %b) {transB = 1 : i64} : (tensor<?x1xf32>, tensor<2x1xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

// Needed twice, a sum stays outside the layer.
// CHECK-LABEL: func.func @shared_sum
// CHECK: %[[S:.*]] = sopt.linear %arg0, %{{.*}} :
// CHECK: onnx.Relu(%[[S]])
func.func @shared_sum(%x: tensor<?x2xf32>) -> (tensor<?x3xf32>, tensor<?x3xf32>) {
  %w = onnx.Constant() {value = dense<1.0> : tensor<2x3xf32>} : () -> tensor<2x3xf32>
  %0 = onnx.MatMul(%x, %w) : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  %1 = onnx.Relu(%0) : (tensor<?x3xf32>) -> tensor<?x3xf32>
  return %0, %1 : tensor<?x3xf32>, tensor<?x3xf32>
}

// -----

// A product of computed tensors is no layer.
// CHECK-LABEL: func.func @no_weight
// CHECK: onnx.MatMul
func.func @no_weight(%x: tensor<?x2xf32>, %w: tensor<2x3xf32>) -> tensor<?x3xf32> {
  %0 = onnx.MatMul(%x, %w) : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// -----

// A sum that only the normalisation reads is its residual.
// CHECK-LABEL: func.func @residual
// CHECK: sopt.layer_norm %arg0 residual %arg1 scale %arg2 bias %arg3 {epsilon = 9.99999997E-7 : f32}
func.func @residual(%x: tensor<?x8xf32> {onnx.dims = ["n", ""]}, %r: tensor<?x8xf32> {onnx.dims = ["n", ""]}, %s: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<?x8xf32> {
  %0 = onnx.Add(%x, %r) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = onnx.LayerNormalization(%0, %s, %b) {epsilon = 1.0e-6 : f32, resultSegmentSizes = array<i32: 1, 0, 0>} : (tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}

// -----

// A size that only the result's type knows stays known.
// CHECK-LABEL: func.func @declared_size
// CHECK: sopt.layer_norm {{.*}} -> tensor<1x8xf32>
func.func @declared_size(%x: tensor<?x8xf32>, %s: tensor<8xf32>) -> tensor<1x8xf32> {
  %0 = onnx.LayerNormalization(%x, %s) {resultSegmentSizes = array<i32: 1, 0, 0>} : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}

// -----

// One that broadcasts, or may, is not.
// CHECK-LABEL: func.func @broadcast_sum
// CHECK: %[[S:.*]] = onnx.Add
// CHECK: sopt.layer_norm %[[S]] scale %arg2 {rms}
func.func @broadcast_sum(%x: tensor<?x8xf32>, %r: tensor<?x8xf32>, %s: tensor<8xf32>) -> tensor<?x8xf32> {
  %0 = onnx.Add(%x, %r) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = onnx.RMSNormalization(%0, %s) : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}

// -----

// More than the last dimension is left alone.
// CHECK-LABEL: func.func @two_dimensions
// CHECK: onnx.LayerNormalization
func.func @two_dimensions(%x: tensor<?x4x8xf32>, %s: tensor<4x8xf32>) -> tensor<?x4x8xf32> {
  %0 = onnx.LayerNormalization(%x, %s) {axis = -2 : i64, resultSegmentSizes = array<i32: 1, 0, 0>} : (tensor<?x4x8xf32>, tensor<4x8xf32>) -> tensor<?x4x8xf32>
  return %0 : tensor<?x4x8xf32>
}

// -----

// How a product is to be computed was decided before, also for a Gemm whose
// weight must be transposed first.
// CHECK-LABEL: func.func @scheduled
// CHECK: sopt.linear %arg0, %{{.*}} schedule <layout = <csr, i16>, dense_below = 8> :
// CHECK: sopt.linear %arg0, %{{.*}} schedule <layout = <block 4x1, i16>> :
func.func @scheduled(%x: tensor<?x2xf32>) -> (tensor<?x3xf32>, tensor<?x3xf32>) {
  %w = onnx.Constant() {value = dense<[[1.0, 0.0, 2.0], [3.0, 4.0, 0.0]]> : tensor<2x3xf32>} : () -> tensor<2x3xf32>
  %v = onnx.Constant() {value = dense<[[1.0, 0.0], [2.0, 3.0], [4.0, 0.0]]> : tensor<3x2xf32>} : () -> tensor<3x2xf32>
  %0 = onnx.MatMul(%x, %w) {sopt.schedule = #sopt.schedule<layout = <csr, i16>, dense_below = 8>} : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  %1 = onnx.Gemm(%x, %v) {transB = 1 : i64, sopt.schedule = #sopt.schedule<layout = <block 4x1, i16>>} : (tensor<?x2xf32>, tensor<3x2xf32>) -> tensor<?x3xf32>
  return %0, %1 : tensor<?x3xf32>, tensor<?x3xf32>
}
