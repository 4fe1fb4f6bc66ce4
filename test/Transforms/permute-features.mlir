// RUN: sparse-opt %s -sopt-permute-features="isa=avx512 machine=%S/Inputs/equal-costs.json" -split-input-file | FileCheck %s
// RUN: not sparse-opt %s -sopt-permute-features=isa=avx1024 -split-input-file 2>&1 | FileCheck %s --check-prefix=ISA

// ISA: error: sopt-permute-features: unknown isa 'avx1024'

// On the machine of these tests, a block of four takes as long as one element.

// Every other feature is made of the same input: four neighbours share a block
// of each. What is made of a feature moves with it.

// CHECK-LABEL: @neurons
// CHECK-DAG:   %[[W:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00], [0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 5.000000e+00, 6.000000e+00, 7.000000e+00, 8.000000e+00]]>
// CHECK-DAG:   %[[B:.*]] = onnx.Constant() {value = dense<[1.000000e+00, 3.000000e+00, 5.000000e+00, 7.000000e+00, 2.000000e+00, 4.000000e+00, 6.000000e+00, 8.000000e+00]>
// CHECK:       %[[H:.*]] = sopt.linear %{{.*}}, %[[W]] bias %[[B]] activation <gelu>
// CHECK:       %[[V:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00], [3.000000e+00], [5.000000e+00], [7.000000e+00], [2.000000e+00], [4.000000e+00], [6.000000e+00], [8.000000e+00]]>
// CHECK:       sopt.linear %[[H]], %[[V]]
func.func @neurons(%x: tensor<?x2xf32>) -> tensor<?x1xf32> {
  %w = onnx.Constant() {value = dense<[[1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0], [0.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
  %b = onnx.Constant() {value = dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]> : tensor<8xf32>} : () -> tensor<8xf32>
  %v = onnx.Constant() {value = dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]]> : tensor<8x1xf32>} : () -> tensor<8x1xf32>
  %0 = sopt.linear %x, %w bias %b activation <gelu> : (tensor<?x2xf32>, tensor<2x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %1 = sopt.linear %0, %v : (tensor<?x8xf32>, tensor<8x1xf32>) -> tensor<?x1xf32>
  return %1 : tensor<?x1xf32>
}

// -----

// Both layers of a gated unit, joined by what is computed feature by feature,
// and two readers. A number that is the same for all features does not hinder.

// CHECK-LABEL: @gated
// CHECK:       %[[W:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00], [0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 5.000000e+00, 6.000000e+00, 7.000000e+00, 8.000000e+00]]>
// CHECK:       %[[A:.*]] = sopt.linear %{{.*}}, %[[W]] activation <silu>
// CHECK:       %[[U:.*]] = onnx.Constant() {value = dense<{{\[\[}}0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00], [0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]]>
// CHECK:       %[[B:.*]] = sopt.linear %{{.*}}, %[[U]] :
// CHECK:       onnx.Mul(%[[A]], %[[B]])
// CHECK:       %[[V:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00], [3.000000e+00], [5.000000e+00], [7.000000e+00], [2.000000e+00], [4.000000e+00], [6.000000e+00], [8.000000e+00]]>
// CHECK:       sopt.linear %[[H:.*]], %[[V]]
// CHECK:       %[[Z:.*]] = onnx.Constant() {value = dense<{{\[\[}}8.000000e+00], [6.000000e+00], [4.000000e+00], [2.000000e+00], [7.000000e+00], [5.000000e+00], [3.000000e+00], [1.000000e+00]]>
// CHECK:       sopt.linear %[[H]], %[[Z]]
func.func @gated(%x: tensor<?x2xf32>) -> (tensor<?x1xf32>, tensor<?x1xf32>) {
  %w = onnx.Constant() {value = dense<[[1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0], [0.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
  %u = onnx.Constant() {value = dense<[[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
  %v = onnx.Constant() {value = dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]]> : tensor<8x1xf32>} : () -> tensor<8x1xf32>
  %z = onnx.Constant() {value = dense<[[8.0], [7.0], [6.0], [5.0], [4.0], [3.0], [2.0], [1.0]]> : tensor<8x1xf32>} : () -> tensor<8x1xf32>
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %0 = sopt.linear %x, %w activation <silu> : (tensor<?x2xf32>, tensor<2x8xf32>) -> tensor<?x8xf32>
  %1 = sopt.linear %x, %u : (tensor<?x2xf32>, tensor<2x8xf32>) -> tensor<?x8xf32>
  %2 = onnx.Mul(%0, %1) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %3 = onnx.Mul(%2, %half) : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
  %4 = sopt.linear %3, %v : (tensor<?x8xf32>, tensor<8x1xf32>) -> tensor<?x1xf32>
  %5 = sopt.linear %3, %z : (tensor<?x8xf32>, tensor<8x1xf32>) -> tensor<?x1xf32>
  return %4, %5 : tensor<?x1xf32>, tensor<?x1xf32>
}

// -----

// Features of v stay in their head: of two heads the first is in blocks already.

// CHECK-LABEL: @values
// CHECK:       %[[W:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00], [0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 5.000000e+00, 6.000000e+00, 7.000000e+00, 8.000000e+00, 5.000000e+00, 6.000000e+00, 7.000000e+00, 8.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00]]>
// CHECK:       %[[V:.*]] = sopt.linear %{{.*}}, %[[W]] :
// CHECK:       %[[A:.*]] = sopt.attention %{{.*}}, %{{.*}}, %[[V]]
// CHECK:       %[[O:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00], [2.000000e+00], [3.000000e+00], [4.000000e+00], [5.000000e+00], [6.000000e+00], [7.000000e+00], [8.000000e+00], [9.000000e+00], [1.100000e+01], [1.300000e+01], [1.500000e+01], [1.000000e+01], [1.200000e+01], [1.400000e+01], [1.600000e+01]]>
// CHECK:       sopt.linear %[[A]], %[[O]]
func.func @values(%x: tensor<1x?x2xf32>, %q: tensor<1x?x16xf32>, %k: tensor<1x?x16xf32>) -> tensor<1x?x1xf32> {
  %wv = onnx.Constant() {value = dense<[[1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0], [0.0, 0.0, 0.0, 0.0, 5.0, 6.0, 7.0, 8.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0, 0.0]]> : tensor<2x16xf32>} : () -> tensor<2x16xf32>
  %wo = onnx.Constant() {value = dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0], [9.0], [10.0], [11.0], [12.0], [13.0], [14.0], [15.0], [16.0]]> : tensor<16x1xf32>} : () -> tensor<16x1xf32>
  %v = sopt.linear %x, %wv : (tensor<1x?x2xf32>, tensor<2x16xf32>) -> tensor<1x?x16xf32>
  %a = sopt.attention %q, %k, %v {heads = 2 : i64, kv_heads = 2 : i64, scale = 1.0 : f32} : (tensor<1x?x16xf32>, tensor<1x?x16xf32>, tensor<1x?x16xf32>) -> tensor<1x?x16xf32>
  %y = sopt.linear %a, %wo : (tensor<1x?x16xf32>, tensor<16x1xf32>) -> tensor<1x?x1xf32>
  return %y : tensor<1x?x1xf32>
}

// -----

// Features of q and k in one order, which two query heads have from the one key
// head that they share.

// CHECK-LABEL: @scores
// CHECK:       %[[WQ:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00], [0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 5.000000e+00, 6.000000e+00, 7.000000e+00, 8.000000e+00, 5.000000e+00, 6.000000e+00, 7.000000e+00, 8.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00]]>
// CHECK:       %[[Q:.*]] = sopt.linear %{{.*}}, %[[WQ]] :
// CHECK:       %[[WK:.*]] = onnx.Constant() {value = dense<{{\[\[}}0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00], [5.000000e+00, 6.000000e+00, 7.000000e+00, 8.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00]]>
// CHECK:       %[[K:.*]] = sopt.linear %{{.*}}, %[[WK]] :
// CHECK:       sopt.attention %[[Q]], %[[K]],
func.func @scores(%x: tensor<1x?x2xf32>, %v: tensor<1x?x8xf32>) -> tensor<1x?x16xf32> {
  %wq = onnx.Constant() {value = dense<[[1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0], [0.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0, 0.0]]> : tensor<2x16xf32>} : () -> tensor<2x16xf32>
  %wk = onnx.Constant() {value = dense<[[0.0, 1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0], [5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0, 0.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
  %q = sopt.linear %x, %wq : (tensor<1x?x2xf32>, tensor<2x16xf32>) -> tensor<1x?x16xf32>
  %k = sopt.linear %x, %wk : (tensor<1x?x2xf32>, tensor<2x8xf32>) -> tensor<1x?x8xf32>
  %a = sopt.attention %q, %k, %v {heads = 2 : i64, kv_heads = 1 : i64, scale = 1.0 : f32} : (tensor<1x?x16xf32>, tensor<1x?x8xf32>, tensor<1x?x8xf32>) -> tensor<1x?x16xf32>
  return %a : tensor<1x?x16xf32>
}

// -----

// What q would gain by another order k would lose.

// CHECK-LABEL: @scores_that_differ
// CHECK:       %[[WQ:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 0.000000e+00, 2.000000e+00, 0.000000e+00, 3.000000e+00, 0.000000e+00, 4.000000e+00, 0.000000e+00], [0.000000e+00, 5.000000e+00, 0.000000e+00, 6.000000e+00, 0.000000e+00, 7.000000e+00, 0.000000e+00, 8.000000e+00]]>
// CHECK:       %[[WK:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00], [0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 5.000000e+00, 6.000000e+00, 7.000000e+00, 8.000000e+00]]>
// CHECK:       sopt.linear %{{.*}}, %[[WQ]] :
// CHECK:       sopt.linear %{{.*}}, %[[WK]] :
func.func @scores_that_differ(%x: tensor<1x?x2xf32>, %v: tensor<1x?x8xf32>) -> tensor<1x?x8xf32> {
  %wq = onnx.Constant() {value = dense<[[1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0], [0.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
  %wk = onnx.Constant() {value = dense<[[1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 5.0, 6.0, 7.0, 8.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
  %q = sopt.linear %x, %wq : (tensor<1x?x2xf32>, tensor<2x8xf32>) -> tensor<1x?x8xf32>
  %k = sopt.linear %x, %wk : (tensor<1x?x2xf32>, tensor<2x8xf32>) -> tensor<1x?x8xf32>
  %a = sopt.attention %q, %k, %v {heads = 1 : i64, kv_heads = 1 : i64, scale = 1.0 : f32} : (tensor<1x?x8xf32>, tensor<1x?x8xf32>, tensor<1x?x8xf32>) -> tensor<1x?x8xf32>
  return %a : tensor<1x?x8xf32>
}

// -----

// Features that something else reads stay.

// CHECK-LABEL: @read_otherwise
// CHECK:       %[[W:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 0.000000e+00, 2.000000e+00, 0.000000e+00, 3.000000e+00, 0.000000e+00, 4.000000e+00, 0.000000e+00], [0.000000e+00, 5.000000e+00, 0.000000e+00, 6.000000e+00, 0.000000e+00, 7.000000e+00, 0.000000e+00, 8.000000e+00]]>
// CHECK:       sopt.linear %{{.*}}, %[[W]]
func.func @read_otherwise(%x: tensor<?x2xf32>) -> (tensor<?x1xf32>, tensor<?x8xf32>) {
  %w = onnx.Constant() {value = dense<[[1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0], [0.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
  %v = onnx.Constant() {value = dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]]> : tensor<8x1xf32>} : () -> tensor<8x1xf32>
  %0 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x8xf32>) -> tensor<?x8xf32>
  %1 = sopt.linear %0, %v : (tensor<?x8xf32>, tensor<8x1xf32>) -> tensor<?x1xf32>
  return %1, %0 : tensor<?x1xf32>, tensor<?x8xf32>
}

// -----

// So do those that are normalised together,

// CHECK-LABEL: @normalised
// CHECK:       %[[W:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 0.000000e+00, 2.000000e+00, 0.000000e+00, 3.000000e+00, 0.000000e+00, 4.000000e+00, 0.000000e+00], [0.000000e+00, 5.000000e+00, 0.000000e+00, 6.000000e+00, 0.000000e+00, 7.000000e+00, 0.000000e+00, 8.000000e+00]]>
// CHECK:       sopt.linear %{{.*}}, %[[W]]
func.func @normalised(%x: tensor<?x2xf32>) -> tensor<?x1xf32> {
  %w = onnx.Constant() {value = dense<[[1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0], [0.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
  %v = onnx.Constant() {value = dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]]> : tensor<8x1xf32>} : () -> tensor<8x1xf32>
  %0 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x8xf32>) -> tensor<?x8xf32>
  %s = onnx.Softmax(%0) {axis = -1 : i64} : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = sopt.linear %s, %v : (tensor<?x8xf32>, tensor<8x1xf32>) -> tensor<?x1xf32>
  return %1 : tensor<?x1xf32>
}

// -----

// that are joined with a number for each,

// CHECK-LABEL: @constant_for_each
// CHECK:       %[[W:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 0.000000e+00, 2.000000e+00, 0.000000e+00, 3.000000e+00, 0.000000e+00, 4.000000e+00, 0.000000e+00], [0.000000e+00, 5.000000e+00, 0.000000e+00, 6.000000e+00, 0.000000e+00, 7.000000e+00, 0.000000e+00, 8.000000e+00]]>
// CHECK:       sopt.linear %{{.*}}, %[[W]]
func.func @constant_for_each(%x: tensor<?x2xf32>) -> tensor<?x1xf32> {
  %w = onnx.Constant() {value = dense<[[1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0], [0.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
  %v = onnx.Constant() {value = dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]]> : tensor<8x1xf32>} : () -> tensor<8x1xf32>
  %c = onnx.Constant() {value = dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]> : tensor<8xf32>} : () -> tensor<8xf32>
  %0 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x8xf32>) -> tensor<?x8xf32>
  %s = onnx.Mul(%0, %c) : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %1 = sopt.linear %s, %v : (tensor<?x8xf32>, tensor<8x1xf32>) -> tensor<?x1xf32>
  return %1 : tensor<?x1xf32>
}

// -----

// or that a residual connection adds to a stream.

// CHECK-LABEL: @residual
// CHECK:       %[[W:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 0.000000e+00, 2.000000e+00, 0.000000e+00, 3.000000e+00, 0.000000e+00, 4.000000e+00, 0.000000e+00], [0.000000e+00, 5.000000e+00, 0.000000e+00, 6.000000e+00, 0.000000e+00, 7.000000e+00, 0.000000e+00, 8.000000e+00]]>
// CHECK:       sopt.linear %{{.*}}, %[[W]]
func.func @residual(%x: tensor<?x2xf32>, %r: tensor<?x8xf32>) -> tensor<?x1xf32> {
  %w = onnx.Constant() {value = dense<[[1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0], [0.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
  %v = onnx.Constant() {value = dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]]> : tensor<8x1xf32>} : () -> tensor<8x1xf32>
  %0 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x8xf32>) -> tensor<?x8xf32>
  %s = onnx.Add(%0, %r) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = sopt.linear %s, %v : (tensor<?x8xf32>, tensor<8x1xf32>) -> tensor<?x1xf32>
  return %1 : tensor<?x1xf32>
}

// -----

// A weight that is computed has no order that could be known.

// CHECK-LABEL: @computed_reader
// CHECK:       %[[W:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 0.000000e+00, 2.000000e+00, 0.000000e+00, 3.000000e+00, 0.000000e+00, 4.000000e+00, 0.000000e+00], [0.000000e+00, 5.000000e+00, 0.000000e+00, 6.000000e+00, 0.000000e+00, 7.000000e+00, 0.000000e+00, 8.000000e+00]]>
// CHECK:       sopt.linear %{{.*}}, %[[W]]
func.func @computed_reader(%x: tensor<?x2xf32>, %v: tensor<8x1xf32>) -> tensor<?x1xf32> {
  %w = onnx.Constant() {value = dense<[[1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0], [0.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
  %0 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x8xf32>) -> tensor<?x8xf32>
  %1 = sopt.linear %0, %v : (tensor<?x8xf32>, tensor<8x1xf32>) -> tensor<?x1xf32>
  return %1 : tensor<?x1xf32>
}

// -----

// A schedule that is given holds for the weight as it is.

// CHECK-LABEL: @scheduled
// CHECK:       %[[W:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 0.000000e+00, 2.000000e+00, 0.000000e+00, 3.000000e+00, 0.000000e+00, 4.000000e+00, 0.000000e+00], [0.000000e+00, 5.000000e+00, 0.000000e+00, 6.000000e+00, 0.000000e+00, 7.000000e+00, 0.000000e+00, 8.000000e+00]]>
// CHECK:       sopt.linear %{{.*}}, %[[W]]
func.func @scheduled(%x: tensor<?x2xf32>) -> tensor<?x1xf32> {
  %w = onnx.Constant() {value = dense<[[1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0], [0.0, 5.0, 0.0, 6.0, 0.0, 7.0, 0.0, 8.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
  %v = onnx.Constant() {value = dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]]> : tensor<8x1xf32>} : () -> tensor<8x1xf32>
  %0 = sopt.linear %x, %w schedule <layout = <csr, i16>> : (tensor<?x2xf32>, tensor<2x8xf32>) -> tensor<?x8xf32>
  %1 = sopt.linear %0, %v : (tensor<?x8xf32>, tensor<8x1xf32>) -> tensor<?x1xf32>
  return %1 : tensor<?x1xf32>
}

// -----

// Nothing is gained where the best order leaves as many blocks: each input has
// non-zeros for three features, and four of them share no input.

// CHECK-LABEL: @no_gain
// CHECK:       %[[W:.*]] = onnx.Constant() {value = dense<{{\[\[}}1.000000e+00, 1.000000e+00, 1.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00], [0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 1.000000e+00, 1.000000e+00, 1.000000e+00, 0.000000e+00]]>
// CHECK:       sopt.linear %{{.*}}, %[[W]] :
func.func @no_gain(%x: tensor<?x2xf32>) -> tensor<?x1xf32> {
  %w = onnx.Constant() {value = dense<[[1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0]]> : tensor<2x8xf32>} : () -> tensor<2x8xf32>
  %v = onnx.Constant() {value = dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]]> : tensor<8x1xf32>} : () -> tensor<8x1xf32>
  %0 = sopt.linear %x, %w : (tensor<?x2xf32>, tensor<2x8xf32>) -> tensor<?x8xf32>
  %1 = sopt.linear %0, %v : (tensor<?x8xf32>, tensor<8x1xf32>) -> tensor<?x1xf32>
  return %1 : tensor<?x1xf32>
}
