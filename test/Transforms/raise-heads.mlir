// RUN: sparse-opt %s --onnx-raise --onnx-simplify-shapes -split-input-file | FileCheck %s

// Heads split off by Reshape and Transpose stay packed; kᵀ comes by one
// Transpose; the scale is split between q and k, as SDPA is exported.
// CHECK-LABEL: func.func @packed
// CHECK-SAME: (%[[Q:.*]]: tensor<?x?x32xf32> {{.*}}, %[[K:.*]]: tensor<?x?x32xf32> {{.*}}, %[[V:.*]]: tensor<?x?x32xf32> {{.*}})
// CHECK-NEXT: %[[Y:.*]] = sopt.attention %[[Q]], %[[K]], %[[V]] {heads = 4 : i64, kv_heads = 4 : i64, scale = 2.500000e-01 : f32}
// CHECK-NEXT: return %[[Y]]
func.func @packed(%q: tensor<?x?x32xf32> {onnx.dims = ["batch", "seq", ""]}, %k: tensor<?x?x32xf32> {onnx.dims = ["batch", "seq", ""]},
                  %v: tensor<?x?x32xf32> {onnx.dims = ["batch", "seq", ""]}) -> tensor<?x?x32xf32> {
  %split = onnx.Constant() {value = dense<[0, 0, 4, 8]> : tensor<4xi64>} : () -> tensor<4xi64>
  %merge = onnx.Constant() {value = dense<[0, 0, 32]> : tensor<3xi64>} : () -> tensor<3xi64>
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %q0 = onnx.Reshape(%q, %split) : (tensor<?x?x32xf32>, tensor<4xi64>) -> tensor<?x?x4x8xf32>
  %q1 = onnx.Transpose(%q0) {perm = array<i64: 0, 2, 1, 3>} : (tensor<?x?x4x8xf32>) -> tensor<?x4x?x8xf32>
  %q2 = onnx.Mul(%q1, %half) : (tensor<?x4x?x8xf32>, tensor<f32>) -> tensor<?x4x?x8xf32>
  %k0 = onnx.Reshape(%k, %split) : (tensor<?x?x32xf32>, tensor<4xi64>) -> tensor<?x?x4x8xf32>
  %k1 = onnx.Transpose(%k0) {perm = array<i64: 0, 2, 3, 1>} : (tensor<?x?x4x8xf32>) -> tensor<?x4x8x?xf32>
  %k2 = onnx.Mul(%half, %k1) : (tensor<f32>, tensor<?x4x8x?xf32>) -> tensor<?x4x8x?xf32>
  %v0 = onnx.Reshape(%v, %split) : (tensor<?x?x32xf32>, tensor<4xi64>) -> tensor<?x?x4x8xf32>
  %v1 = onnx.Transpose(%v0) {perm = array<i64: 0, 2, 1, 3>} : (tensor<?x?x4x8xf32>) -> tensor<?x4x?x8xf32>
  %s = onnx.MatMul(%q2, %k2) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%s) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v1) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  %t = onnx.Transpose(%y) {perm = array<i64: 0, 2, 1, 3>} : (tensor<?x4x?x8xf32>) -> tensor<?x?x4x8xf32>
  %r = onnx.Reshape(%t, %merge) : (tensor<?x?x4x8xf32>, tensor<3xi64>) -> tensor<?x?x32xf32>
  return %r : tensor<?x?x32xf32>
}

// -----

// Each key head serves two query heads; the repetition goes.
// CHECK-LABEL: func.func @shared_heads
// CHECK-SAME: (%[[Q:.*]]: tensor<?x4x?x8xf32> {{.*}}, %[[K:.*]]: tensor<?x2x?x8xf32> {{.*}}, %[[V:.*]]: tensor<?x2x?x8xf32> {{.*}})
// CHECK: sopt.attention %[[Q]], %[[K]], %[[V]] {heads = 4 : i64, kv_heads = 2 : i64
func.func @shared_heads(%q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]}, %k: tensor<?x2x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
                        %v: tensor<?x2x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]}) -> tensor<?x4x?x8xf32> {
  %two = onnx.Constant() {value = dense<2> : tensor<1xi64>} : () -> tensor<1xi64>
  %merge = onnx.Constant() {value = dense<[0, 4, -1, 8]> : tensor<4xi64>} : () -> tensor<4xi64>
  %repeat = onnx.Constant() {value = dense<[1, 1, 2, 1, 1]> : tensor<5xi64>} : () -> tensor<5xi64>
  %k0 = onnx.Unsqueeze(%k, %two) : (tensor<?x2x?x8xf32>, tensor<1xi64>) -> tensor<?x2x1x?x8xf32>
  %k1 = onnx.Expand(%k0, %repeat) : (tensor<?x2x1x?x8xf32>, tensor<5xi64>) -> tensor<?x2x2x?x8xf32>
  %k2 = onnx.Reshape(%k1, %merge) : (tensor<?x2x2x?x8xf32>, tensor<4xi64>) -> tensor<?x4x?x8xf32>
  %kt = onnx.Transpose(%k2) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %v0 = onnx.Unsqueeze(%v, %two) : (tensor<?x2x?x8xf32>, tensor<1xi64>) -> tensor<?x2x1x?x8xf32>
  %v1 = onnx.Expand(%v0, %repeat) : (tensor<?x2x1x?x8xf32>, tensor<5xi64>) -> tensor<?x2x2x?x8xf32>
  %v2 = onnx.Reshape(%v1, %merge) : (tensor<?x2x2x?x8xf32>, tensor<4xi64>) -> tensor<?x4x?x8xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%s) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v2) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// Batch and heads merged for products of three dimensions, apart for the mask.
// CHECK-LABEL: func.func @merged_batch
// CHECK: %[[Y:.*]] = sopt.attention %arg0, %arg1, %arg2 bias %arg3 {heads = 4 : i64
// CHECK-NEXT: return %[[Y]]
func.func @merged_batch(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x3x8xf32>, %v: tensor<2x4x3x8xf32>, %mask: tensor<2x1x3x3xf32>) -> tensor<2x4x3x8xf32> {
  %merged = onnx.Constant() {value = dense<[8, 3, 8]> : tensor<3xi64>} : () -> tensor<3xi64>
  %scores = onnx.Constant() {value = dense<[2, 4, 3, 3]> : tensor<4xi64>} : () -> tensor<4xi64>
  %weights = onnx.Constant() {value = dense<[8, 3, 3]> : tensor<3xi64>} : () -> tensor<3xi64>
  %apart = onnx.Constant() {value = dense<[2, 4, 3, 8]> : tensor<4xi64>} : () -> tensor<4xi64>
  %q0 = onnx.Reshape(%q, %merged) : (tensor<2x4x3x8xf32>, tensor<3xi64>) -> tensor<8x3x8xf32>
  %k0 = onnx.Reshape(%k, %merged) : (tensor<2x4x3x8xf32>, tensor<3xi64>) -> tensor<8x3x8xf32>
  %v0 = onnx.Reshape(%v, %merged) : (tensor<2x4x3x8xf32>, tensor<3xi64>) -> tensor<8x3x8xf32>
  %kt = onnx.Transpose(%k0) {perm = array<i64: 0, 2, 1>} : (tensor<8x3x8xf32>) -> tensor<8x8x3xf32>
  %s = onnx.MatMul(%q0, %kt) : (tensor<8x3x8xf32>, tensor<8x8x3xf32>) -> tensor<8x3x3xf32>
  %s0 = onnx.Reshape(%s, %scores) : (tensor<8x3x3xf32>, tensor<4xi64>) -> tensor<2x4x3x3xf32>
  %s1 = onnx.Add(%s0, %mask) : (tensor<2x4x3x3xf32>, tensor<2x1x3x3xf32>) -> tensor<2x4x3x3xf32>
  %s2 = onnx.Reshape(%s1, %weights) : (tensor<2x4x3x3xf32>, tensor<3xi64>) -> tensor<8x3x3xf32>
  %p = onnx.Softmax(%s2) : (tensor<8x3x3xf32>) -> tensor<8x3x3xf32>
  %y = onnx.MatMul(%p, %v0) : (tensor<8x3x3xf32>, tensor<8x3x8xf32>) -> tensor<8x3x8xf32>
  %r = onnx.Reshape(%y, %apart) : (tensor<8x3x8xf32>, tensor<4xi64>) -> tensor<2x4x3x8xf32>
  return %r : tensor<2x4x3x8xf32>
}

// -----

// A single head needs no dimension of its own.
// CHECK-LABEL: func.func @one_head
// CHECK: sopt.attention %arg0, %arg1, %arg2 {heads = 1 : i64, kv_heads = 1 : i64, scale = 1.250000e-01 : f32}
func.func @one_head(%q: tensor<?x?x64xf32> {onnx.dims = ["b", "s", ""]}, %k: tensor<?x?x64xf32> {onnx.dims = ["b", "s", ""]},
                    %v: tensor<?x?x64xf32> {onnx.dims = ["b", "s", ""]}) -> tensor<?x?x64xf32> {
  %eight = onnx.Constant() {value = dense<8.0> : tensor<f32>} : () -> tensor<f32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 2, 1>} : (tensor<?x?x64xf32>) -> tensor<?x64x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x?x64xf32>, tensor<?x64x?xf32>) -> tensor<?x?x?xf32>
  %s0 = onnx.Div(%s, %eight) : (tensor<?x?x?xf32>, tensor<f32>) -> tensor<?x?x?xf32>
  %p = onnx.Softmax(%s0) : (tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x?x?xf32>, tensor<?x?x64xf32>) -> tensor<?x?x64xf32>
  return %y : tensor<?x?x64xf32>
}

// -----

// NaN turned to 0: only −∞ makes a row of NaN.
// CHECK-LABEL: func.func @empty_rows
// CHECK: sopt.attention %arg0, %{{.*}}, %arg2 padding %{{.*}} {empty_is_zero, heads
func.func @empty_rows(%q: tensor<2x4x3x8xf32>, %kt: tensor<2x4x8x3xf32>, %v: tensor<2x4x3x8xf32>, %mask: tensor<2x1x1x3xi1>) -> tensor<2x4x3x8xf32> {
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %fill = onnx.Constant() {value = dense<0xFF800000> : tensor<f32>} : () -> tensor<f32>
  %s = onnx.MatMul(%q, %kt) : (tensor<2x4x3x8xf32>, tensor<2x4x8x3xf32>) -> tensor<2x4x3x3xf32>
  %a = onnx.Where(%mask, %zero, %fill) : (tensor<2x1x1x3xi1>, tensor<f32>, tensor<f32>) -> tensor<2x1x1x3xf32>
  %m = onnx.Add(%s, %a) : (tensor<2x4x3x3xf32>, tensor<2x1x1x3xf32>) -> tensor<2x4x3x3xf32>
  %p = onnx.Softmax(%m) : (tensor<2x4x3x3xf32>) -> tensor<2x4x3x3xf32>
  %n = onnx.IsNaN(%p) : (tensor<2x4x3x3xf32>) -> tensor<2x4x3x3xi1>
  %w = onnx.Where(%n, %zero, %p) : (tensor<2x4x3x3xi1>, tensor<f32>, tensor<2x4x3x3xf32>) -> tensor<2x4x3x3xf32>
  %y = onnx.MatMul(%w, %v) : (tensor<2x4x3x3xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return %y : tensor<2x4x3x8xf32>
}

// -----

// A temperature of each head moves to the queries.
// CHECK-LABEL: func.func @temperature
// CHECK-SAME: (%[[Q:.*]]: tensor<2x4x3x8xf32>, %[[K:.*]]: tensor<2x4x3x8xf32>, %[[V:.*]]: tensor<2x4x3x8xf32>, %[[T:.*]]: tensor<4x1x1xf32>)
// CHECK: %[[S:.*]] = onnx.Mul(%[[Q]], %[[T]])
// CHECK: sopt.attention %[[S]], %[[K]], %[[V]] {heads = 4 : i64, kv_heads = 4 : i64, scale = 1.000000e+00 : f32}
func.func @temperature(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x3x8xf32>, %v: tensor<2x4x3x8xf32>, %t: tensor<4x1x1xf32>) -> tensor<2x4x3x8xf32> {
  %k0 = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<2x4x3x8xf32>) -> tensor<2x4x8x3xf32>
  %s = onnx.MatMul(%q, %k0) : (tensor<2x4x3x8xf32>, tensor<2x4x8x3xf32>) -> tensor<2x4x3x3xf32>
  %m = onnx.Mul(%s, %t) : (tensor<2x4x3x3xf32>, tensor<4x1x1xf32>) -> tensor<2x4x3x3xf32>
  %p = onnx.Softmax(%m) : (tensor<2x4x3x3xf32>) -> tensor<2x4x3x3xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<2x4x3x3xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return %y : tensor<2x4x3x8xf32>
}

// -----

// It would multiply the mask as well, which no longer is one then.
// CHECK-LABEL: func.func @temperature_of_mask
// CHECK-NOT: sopt.attention
func.func @temperature_of_mask(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x3x8xf32>, %v: tensor<2x4x3x8xf32>, %t: tensor<4x1x1xf32>,
                               %b: tensor<3x3xf32>) -> tensor<2x4x3x8xf32> {
  %k0 = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<2x4x3x8xf32>) -> tensor<2x4x8x3xf32>
  %s = onnx.MatMul(%q, %k0) : (tensor<2x4x3x8xf32>, tensor<2x4x8x3xf32>) -> tensor<2x4x3x3xf32>
  %a = onnx.Add(%s, %b) : (tensor<2x4x3x3xf32>, tensor<3x3xf32>) -> tensor<2x4x3x3xf32>
  %m = onnx.Mul(%a, %t) : (tensor<2x4x3x3xf32>, tensor<4x1x1xf32>) -> tensor<2x4x3x3xf32>
  %p = onnx.Softmax(%m) : (tensor<2x4x3x3xf32>) -> tensor<2x4x3x3xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<2x4x3x3xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return %y : tensor<2x4x3x8xf32>
}

// -----

// Windows beside batch and heads are merged with them.
// CHECK-LABEL: func.func @windows
// CHECK: sopt.attention {{.*}} {heads = 1 : i64, kv_heads = 1 : i64, scale = 5.000000e-01 : f32} : (tensor<24x5x8xf32>, tensor<24x5x8xf32>, tensor<24x5x8xf32>) -> tensor<24x5x8xf32>
func.func @windows(%q: tensor<2x4x3x5x8xf32>, %k: tensor<2x4x3x8x5xf32>, %v: tensor<2x4x3x5x8xf32>) -> tensor<2x4x3x5x8xf32> {
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %s = onnx.MatMul(%q, %k) : (tensor<2x4x3x5x8xf32>, tensor<2x4x3x8x5xf32>) -> tensor<2x4x3x5x5xf32>
  %m = onnx.Mul(%s, %half) : (tensor<2x4x3x5x5xf32>, tensor<f32>) -> tensor<2x4x3x5x5xf32>
  %p = onnx.Softmax(%m) : (tensor<2x4x3x5x5xf32>) -> tensor<2x4x3x5x5xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<2x4x3x5x5xf32>, tensor<2x4x3x5x8xf32>) -> tensor<2x4x3x5x8xf32>
  return %y : tensor<2x4x3x5x8xf32>
}

// -----

// A query gives zeros where the bias is −∞ for all its keys.
// CHECK-LABEL: func.func @nan_by_bias
// CHECK-SAME: %[[B:[^:]*]]: tensor<3x3xf32>)
// CHECK: %[[Y:.*]] = sopt.attention {{.*}} bias %[[B]]
// CHECK: %[[MAX:.*]] = onnx.ReduceMax(%[[B]], %{{.*}})
// CHECK: %[[EMPTY:.*]] = onnx.Equal(%[[MAX]], %{{.*}})
// CHECK: onnx.Where(%[[EMPTY]], %{{.*}}, %[[Y]])
func.func @nan_by_bias(%q: tensor<2x4x3x8xf32>, %k: tensor<2x4x3x8xf32>, %v: tensor<2x4x3x8xf32>, %b: tensor<3x3xf32>) -> tensor<2x4x3x8xf32> {
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %k0 = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<2x4x3x8xf32>) -> tensor<2x4x8x3xf32>
  %s = onnx.MatMul(%q, %k0) : (tensor<2x4x3x8xf32>, tensor<2x4x8x3xf32>) -> tensor<2x4x3x3xf32>
  %a = onnx.Add(%s, %b) : (tensor<2x4x3x3xf32>, tensor<3x3xf32>) -> tensor<2x4x3x3xf32>
  %p = onnx.Softmax(%a) : (tensor<2x4x3x3xf32>) -> tensor<2x4x3x3xf32>
  %n = onnx.IsNaN(%p) : (tensor<2x4x3x3xf32>) -> tensor<2x4x3x3xi1>
  %c = onnx.Where(%n, %zero, %p) : (tensor<2x4x3x3xi1>, tensor<f32>, tensor<2x4x3x3xf32>) -> tensor<2x4x3x3xf32>
  %y = onnx.MatMul(%c, %v) : (tensor<2x4x3x3xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return %y : tensor<2x4x3x8xf32>
}
