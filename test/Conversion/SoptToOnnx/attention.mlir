// RUN: sparse-opt %s -convert-sopt-to-onnx -split-input-file | FileCheck %s

// Padding with a finite fill is ONNX's Attention with one tensor added.
// CHECK-LABEL: func @padding
func.func @padding(%q: tensor<?x?x8xf32>, %m: tensor<?x?xi64>) -> tensor<?x?x8xf32> {
  // CHECK: %[[E:.*]] = onnx.Equal(%arg1, %{{.*}}) : {{.*}} -> tensor<?x?xi1>
  // CHECK: %[[U:.*]] = onnx.Unsqueeze(%[[E]], %{{.*}}) : {{.*}} -> tensor<?x1x1x?xi1>
  // CHECK: %[[W:.*]] = onnx.Where(%[[U]], %{{.*}}, %{{.*}})
  // CHECK: onnx.Attention(%arg0, %arg0, %arg0, %[[W]])
  // CHECK-SAME: kv_num_heads = 2 : i64, operandSegmentSizes = array<i32: 1, 1, 1, 1, 0, 0, 0>, q_num_heads = 2 : i64
  %0 = sopt.attention %q, %q, %q padding %m {heads = 2, kv_heads = 2, scale = 0.5 : f32, fill = -1.0e4 : f32}
     : (tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?xi64>) -> tensor<?x?x8xf32>
  return %0 : tensor<?x?x8xf32>
}

// -----

// Attention gives zeros where every key is hidden by -inf; the op asks for NaN.
// CHECK-LABEL: func @infinite_padding
func.func @infinite_padding(%q: tensor<?x?x8xf32>, %m: tensor<?x?xi64>) -> tensor<?x?x8xf32> {
  // CHECK-NOT: onnx.Attention
  // CHECK: onnx.Softmax
  %0 = sopt.attention %q, %q, %q padding %m {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?xi64>) -> tensor<?x?x8xf32>
  return %0 : tensor<?x?x8xf32>
}

// -----

// A causal query sees the first key at least.
// CHECK-LABEL: func @causal
func.func @causal(%q: tensor<?x2x?x4xf32>) -> tensor<?x2x?x4xf32> {
  // CHECK: onnx.Greater
  // CHECK: onnx.Attention
  // CHECK-NOT: num_heads
  %0 = sopt.attention %q, %q, %q {heads = 2, kv_heads = 2, scale = 0.5 : f32, causal}
     : (tensor<?x2x?x4xf32>, tensor<?x2x?x4xf32>, tensor<?x2x?x4xf32>) -> tensor<?x2x?x4xf32>
  return %0 : tensor<?x2x?x4xf32>
}

// -----

// Left alone: nothing tells how wide a head is.
// CHECK-LABEL: func @dynamic_width
func.func @dynamic_width(%q: tensor<?x2x?x?xf32>) -> tensor<?x2x?x?xf32> {
  // CHECK: sopt.attention
  %0 = sopt.attention %q, %q, %q {heads = 2, kv_heads = 2, scale = 0.5 : f32, top_k = 3 : i64}
     : (tensor<?x2x?x?xf32>, tensor<?x2x?x?xf32>, tensor<?x2x?x?xf32>) -> tensor<?x2x?x?xf32>
  return %0 : tensor<?x2x?x?xf32>
}

// -----

// A bias of known sizes where the rest leaves them open.
// CHECK-LABEL: func @static_bias
// CHECK: onnx.MatMul
// CHECK: %[[Y:.*]] = onnx.Reshape(%{{.*}}) {{.*}} -> tensor<?x?x8xf32>
// CHECK: return %[[Y]] : tensor<?x?x8xf32>
func.func @static_bias(%q: tensor<?x?x8xf32>, %bias: tensor<3x1x7x7xf32>, %padding: tensor<?x?xi64>) -> tensor<?x?x8xf32> {
  %0 = sopt.attention %q, %q, %q bias %bias padding %padding {heads = 2, kv_heads = 2, scale = 0.5 : f32, top_k = 2}
     : (tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<?x?x8xf32>, tensor<3x1x7x7xf32>, tensor<?x?xi64>) -> tensor<?x?x8xf32>
  return %0 : tensor<?x?x8xf32>
}
