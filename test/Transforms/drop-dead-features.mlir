// RUN: sparse-opt %s -sopt-drop-dead-features -split-input-file | FileCheck %s

// The second feature is read by a row of zeros.

// CHECK-LABEL: @neurons
// CHECK-DAG:   %[[W:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 3.000000e+00], [4.000000e+00, 6.000000e+00]]>
// CHECK-DAG:   %[[B:.*]] = onnx.Constant() {value = dense<[7.000000e+00, 9.000000e+00]>
// CHECK:       %[[H:.*]] = sopt.linear %{{.*}}, %[[W]] bias %[[B]] activation <gelu> {{.*}} -> tensor<?x2xf32>
// CHECK:       %[[V:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00], [2.000000e+00]]>
// CHECK:       sopt.linear %[[H]], %[[V]] : (tensor<?x2xf32>, tensor<2x1xf32>) -> tensor<?x1xf32>
func.func @neurons(%x: tensor<?x2xf32>) -> tensor<?x1xf32> {
  %w = onnx.Constant() {value = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>} : () -> tensor<2x3xf32>
  %b = onnx.Constant() {value = dense<[7.0, 8.0, 9.0]> : tensor<3xf32>} : () -> tensor<3xf32>
  %v = onnx.Constant() {value = dense<[[1.0], [0.0], [2.0]]> : tensor<3x1xf32>} : () -> tensor<3x1xf32>
  %0 = sopt.linear %x, %w bias %b activation <gelu> : (tensor<?x2xf32>, tensor<2x3xf32>, tensor<3xf32>) -> tensor<?x3xf32>
  %1 = sopt.linear %0, %v : (tensor<?x3xf32>, tensor<3x1xf32>) -> tensor<?x1xf32>
  return %1 : tensor<?x1xf32>
}

// -----

// Weights in blocks of four outputs stay in blocks: of features 0 to 11 the
// first is dead, and of the second four all are.

// CHECK-LABEL: @blocks
// CHECK:       onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 0.000000e+00, {{.*}}], [0.000000e+00, {{.*}}, 9.000000e+00, 1.000000e+01, 1.100000e+01, 1.200000e+01]]>
// CHECK:       sopt.linear {{.*}} -> tensor<?x8xf32>
func.func @blocks(%x: tensor<?x2xf32>) -> tensor<?x1xf32> {
  %w = onnx.Constant() {value = dense<[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 0.0, 0.0, 0.0, 0.0],
                                       [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 9.0, 10.0, 11.0, 12.0]]> : tensor<2x12xf32>} : () -> tensor<2x12xf32>
  %v = onnx.Constant() {value = dense<[[0.0], [1.0], [1.0], [1.0], [0.0], [0.0], [0.0], [0.0], [1.0], [1.0], [1.0], [1.0]]> : tensor<12x1xf32>} : () -> tensor<12x1xf32>
  %0 = sopt.linear %x, %w activation <relu> : (tensor<?x2xf32>, tensor<2x12xf32>) -> tensor<?x12xf32>
  %1 = sopt.linear %0, %v : (tensor<?x12xf32>, tensor<12x1xf32>) -> tensor<?x1xf32>
  return %1 : tensor<?x1xf32>
}

// -----

// A feature that another one reads stays.

// CHECK-LABEL: @read_twice
// CHECK:       sopt.linear {{.*}} -> tensor<?x3xf32>
func.func @read_twice(%x: tensor<?x2xf32>) -> (tensor<?x1xf32>, tensor<?x3xf32>) {
  %w = onnx.Constant() {value = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>} : () -> tensor<2x3xf32>
  %v = onnx.Constant() {value = dense<[[1.0], [0.0], [2.0]]> : tensor<3x1xf32>} : () -> tensor<3x1xf32>
  %0 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  %1 = sopt.linear %0, %v : (tensor<?x3xf32>, tensor<3x1xf32>) -> tensor<?x1xf32>
  return %1, %0 : tensor<?x1xf32>, tensor<?x3xf32>
}

// -----

// One of several that are all dead stays. What the last layer does not read, the
// first need not compute.

// CHECK-LABEL: @chain
// CHECK:       sopt.linear {{.*}} -> tensor<?x1xf32>
// CHECK:       sopt.linear {{.*}} (tensor<?x1xf32>, tensor<1x1xf32>) -> tensor<?x1xf32>
// CHECK:       sopt.linear {{.*}} (tensor<?x1xf32>, tensor<1x2xf32>) -> tensor<?x2xf32>
func.func @chain(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %u = onnx.Constant() {value = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>} : () -> tensor<2x2xf32>
  %w = onnx.Constant() {value = dense<[[0.0, 1.0], [2.0, 0.0]]> : tensor<2x2xf32>} : () -> tensor<2x2xf32>
  %v = onnx.Constant() {value = dense<[[1.0, 2.0], [0.0, -0.0]]> : tensor<2x2xf32>} : () -> tensor<2x2xf32>
  %0 = sopt.linear %x, %u activation <relu> : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  %1 = sopt.linear %0, %w activation <relu> : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  %2 = sopt.linear %1, %v : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  return %2 : tensor<?x2xf32>
}

// -----

// The first of two heads of two features.

// CHECK-LABEL: @heads
// CHECK-DAG:   %[[Q:.*]] = onnx.Constant() {value = dense<{{\[\[}}3.000000e+00, 4.000000e+00]]>
// CHECK-DAG:   %[[K:.*]] = onnx.Constant() {value = dense<{{\[\[}}7.000000e+00, 8.000000e+00]]>
// CHECK-DAG:   %[[V:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.100000e+01, 1.200000e+01]]>
// CHECK:       sopt.attention {{.*}} {heads = 1 : i64, kv_heads = 1 : i64, scale = 1.000000e+00 : f32}
// CHECK-SAME:    -> tensor<1x?x2xf32>
// CHECK:       %[[O:.*]] = onnx.Constant() {value = dense<{{\[\[}}0.000000e+00], [5.000000e+00]]>
// CHECK:       sopt.linear %{{.*}}, %[[O]] : (tensor<1x?x2xf32>, tensor<2x1xf32>)
func.func @heads(%x: tensor<1x?x1xf32>) -> tensor<1x?x1xf32> {
  %wq = onnx.Constant() {value = dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>} : () -> tensor<1x4xf32>
  %wk = onnx.Constant() {value = dense<[[5.0, 6.0, 7.0, 8.0]]> : tensor<1x4xf32>} : () -> tensor<1x4xf32>
  %wv = onnx.Constant() {value = dense<[[9.0, 10.0, 11.0, 12.0]]> : tensor<1x4xf32>} : () -> tensor<1x4xf32>
  %wo = onnx.Constant() {value = dense<[[0.0], [0.0], [0.0], [5.0]]> : tensor<4x1xf32>} : () -> tensor<4x1xf32>
  %q = sopt.linear %x, %wq : (tensor<1x?x1xf32>, tensor<1x4xf32>) -> tensor<1x?x4xf32>
  %k = sopt.linear %x, %wk : (tensor<1x?x1xf32>, tensor<1x4xf32>) -> tensor<1x?x4xf32>
  %v = sopt.linear %x, %wv : (tensor<1x?x1xf32>, tensor<1x4xf32>) -> tensor<1x?x4xf32>
  %a = sopt.attention %q, %k, %v {heads = 2 : i64, kv_heads = 2 : i64, scale = 1.0 : f32} : (tensor<1x?x4xf32>, tensor<1x?x4xf32>, tensor<1x?x4xf32>) -> tensor<1x?x4xf32>
  %y = sopt.linear %a, %wo : (tensor<1x?x4xf32>, tensor<4x1xf32>) -> tensor<1x?x1xf32>
  return %y : tensor<1x?x1xf32>
}

// -----

// A bias that all heads share stays as it is.

// CHECK-LABEL: @bias_of_all_heads
// CHECK:       sopt.attention {{.*}} bias %arg1 {heads = 1 : i64
func.func @bias_of_all_heads(%x: tensor<1x?x1xf32>, %b: tensor<?xf32>) -> tensor<1x?x1xf32> {
  %wq = onnx.Constant() {value = dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>} : () -> tensor<1x4xf32>
  %wk = onnx.Constant() {value = dense<[[5.0, 6.0, 7.0, 8.0]]> : tensor<1x4xf32>} : () -> tensor<1x4xf32>
  %wv = onnx.Constant() {value = dense<[[9.0, 10.0, 11.0, 12.0]]> : tensor<1x4xf32>} : () -> tensor<1x4xf32>
  %wo = onnx.Constant() {value = dense<[[0.0], [0.0], [0.0], [5.0]]> : tensor<4x1xf32>} : () -> tensor<4x1xf32>
  %q = sopt.linear %x, %wq : (tensor<1x?x1xf32>, tensor<1x4xf32>) -> tensor<1x?x4xf32>
  %k = sopt.linear %x, %wk : (tensor<1x?x1xf32>, tensor<1x4xf32>) -> tensor<1x?x4xf32>
  %v = sopt.linear %x, %wv : (tensor<1x?x1xf32>, tensor<1x4xf32>) -> tensor<1x?x4xf32>
  %a = sopt.attention %q, %k, %v bias %b {heads = 2 : i64, kv_heads = 2 : i64, scale = 1.0 : f32} : (tensor<1x?x4xf32>, tensor<1x?x4xf32>, tensor<1x?x4xf32>, tensor<?xf32>) -> tensor<1x?x4xf32>
  %y = sopt.linear %a, %wo : (tensor<1x?x4xf32>, tensor<4x1xf32>) -> tensor<1x?x1xf32>
  return %y : tensor<1x?x1xf32>
}

// -----

// Where each head has its own, heads stay.

// CHECK-LABEL: @bias_of_each_head
// CHECK:       sopt.attention {{.*}} bias %arg1 {heads = 2 : i64
func.func @bias_of_each_head(%x: tensor<1x?x1xf32>, %b: tensor<2x?x?xf32>) -> tensor<1x?x1xf32> {
  %wq = onnx.Constant() {value = dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>} : () -> tensor<1x4xf32>
  %wk = onnx.Constant() {value = dense<[[5.0, 6.0, 7.0, 8.0]]> : tensor<1x4xf32>} : () -> tensor<1x4xf32>
  %wv = onnx.Constant() {value = dense<[[9.0, 10.0, 11.0, 12.0]]> : tensor<1x4xf32>} : () -> tensor<1x4xf32>
  %wo = onnx.Constant() {value = dense<[[0.0], [0.0], [0.0], [5.0]]> : tensor<4x1xf32>} : () -> tensor<4x1xf32>
  %q = sopt.linear %x, %wq : (tensor<1x?x1xf32>, tensor<1x4xf32>) -> tensor<1x?x4xf32>
  %k = sopt.linear %x, %wk : (tensor<1x?x1xf32>, tensor<1x4xf32>) -> tensor<1x?x4xf32>
  %v = sopt.linear %x, %wv : (tensor<1x?x1xf32>, tensor<1x4xf32>) -> tensor<1x?x4xf32>
  %a = sopt.attention %q, %k, %v bias %b {heads = 2 : i64, kv_heads = 2 : i64, scale = 1.0 : f32} : (tensor<1x?x4xf32>, tensor<1x?x4xf32>, tensor<1x?x4xf32>, tensor<2x?x?xf32>) -> tensor<1x?x4xf32>
  %y = sopt.linear %a, %wo : (tensor<1x?x4xf32>, tensor<4x1xf32>) -> tensor<1x?x1xf32>
  return %y : tensor<1x?x1xf32>
}

// -----

// Groups of 4 inputs of which 2 are read stay such groups: without the dead
// ones, all 4 of the only group would be.

// CHECK-LABEL: @groups
// CHECK:       sopt.linear %arg0, %{{.*}} : (tensor<?x1xf32>, tensor<1x8xf32>) -> tensor<?x8xf32>
func.func @groups(%x: tensor<?x1xf32>) -> tensor<?x1xf32> {
  %w = onnx.Constant() {value = dense<[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]]> : tensor<1x8xf32>} : () -> tensor<1x8xf32>
  %v = onnx.Constant() {value = dense<[[0.0], [1.0], [2.0], [0.0], [3.0], [4.0], [0.0], [0.0]]> : tensor<8x1xf32>} : () -> tensor<8x1xf32>
  %0 = sopt.linear %x, %w : (tensor<?x1xf32>, tensor<1x8xf32>) -> tensor<?x8xf32>
  %1 = sopt.linear %0, %v : (tensor<?x8xf32>, tensor<8x1xf32>) -> tensor<?x1xf32>
  return %1 : tensor<?x1xf32>
}
