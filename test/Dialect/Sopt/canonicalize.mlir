// RUN: sparse-opt %s -canonicalize -split-input-file | FileCheck %s

// The identity goes.
// CHECK-LABEL: func @poly_identity
// CHECK-SAME: (%[[X:.*]]: tensor<?xf32>)
// CHECK-NEXT: return %[[X]]
func.func @poly_identity(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = sopt.poly %x {coefficients = dense<[0.0, 1.0]> : tensor<2xf32>} : tensor<?xf32> -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----

// Constants are evaluated: 1 + 2x + 3x² at 0, 1 and −2.
// CHECK-LABEL: func @poly_constant
// CHECK: arith.constant dense<[1.000000e+00, 6.000000e+00, 9.000000e+00]> : tensor<3xf32>
// CHECK-NOT: sopt.poly
func.func @poly_constant() -> tensor<3xf32> {
  %x = arith.constant dense<[0.0, 1.0, -2.0]> : tensor<3xf32>
  %0 = sopt.poly %x {coefficients = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>} : tensor<3xf32> -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// -----

// Horner's rule runs in f32 for f16: 2048 + 1 − 2048 would be 0 in f16.
// CHECK-LABEL: func @poly_half
// CHECK: arith.constant dense<1.000000e+00> : tensor<1xf16>
func.func @poly_half() -> tensor<1xf16> {
  %x = arith.constant dense<1.0> : tensor<1xf16>
  %0 = sopt.poly %x {coefficients = dense<[-2048.0, 1.0, 2048.0]> : tensor<3xf32>} : tensor<1xf16> -> tensor<1xf16>
  return %0 : tensor<1xf16>
}

// -----

// CHECK-LABEL: func @zero_terms
// CHECK: sopt.linear %{{.*}}, %{{.*}} :
// CHECK: sopt.layer_norm %{{[^ ]*}} scale %{{[^ ]*}} :
func.func @zero_terms(%x: tensor<2x4xf32>, %w: tensor<4x4xf32>, %s: tensor<4xf32>) -> tensor<2x4xf32> {
  %b = arith.constant dense<0.0> : tensor<4xf32>
  %r = arith.constant dense<0.0> : tensor<2x4xf32>
  %0 = sopt.linear %x, %w bias %b : (tensor<2x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  %1 = sopt.layer_norm %0 residual %r scale %s bias %b
     : (tensor<2x4xf32>, tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return %1 : tensor<2x4xf32>
}

// -----

// Masks that mask nothing, and then the fill, go.
// CHECK-LABEL: func @idle_masks
// CHECK: sopt.attention %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} {heads = 2 : i64, kv_heads = 2 : i64, scale = 5.000000e-01 : f32} :
func.func @idle_masks(%q: tensor<1x3x4xf32>) -> tensor<1x3x4xf32> {
  %bias = arith.constant dense<0.0> : tensor<3x3xf32>
  %padding = arith.constant dense<1> : tensor<1x3xi64>
  %group = arith.constant dense<7> : tensor<3xi64>
  %0 = sopt.attention %q, %q, %q bias %bias padding %padding group %group
     {heads = 2, kv_heads = 2, scale = 0.5 : f32, block = 3, top_k = 3,
      window = array<i64: 2, 5>, fill = -1.0e4 : f32, empty_is_zero}
     : (tensor<1x3x4xf32>, tensor<1x3x4xf32>, tensor<1x3x4xf32>, tensor<3x3xf32>,
        tensor<1x3xi64>, tensor<3xi64>) -> tensor<1x3x4xf32>
  return %0 : tensor<1x3x4xf32>
}

// -----

// Lengths that reach every key go; shorter ones stay.
// CHECK-LABEL: func @lengths
// CHECK: sopt.attention %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} {heads
// CHECK: sopt.attention %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} padding
func.func @lengths(%q: tensor<1x3x4xf32>) -> tensor<1x3x4xf32> {
  %three = arith.constant dense<3> : tensor<1xi64>
  %two = arith.constant dense<2> : tensor<1xi64>
  %0 = sopt.attention %q, %q, %q padding %three {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x3x4xf32>, tensor<1x3x4xf32>, tensor<1x3x4xf32>, tensor<1xi64>) -> tensor<1x3x4xf32>
  %1 = sopt.attention %0, %q, %q padding %two {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x3x4xf32>, tensor<1x3x4xf32>, tensor<1x3x4xf32>, tensor<1xi64>) -> tensor<1x3x4xf32>
  return %1 : tensor<1x3x4xf32>
}

// -----

// One query that is aligned with the last key sees all; aligned with the
// first it does not.
// CHECK-LABEL: func @one_query
// CHECK: sopt.attention {{.*}} {heads = 2 : i64, kv_heads = 2 : i64, scale
// CHECK: sopt.attention {{.*}} {causal, heads
func.func @one_query(%q: tensor<1x1x4xf32>, %k: tensor<1x?x4xf32>) -> tensor<1x1x4xf32> {
  %0 = sopt.attention %q, %k, %k {heads = 2, kv_heads = 2, scale = 0.5 : f32, causal, causal_end}
     : (tensor<1x1x4xf32>, tensor<1x?x4xf32>, tensor<1x?x4xf32>) -> tensor<1x1x4xf32>
  %1 = sopt.attention %0, %k, %k {heads = 2, kv_heads = 2, scale = 0.5 : f32, causal}
     : (tensor<1x1x4xf32>, tensor<1x?x4xf32>, tensor<1x?x4xf32>) -> tensor<1x1x4xf32>
  return %1 : tensor<1x1x4xf32>
}

// -----

// Where queries and keys are as many, they are aligned at both ends; the right
// side of a window says no more than causal does.
// CHECK-LABEL: func @causal_end
// CHECK: sopt.attention {{.*}} {causal, heads = 2 : i64, kv_heads = 2 : i64, scale = 5.000000e-01 : f32, window = array<i64: 1, -1>}
func.func @causal_end(%q: tensor<1x3x4xf32>) -> tensor<1x3x4xf32> {
  %0 = sopt.attention %q, %q, %q {heads = 2, kv_heads = 2, scale = 0.5 : f32, causal, causal_end,
      window = array<i64: 1, 1>}
     : (tensor<1x3x4xf32>, tensor<1x3x4xf32>, tensor<1x3x4xf32>) -> tensor<1x3x4xf32>
  return %0 : tensor<1x3x4xf32>
}

// -----

// Nothing goes where a size is not known.
// CHECK-LABEL: func @dynamic
// CHECK: sopt.attention {{.*}} {block = 3 : i64, causal, causal_end, heads = 2 : i64, kv_heads = 2 : i64, scale = 5.000000e-01 : f32, top_k = 3 : i64, window = array<i64: 2, 2>}
func.func @dynamic(%q: tensor<1x?x4xf32>) -> tensor<1x?x4xf32> {
  %0 = sopt.attention %q, %q, %q {heads = 2, kv_heads = 2, scale = 0.5 : f32, block = 3, top_k = 3,
      causal, causal_end, window = array<i64: 2, 2>}
     : (tensor<1x?x4xf32>, tensor<1x?x4xf32>, tensor<1x?x4xf32>) -> tensor<1x?x4xf32>
  return %0 : tensor<1x?x4xf32>
}
