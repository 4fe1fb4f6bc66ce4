// RUN: sparse-opt %s --convert-onnx-to-linalg --split-input-file | FileCheck %s

// A matrix on the right has kernels; leading dimensions are rows.
// CHECK-LABEL: func @matmul
// CHECK: sopt.linear %{{.*}}, %{{.*}} : (tensor<?x?x4xf32>, tensor<4x8xf32>) -> tensor<?x?x8xf32>
func.func @matmul(%x: tensor<?x?x4xf32>, %w: tensor<4x8xf32>) -> tensor<?x?x8xf32> {
  %0 = onnx.MatMul(%x, %w) : (tensor<?x?x4xf32>, tensor<4x8xf32>) -> tensor<?x?x8xf32>
  return %0 : tensor<?x?x8xf32>
}

// -----

// CHECK-LABEL: func @gemm
// CHECK: %[[W:.+]] = linalg.transpose
// CHECK: sopt.linear %{{.*}}, %[[W]] bias %{{.*}} : (tensor<?x4xf32>, tensor<4x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
func.func @gemm(%x: tensor<?x4xf32>, %w: tensor<8x4xf32>, %b: tensor<8xf32>) -> tensor<?x8xf32> {
  %0 = onnx.Gemm(%x, %w, %b) {transB = 1 : i64}
     : (tensor<?x4xf32>, tensor<8x4xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// -----

// Stacks of matrices of one size are one product per pair.
// CHECK-LABEL: func @batch
// CHECK: linalg.batch_matmul
func.func @batch(%x: tensor<?x2x3x4xf32> {onnx.dims = ["b", "", "", ""]},
                 %y: tensor<?x2x4x5xf32> {onnx.dims = ["b", "", "", ""]}) -> tensor<?x2x3x5xf32> {
  %0 = onnx.MatMul(%x, %y) : (tensor<?x2x3x4xf32>, tensor<?x2x4x5xf32>) -> tensor<?x2x3x5xf32>
  return %0 : tensor<?x2x3x5xf32>
}

// -----

// CHECK-LABEL: func @layer_norm
// CHECK: sopt.layer_norm %{{.*}} scale %{{.*}} bias %{{.*}} {epsilon = {{.*}} : f32}
func.func @layer_norm(%x: tensor<?x4xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<?x4xf32> {
  %0 = onnx.LayerNormalization(%x, %s, %b) {epsilon = 1.0e-12 : f32, resultSegmentSizes = array<i32: 1, 0, 0>}
     : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// CHECK-LABEL: func @attention
// CHECK: sopt.attention %{{.*}}, %{{.*}}, %{{.*}} {causal, {{.*}}heads = 2 : i64, kv_heads = 2 : i64, scale = 5.000000e-01 : f32}
func.func @attention(%x: tensor<1x?x8xf32>) -> tensor<1x?x8xf32> {
  %0 = onnx.Attention(%x, %x, %x)
     {is_causal = 1 : i64, q_num_heads = 2 : i64, kv_num_heads = 2 : i64,
      operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0>,
      resultSegmentSizes = array<i32: 1, 0, 0, 0>}
     : (tensor<1x?x8xf32>, tensor<1x?x8xf32>, tensor<1x?x8xf32>) -> tensor<1x?x8xf32>
  return %0 : tensor<1x?x8xf32>
}

// -----

// Products of small integers with weights are those of floats, which are exact.
// CHECK-LABEL: func @matmul_integer
//       CHECK: %[[W:.+]] = arith.constant dense<{{\[\[}}-1.000000e+00, -4.000000e+00], [1.000000e+00, -6.000000e+00]]> : tensor<2x2xf32>
//       CHECK: sopt.linear %{{.*}}, %[[W]] : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
//       CHECK: arith.fptosi
func.func @matmul_integer(%x: tensor<?x2xui8>, %xz: tensor<ui8>) -> tensor<?x2xi32> {
  %w = onnx.Constant() {value = dense<[[1, -2], [3, -4]]> : tensor<2x2xi8>} : () -> tensor<2x2xi8>
  %wz = onnx.Constant() {value = dense<2> : tensor<i8>} : () -> tensor<i8>
  %0 = onnx.MatMulInteger(%x, %w, %xz, %wz) {operandSegmentSizes = array<i32: 1, 1, 1, 1>}
     : (tensor<?x2xui8>, tensor<2x2xi8>, tensor<ui8>, tensor<i8>) -> tensor<?x2xi32>
  return %0 : tensor<?x2xi32>
}
