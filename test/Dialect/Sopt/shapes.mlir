// RUN: sparse-opt %s -resolve-ranked-shaped-type-result-dims -canonicalize -split-input-file | FileCheck %s

// A result's size is a size of an operand, so no op is computed for it.

// CHECK-LABEL: func @linear
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[W:.*]]: tensor<4x?xf32>
// CHECK-DAG: %[[ROWS:.*]] = tensor.dim %[[X]], %c0
// CHECK-DAG: %[[COLUMNS:.*]] = tensor.dim %[[W]], %c1
// CHECK: return %[[ROWS]], %[[COLUMNS]]
func.func @linear(%x: tensor<?x4xf32>, %w: tensor<4x?xf32>) -> (index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = sopt.linear %x, %w : (tensor<?x4xf32>, tensor<4x?xf32>) -> tensor<?x?xf32>
  %rows = tensor.dim %0, %c0 : tensor<?x?xf32>
  %columns = tensor.dim %0, %c1 : tensor<?x?xf32>
  return %rows, %columns : index, index
}

// -----

// CHECK-LABEL: func @chain
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>
// CHECK: %[[ROWS:.*]] = tensor.dim %[[X]], %c0
// CHECK-NEXT: return %[[ROWS]]
func.func @chain(%x: tensor<?x4xf32>, %s: tensor<4xf32>) -> index {
  %c0 = arith.constant 0 : index
  %0 = sopt.layer_norm %x scale %s : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %1 = sopt.poly %0 {coefficients = dense<[0.5, 1.0]> : tensor<2xf32>} : tensor<?x4xf32> -> tensor<?x4xf32>
  %rows = tensor.dim %1, %c0 : tensor<?x4xf32>
  return %rows : index
}

// -----

// Queries come from q, features from v.
// CHECK-LABEL: func @attention
// CHECK-SAME: %[[Q:.*]]: tensor<?x2x?x4xf32>, %[[K:.*]]: tensor<?x2x?x4xf32>, %[[V:.*]]: tensor<?x2x?x?xf32>
// CHECK-DAG: %[[QUERIES:.*]] = tensor.dim %[[Q]], %c2
// CHECK-DAG: %[[FEATURES:.*]] = tensor.dim %[[V]], %c3
// CHECK: return %[[QUERIES]], %[[FEATURES]]
func.func @attention(%q: tensor<?x2x?x4xf32>, %k: tensor<?x2x?x4xf32>, %v: tensor<?x2x?x?xf32>) -> (index, index) {
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<?x2x?x4xf32>, tensor<?x2x?x4xf32>, tensor<?x2x?x?xf32>) -> tensor<?x2x?x?xf32>
  %queries = tensor.dim %0, %c2 : tensor<?x2x?x?xf32>
  %features = tensor.dim %0, %c3 : tensor<?x2x?x?xf32>
  return %queries, %features : index, index
}
