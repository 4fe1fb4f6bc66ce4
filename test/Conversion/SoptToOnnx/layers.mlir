// RUN: sparse-opt %s -convert-sopt-to-onnx | FileCheck %s

// CHECK-LABEL: func @linear
func.func @linear(%x: tensor<?x4xf32>, %w: tensor<4x8xf32>, %b: tensor<8xf32>) -> tensor<?x8xf32> {
  // CHECK: %[[M:.*]] = onnx.MatMul(%{{.*}}, %{{.*}}) : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  // CHECK: %[[A:.*]] = onnx.Add(%[[M]], %{{.*}})
  // CHECK: onnx.Gelu(%[[A]]) {approximate = "tanh"}
  %0 = sopt.linear %x, %w bias %b activation <gelu_tanh>
     : (tensor<?x4xf32>, tensor<4x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// CHECK-LABEL: func @layer_norm
func.func @layer_norm(%x: tensor<?x8xf32>, %r: tensor<?x8xf32>, %s: tensor<8xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>) {
  // CHECK: %[[Z:.*]] = onnx.Add
  // CHECK: onnx.LayerNormalization(%[[Z]], %{{.*}}) {{{.*}}epsilon = 9.99999996E-13 : f32, resultSegmentSizes = array<i32: 1, 0, 0>
  %0 = sopt.layer_norm %x residual %r scale %s {epsilon = 1.0e-12 : f32}
     : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  // CHECK: onnx.RMSNormalization
  %1 = sopt.layer_norm %x scale %s {rms} : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %0, %1 : tensor<?x8xf32>, tensor<?x8xf32>
}

// CHECK-LABEL: func @sparse
func.func @sparse() -> tensor<2x3xf32> {
  // CHECK: onnx.Constant() {value = dense<{{\[\[}}0.000000e+00, 5.000000e+00, 0.000000e+00], [6.000000e+00, 0.000000e+00, 7.000000e+00]]> : tensor<2x3xf32>}
  %w = sopt.sparse_constant #sopt.layout<csr, i16> {
         values = dense<[5.0, 6.0, 7.0]> : tensor<3xf32>,
         indices = dense<[1, 0, 2]> : tensor<3xi16>,
         pointers = dense<[0, 1, 3]> : tensor<3xi32>} : tensor<2x3xf32>
  return %w : tensor<2x3xf32>
}

// Horner's rule; one coefficient of each power for each of two channels.
// CHECK-LABEL: func @poly
func.func @poly(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  // CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<{{\[\[}}3.000000e+00], [6.000000e+00]]> : tensor<2x1xf32>}
  // CHECK: %[[P:.*]] = onnx.Mul(%[[C2]], %arg0)
  // CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<{{\[\[}}2.000000e+00], [5.000000e+00]]>
  // CHECK: %[[S:.*]] = onnx.Add(%[[P]], %[[C1]])
  // CHECK: onnx.Mul(%[[S]], %arg0)
  // CHECK: onnx.Add
  %0 = sopt.poly %x {channel = 0 : i64, coefficients = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>}
     : tensor<2x?xf32> -> tensor<2x?xf32>
  return %0 : tensor<2x?xf32>
}

// Few runtimes know Swish.
// CHECK-LABEL: func @swish
func.func @swish(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  // CHECK: %[[U:.*]] = onnx.Mul(%[[X:.*]], %{{.*}})
  // CHECK: %[[S:.*]] = onnx.Sigmoid(%[[U]])
  // CHECK: onnx.Mul(%[[X]], %[[S]])
  %0 = onnx.Swish(%x) {alpha = 1.702 : f32} : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// -----

// A constant takes the shape of x, and nothing of its values: 0 · inf is NaN.
// CHECK-LABEL: func @poly_constant
// CHECK: %[[C:.*]] = onnx.Constant() {value = dense<3.000000e+00> : tensor<f32>}
// CHECK: %[[SHAPE:.*]] = onnx.Shape(%arg0)
// CHECK: onnx.Expand(%[[C]], %[[SHAPE]])
func.func @poly_constant(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %0 = sopt.poly %x {coefficients = dense<3.0> : tensor<1xf32>} : tensor<2x?xf32> -> tensor<2x?xf32>
  return %0 : tensor<2x?xf32>
}
