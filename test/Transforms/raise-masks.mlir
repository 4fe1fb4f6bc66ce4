// RUN: sparse-opt %s --onnx-raise -split-input-file | FileCheck %s

// Masks as graphs build them; what follows is the same attention each time.

// (1 − mask)·fill, added
// CHECK-LABEL: func.func @one_minus_mask
// CHECK: sopt.attention %arg0, %arg1, %arg2 padding %arg3
// CHECK-SAME: fill = -1.000000e+04 : f32
func.func @one_minus_mask(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %mask: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]}) -> tensor<?x4x?x8xf32> {
  %axes = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %u = onnx.Unsqueeze(%mask, %axes) : (tensor<?x?xi64>, tensor<2xi64>) -> tensor<?x1x1x?xi64>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %fill = onnx.Constant() {value = dense<-10000.0> : tensor<f32>} : () -> tensor<f32>
  %f = onnx.Cast(%u) {to = 1 : i64} : (tensor<?x1x1x?xi64>) -> tensor<?x1x1x?xf32>
  %n = onnx.Sub(%one, %f) : (tensor<f32>, tensor<?x1x1x?xf32>) -> tensor<?x1x1x?xf32>
  %a = onnx.Mul(%n, %fill) : (tensor<?x1x1x?xf32>, tensor<f32>) -> tensor<?x1x1x?xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Add(%s, %a) : (tensor<?x4x?x?xf32>, tensor<?x1x1x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// (mask − 1)·10000 is the same, and so is adding it before the scale:
// everything is scaled.
// CHECK-LABEL: func.func @mask_minus_one
// CHECK: sopt.attention %arg0, %arg1, %arg2 padding %arg3
// CHECK-SAME: fill = -5.000000e+03 : f32
// CHECK-SAME: scale = 5.000000e-01
func.func @mask_minus_one(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %mask: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]}) -> tensor<?x4x?x8xf32> {
  %axes = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %u = onnx.Unsqueeze(%mask, %axes) : (tensor<?x?xi64>, tensor<2xi64>) -> tensor<?x1x1x?xi64>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %fill = onnx.Constant() {value = dense<10000.0> : tensor<f32>} : () -> tensor<f32>
  %two = onnx.Constant() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %f = onnx.Cast(%u) {to = 1 : i64} : (tensor<?x1x1x?xi64>) -> tensor<?x1x1x?xf32>
  %n = onnx.Sub(%f, %one) : (tensor<?x1x1x?xf32>, tensor<f32>) -> tensor<?x1x1x?xf32>
  %a = onnx.Mul(%n, %fill) : (tensor<?x1x1x?xf32>, tensor<f32>) -> tensor<?x1x1x?xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %r = onnx.Add(%s, %a) : (tensor<?x4x?x?xf32>, tensor<?x1x1x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Div(%r, %two) : (tensor<?x4x?x?xf32>, tensor<f32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// Where(mask, 0, −∞)
// CHECK-LABEL: func.func @boolean_where
// CHECK: sopt.attention %arg0, %arg1, %arg2 padding %arg3
// CHECK-NOT: fill
func.func @boolean_where(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %mask: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]}) -> tensor<?x4x?x8xf32> {
  %axes = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %u = onnx.Unsqueeze(%mask, %axes) : (tensor<?x?xi64>, tensor<2xi64>) -> tensor<?x1x1x?xi64>
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %fill = onnx.Constant() {value = dense<0xFF800000> : tensor<f32>} : () -> tensor<f32>
  %b = onnx.Cast(%u) {to = 9 : i64} : (tensor<?x1x1x?xi64>) -> tensor<?x1x1x?xi1>
  %a = onnx.Where(%b, %zero, %fill) : (tensor<?x1x1x?xi1>, tensor<f32>, tensor<f32>) -> tensor<?x1x1x?xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Add(%s, %a) : (tensor<?x4x?x?xf32>, tensor<?x1x1x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// 1 − mask, filled where it is not 0
// CHECK-LABEL: func.func @filled_where_masked
// CHECK: sopt.attention %arg0, %arg1, %arg2 padding %arg3
// CHECK-SAME: fill = -3.40282347E+38
func.func @filled_where_masked(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %mask: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]}) -> tensor<?x4x?x8xf32> {
  %axes = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %u = onnx.Unsqueeze(%mask, %axes) : (tensor<?x?xi64>, tensor<2xi64>) -> tensor<?x1x1x?xi64>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %fill = onnx.Constant() {value = dense<-3.40282347E+38> : tensor<f32>} : () -> tensor<f32>
  %f = onnx.Cast(%u) {to = 1 : i64} : (tensor<?x1x1x?xi64>) -> tensor<?x1x1x?xf32>
  %n = onnx.Sub(%one, %f) : (tensor<f32>, tensor<?x1x1x?xf32>) -> tensor<?x1x1x?xf32>
  %b = onnx.Cast(%n) {to = 9 : i64} : (tensor<?x1x1x?xf32>) -> tensor<?x1x1x?xi1>
  %a = onnx.Where(%b, %fill, %n) : (tensor<?x1x1x?xi1>, tensor<f32>, tensor<?x1x1x?xf32>) -> tensor<?x1x1x?xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Add(%s, %a) : (tensor<?x4x?x?xf32>, tensor<?x1x1x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// Scores replaced where a boolean tensor says so: the fill becomes the lowest
// number, with which the result is the same.
// CHECK-LABEL: func.func @scores_replaced
// CHECK: %[[N:.*]] = onnx.Not(%arg3)
// CHECK: sopt.attention %arg0, %arg1, %arg2 padding %[[N]]
// CHECK-SAME: fill = -3.40282347E+38
func.func @scores_replaced(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %is_pad: tensor<?x?xi1> {onnx.dims = ["batch", "seq"]}) -> tensor<?x4x?x8xf32> {
  %axes = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %fill = onnx.Constant() {value = dense<-1.0e9> : tensor<f32>} : () -> tensor<f32>
  %u = onnx.Unsqueeze(%is_pad, %axes) : (tensor<?x?xi1>, tensor<2xi64>) -> tensor<?x1x1x?xi1>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Where(%u, %fill, %s) : (tensor<?x1x1x?xi1>, tensor<f32>, tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// Positions compared: key ≤ query
// CHECK-LABEL: func.func @causal_comparison
// CHECK: sopt.attention %arg0, %arg1, %arg2 {causal,
func.func @causal_comparison(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]}) -> tensor<?x4x?x8xf32> {
  %i0 = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %i1 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %c0 = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %c1 = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %len = onnx.Shape(%q) {start = 2 : i64, end = 3 : i64} : (tensor<?x4x?x8xf32>) -> tensor<1xi64>
  %n = onnx.Squeeze(%len, %c0) : (tensor<1xi64>, tensor<1xi64>) -> tensor<i64>
  %pos = onnx.Range(%i0, %n, %i1) : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  %row = onnx.Unsqueeze(%pos, %c1) : (tensor<?xi64>, tensor<1xi64>) -> tensor<?x1xi64>
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %fill = onnx.Constant() {value = dense<-3.40282347E+38> : tensor<f32>} : () -> tensor<f32>
  %keep = onnx.LessOrEqual(%pos, %row) : (tensor<?xi64>, tensor<?x1xi64>) -> tensor<?x?xi1>
  %a = onnx.Where(%keep, %zero, %fill) : (tensor<?x?xi1>, tensor<f32>, tensor<f32>) -> tensor<?x?xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Add(%s, %a) : (tensor<?x4x?x?xf32>, tensor<?x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// The lower triangle of a matrix of ones, kept
// CHECK-LABEL: func.func @causal_triangle
// CHECK: sopt.attention %arg0, %arg1, %arg2 {causal,
func.func @causal_triangle(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]}) -> tensor<?x4x?x8xf32> {
  %ones = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %fill = onnx.Constant() {value = dense<0xFF800000> : tensor<f32>} : () -> tensor<f32>
  %l = onnx.Shape(%q) {start = 2 : i64, end = 3 : i64} : (tensor<?x4x?x8xf32>) -> tensor<1xi64>
  %size = onnx.Concat(%l, %l) {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %o = onnx.Expand(%ones, %size) : (tensor<f32>, tensor<2xi64>) -> tensor<?x?xf32>
  %t = onnx.Trilu(%o) {upper = 0 : i64} : (tensor<?x?xf32>) -> tensor<?x?xf32>
  %c = onnx.Equal(%t, %zero) : (tensor<?x?xf32>, tensor<f32>) -> tensor<?x?xi1>
  %a = onnx.Where(%c, %fill, %zero) : (tensor<?x?xi1>, tensor<f32>, tensor<f32>) -> tensor<?x?xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Add(%s, %a) : (tensor<?x4x?x?xf32>, tensor<?x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// The upper triangle of a matrix of the lowest number, above the diagonal,
// added
// CHECK-LABEL: func.func @causal_filled_triangle
// CHECK: sopt.attention %arg0, %arg1, %arg2 {causal, fill = -3.40282347E+38
func.func @causal_filled_triangle(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]}) -> tensor<?x4x?x8xf32> {
  %diag = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %l = onnx.Shape(%q) {start = 2 : i64, end = 3 : i64} : (tensor<?x4x?x8xf32>) -> tensor<1xi64>
  %size = onnx.Concat(%l, %l) {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %o = onnx.ConstantOfShape(%size) {value = dense<-3.40282347E+38> : tensor<1xf32>} : (tensor<2xi64>) -> tensor<?x?xf32>
  %a = onnx.Trilu(%o, %diag) : (tensor<?x?xf32>, tensor<i64>) -> tensor<?x?xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Add(%s, %a) : (tensor<?x4x?x?xf32>, tensor<?x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// A constant triangle, cut to the sequence, in which scores are replaced
// CHECK-LABEL: func.func @causal_buffer
// CHECK: sopt.attention %arg0, %arg1, %arg2 {causal, fill = -3.40282347E+38
func.func @causal_buffer(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]}) -> tensor<?x4x?x8xf32> {
  %table = onnx.Constant() {value = dense<[[[[true, false, false], [true, true, false], [true, true, true]]]]> : tensor<1x1x3x3xi1>} : () -> tensor<1x1x3x3xi1>
  %fill = onnx.Constant() {value = dense<-10000.0> : tensor<f32>} : () -> tensor<f32>
  %starts = onnx.Constant() {value = dense<0> : tensor<2xi64>} : () -> tensor<2xi64>
  %axes = onnx.Constant() {value = dense<[2, 3]> : tensor<2xi64>} : () -> tensor<2xi64>
  %l = onnx.Shape(%q) {start = 2 : i64, end = 3 : i64} : (tensor<?x4x?x8xf32>) -> tensor<1xi64>
  %ends = onnx.Concat(%l, %l) {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %b = onnx.Slice(%table, %starts, %ends, %axes) {operandSegmentSizes = array<i32: 1, 1, 1, 1, 0>}
     : (tensor<1x1x3x3xi1>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<1x1x?x?xi1>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Where(%b, %s, %fill) : (tensor<1x1x?x?xi1>, tensor<?x4x?x?xf32>, tensor<f32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// Both at once, as one boolean tensor
// CHECK-LABEL: func.func @causal_and_padding
// CHECK: sopt.attention %arg0, %arg1, %arg2 padding %arg3 {causal,
func.func @causal_and_padding(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %mask: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]}) -> tensor<?x4x?x8xf32> {
  %axes = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %u = onnx.Unsqueeze(%mask, %axes) : (tensor<?x?xi64>, tensor<2xi64>) -> tensor<?x1x1x?xi64>
  %i0 = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %i1 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %c0 = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %c1 = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %len = onnx.Shape(%q) {start = 2 : i64, end = 3 : i64} : (tensor<?x4x?x8xf32>) -> tensor<1xi64>
  %n = onnx.Squeeze(%len, %c0) : (tensor<1xi64>, tensor<1xi64>) -> tensor<i64>
  %pos = onnx.Range(%i0, %n, %i1) : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  %row = onnx.Unsqueeze(%pos, %c1) : (tensor<?xi64>, tensor<1xi64>) -> tensor<?x1xi64>
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %fill = onnx.Constant() {value = dense<-3.40282347E+38> : tensor<f32>} : () -> tensor<f32>
  %real = onnx.Cast(%u) {to = 9 : i64} : (tensor<?x1x1x?xi64>) -> tensor<?x1x1x?xi1>
  %past = onnx.GreaterOrEqual(%row, %pos) : (tensor<?x1xi64>, tensor<?xi64>) -> tensor<?x?xi1>
  %keep = onnx.And(%past, %real) : (tensor<?x?xi1>, tensor<?x1x1x?xi1>) -> tensor<?x1x?x?xi1>
  %a = onnx.Where(%keep, %zero, %fill) : (tensor<?x1x?x?xi1>, tensor<f32>, tensor<f32>) -> tensor<?x1x?x?xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Add(%s, %a) : (tensor<?x4x?x?xf32>, tensor<?x1x?x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// Causal, and at most two keys back
// CHECK-LABEL: func.func @sliding_window
// CHECK: sopt.attention %arg0, %arg1, %arg2 {causal,
// CHECK-SAME: window = array<i64: 2, -1>
func.func @sliding_window(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]}) -> tensor<?x4x?x8xf32> {
  %i0 = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %i1 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %c0 = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %c1 = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %len = onnx.Shape(%q) {start = 2 : i64, end = 3 : i64} : (tensor<?x4x?x8xf32>) -> tensor<1xi64>
  %n = onnx.Squeeze(%len, %c0) : (tensor<1xi64>, tensor<1xi64>) -> tensor<i64>
  %pos = onnx.Range(%i0, %n, %i1) : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  %row = onnx.Unsqueeze(%pos, %c1) : (tensor<?xi64>, tensor<1xi64>) -> tensor<?x1xi64>
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %fill = onnx.Constant() {value = dense<-3.40282347E+38> : tensor<f32>} : () -> tensor<f32>
  %three = onnx.Constant() {value = dense<3> : tensor<i64>} : () -> tensor<i64>
  %past = onnx.LessOrEqual(%pos, %row) : (tensor<?xi64>, tensor<?x1xi64>) -> tensor<?x?xi1>
  %first = onnx.Sub(%row, %three) : (tensor<?x1xi64>, tensor<i64>) -> tensor<?x1xi64>
  %near = onnx.Greater(%pos, %first) : (tensor<?xi64>, tensor<?x1xi64>) -> tensor<?x?xi1>
  %keep = onnx.And(%near, %past) : (tensor<?x?xi1>, tensor<?x?xi1>) -> tensor<?x?xi1>
  %a = onnx.Where(%keep, %zero, %fill) : (tensor<?x?xi1>, tensor<f32>, tensor<f32>) -> tensor<?x?xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Add(%s, %a) : (tensor<?x4x?x?xf32>, tensor<?x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// A window to both sides
// CHECK-LABEL: func.func @distance
// CHECK: sopt.attention %arg0, %arg1, %arg2 {fill
// CHECK-SAME: window = array<i64: 4, 4>
func.func @distance(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]}) -> tensor<?x4x?x8xf32> {
  %i0 = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %i1 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %c0 = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %c1 = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %len = onnx.Shape(%q) {start = 2 : i64, end = 3 : i64} : (tensor<?x4x?x8xf32>) -> tensor<1xi64>
  %n = onnx.Squeeze(%len, %c0) : (tensor<1xi64>, tensor<1xi64>) -> tensor<i64>
  %pos = onnx.Range(%i0, %n, %i1) : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  %row = onnx.Unsqueeze(%pos, %c1) : (tensor<?xi64>, tensor<1xi64>) -> tensor<?x1xi64>
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %fill = onnx.Constant() {value = dense<-3.40282347E+38> : tensor<f32>} : () -> tensor<f32>
  %four = onnx.Constant() {value = dense<4> : tensor<i64>} : () -> tensor<i64>
  %d = onnx.Sub(%row, %pos) : (tensor<?x1xi64>, tensor<?xi64>) -> tensor<?x?xi64>
  %abs = onnx.Abs(%d) : (tensor<?x?xi64>) -> tensor<?x?xi64>
  %near = onnx.LessOrEqual(%abs, %four) : (tensor<?x?xi64>, tensor<i64>) -> tensor<?x?xi1>
  %a = onnx.Where(%near, %zero, %fill) : (tensor<?x?xi1>, tensor<f32>, tensor<f32>) -> tensor<?x?xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Add(%s, %a) : (tensor<?x4x?x?xf32>, tensor<?x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// What is no mask is a bias; the mask in the same sum is found.
// CHECK-LABEL: func.func @bias_and_mask
// CHECK: sopt.attention %arg0, %arg1, %arg2 bias %arg4 padding %arg3
func.func @bias_and_mask(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %mask: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]},
    %bias: tensor<1x4x?x?xf32> {onnx.dims = ["", "", "seq", "seq"]}) -> tensor<?x4x?x8xf32> {
  %axes = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %u = onnx.Unsqueeze(%mask, %axes) : (tensor<?x?xi64>, tensor<2xi64>) -> tensor<?x1x1x?xi64>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %fill = onnx.Constant() {value = dense<-10000.0> : tensor<f32>} : () -> tensor<f32>
  %f = onnx.Cast(%u) {to = 1 : i64} : (tensor<?x1x1x?xi64>) -> tensor<?x1x1x?xf32>
  %n = onnx.Sub(%one, %f) : (tensor<f32>, tensor<?x1x1x?xf32>) -> tensor<?x1x1x?xf32>
  %w = onnx.Mul(%n, %fill) : (tensor<?x1x1x?xf32>, tensor<f32>) -> tensor<?x1x1x?xf32>
  %a = onnx.Add(%bias, %w) : (tensor<1x4x?x?xf32>, tensor<?x1x1x?xf32>) -> tensor<?x4x?x?xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Add(%s, %a) : (tensor<?x4x?x?xf32>, tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// A mask of floats may hold more than 0 and 1: it stays what is added.
// CHECK-LABEL: func.func @float_mask
// CHECK: %[[A:.*]] = onnx.Mul
// CHECK: sopt.attention %arg0, %arg1, %arg2 bias %[[A]]
func.func @float_mask(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %soft: tensor<?x?xf32> {onnx.dims = ["batch", "seq"]}) -> tensor<?x4x?x8xf32> {
  %axes = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %fill = onnx.Constant() {value = dense<-10000.0> : tensor<f32>} : () -> tensor<f32>
  %u = onnx.Unsqueeze(%soft, %axes) : (tensor<?x?xf32>, tensor<2xi64>) -> tensor<?x1x1x?xf32>
  %n = onnx.Sub(%one, %u) : (tensor<f32>, tensor<?x1x1x?xf32>) -> tensor<?x1x1x?xf32>
  %a = onnx.Mul(%n, %fill) : (tensor<?x1x1x?xf32>, tensor<f32>) -> tensor<?x1x1x?xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Add(%s, %a) : (tensor<?x4x?x?xf32>, tensor<?x1x1x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}

// -----

// Two finite masks add up where they meet, which only a bias can say; −∞ twice
// is −∞.
// CHECK-LABEL: func.func @two_masks_added
// CHECK: sopt.attention %arg0, %arg1, %arg2 bias %{{.*}} {causal, fill = -1.000000e+04
func.func @two_masks_added(
    %q: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %k: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %v: tensor<?x4x?x8xf32> {onnx.dims = ["batch", "", "seq", ""]},
    %mask: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]}) -> tensor<?x4x?x8xf32> {
  %axes = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %u = onnx.Unsqueeze(%mask, %axes) : (tensor<?x?xi64>, tensor<2xi64>) -> tensor<?x1x1x?xi64>
  %i0 = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %i1 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %c0 = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %c1 = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %len = onnx.Shape(%q) {start = 2 : i64, end = 3 : i64} : (tensor<?x4x?x8xf32>) -> tensor<1xi64>
  %n = onnx.Squeeze(%len, %c0) : (tensor<1xi64>, tensor<1xi64>) -> tensor<i64>
  %pos = onnx.Range(%i0, %n, %i1) : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  %row = onnx.Unsqueeze(%pos, %c1) : (tensor<?xi64>, tensor<1xi64>) -> tensor<?x1xi64>
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %fill = onnx.Constant() {value = dense<-10000.0> : tensor<f32>} : () -> tensor<f32>
  %f = onnx.Cast(%u) {to = 1 : i64} : (tensor<?x1x1x?xi64>) -> tensor<?x1x1x?xf32>
  %inv = onnx.Sub(%one, %f) : (tensor<f32>, tensor<?x1x1x?xf32>) -> tensor<?x1x1x?xf32>
  %a = onnx.Mul(%inv, %fill) : (tensor<?x1x1x?xf32>, tensor<f32>) -> tensor<?x1x1x?xf32>
  %keep = onnx.LessOrEqual(%pos, %row) : (tensor<?xi64>, tensor<?x1xi64>) -> tensor<?x?xi1>
  %c = onnx.Where(%keep, %zero, %fill) : (tensor<?x?xi1>, tensor<f32>, tensor<f32>) -> tensor<?x?xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<?x4x?x8xf32>) -> tensor<?x4x8x?xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<?x4x?x8xf32>, tensor<?x4x8x?xf32>) -> tensor<?x4x?x?xf32>
  %m0 = onnx.Add(%s, %a) : (tensor<?x4x?x?xf32>, tensor<?x1x1x?xf32>) -> tensor<?x4x?x?xf32>
  %m = onnx.Add(%m0, %c) : (tensor<?x4x?x?xf32>, tensor<?x?xf32>) -> tensor<?x4x?x?xf32>
  %p = onnx.Softmax(%m) : (tensor<?x4x?x?xf32>) -> tensor<?x4x?x?xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<?x4x?x?xf32>, tensor<?x4x?x8xf32>) -> tensor<?x4x?x8xf32>
  return %y : tensor<?x4x?x8xf32>
}
