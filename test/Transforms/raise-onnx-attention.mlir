// RUN: sparse-opt %s --onnx-raise -split-input-file | FileCheck %s

// ONNX's default scale is one over the root of a head's size; a query without a
// key gives zeros.
// CHECK-LABEL: func.func @packed
// CHECK: sopt.attention %arg0, %arg1, %arg2 {causal, empty_is_zero, heads = 4 : i64, kv_heads = 2 : i64, scale = 2.500000e-01 : f32}
func.func @packed(%q: tensor<?x?x64xf32>, %k: tensor<?x?x32xf32>, %v: tensor<?x?x32xf32>) -> tensor<?x?x64xf32> {
  %y = onnx.Attention(%q, %k, %v) {is_causal = 1 : i64, q_num_heads = 4 : i64, kv_num_heads = 2 : i64,
         operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0>, resultSegmentSizes = array<i32: 1, 0, 0, 0>}
     : (tensor<?x?x64xf32>, tensor<?x?x32xf32>, tensor<?x?x32xf32>) -> tensor<?x?x64xf32>
  return %y : tensor<?x?x64xf32>
}

// -----

// CHECK-LABEL: func.func @boolean_mask
// CHECK: %[[M:.*]] = onnx.Squeeze(%arg3
// CHECK: sopt.attention %arg0, %arg1, %arg2 padding %[[M]] {empty_is_zero
func.func @boolean_mask(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x3x8xf32>, %v: tensor<2x4x3x8xf32>, %mask: tensor<2x1x1x3xi1>) -> tensor<2x4x3x8xf32> {
  %y = onnx.Attention(%q, %k, %v, %mask) {operandSegmentSizes = array<i32: 1, 1, 1, 1, 0, 0, 0>, resultSegmentSizes = array<i32: 1, 0, 0, 0>}
     : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x1x1x3xi1>) -> tensor<2x4x3x8xf32>
  return %y : tensor<2x4x3x8xf32>
}

// -----

// What sopt.attention cannot say stays: a limit on scores.
// CHECK-LABEL: func.func @capped
// CHECK: onnx.Attention
func.func @capped(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x3x8xf32>, %v: tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32> {
  %y = onnx.Attention(%q, %k, %v) {softcap = 1.0 : f32, operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0>, resultSegmentSizes = array<i32: 1, 0, 0, 0>}
     : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return %y : tensor<2x4x3x8xf32>
}
